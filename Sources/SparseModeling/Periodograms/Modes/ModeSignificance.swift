/// How sure one mode of a model is.
public struct ModeSignificance: Sendable {
  /// What χ² gains by the mode when all others are refitted without it.
  public let drop: Double
  public let falseAlarm: Double
  /// The largest of the bands'.
  public let signalToNoise: Double
  /// The same probability by resampled residuals, where asked for.
  public let bootstrap: Double?
  /// The same where neighbours in time are alike, where asked for.
  public let redNoise: Double?
}

extension ModeSearch {
  /// Of all modes of a model that this search found.
  ///
  /// - Parameters:
  ///   - halves: false-alarm probabilities of the last modes, at given frequencies, see `HalfFrequency`.
  ///   - noise: what the errors of the data are to be multiplied by; other than 1, the drop is compared
  ///     with the scatter.
  ///   - bootstrap: samples; 0 for none.
  ///   - redNoiseDrops: by mode, from `RedNoise`; nil for none.
  public func significances(
    of model: SinusoidModel, halves: [Double] = [], noise: Double = 1, bootstrap: Int = 0,
    seed: UInt64 = 1,
    redNoiseDrops: [Double]? = nil
  ) -> [ModeSignificance] {
    let test = FalseAlarmProbability(
      width: grid.last - grid.first, timeVariances: series.timeVariances)
    let ratios = SignalToNoise(self, model: model)
    // Wide enough to have many independent frequencies, narrow enough to be around the mode.
    let window = max(40 / series.duration, 0.1 * (grid.last - grid.first))
    let searched = model.modes.count - halves.count
    return model.modes.indices.map { index in
      var others = model.frequencies
      others.remove(at: index)
      let (refitted, before) = FrequencyRefinement(series, modes: others.count).refine(others)
      let drop = max(0, before - model.chiSquare)
      return ModeSignificance(
        drop: drop,
        falseAlarm: index >= searched
          ? halves[index - searched]
          : noise == 1
            ? test.probability(drop: drop)
            : test.probability(
              drop: drop, before: before,
              degreesOfFreedom: series.degreesOfFreedom(modes: others.count)),
        signalToNoise: ratios.ratios(of: model.modes[index], window: window).max()!,
        bootstrap: bootstrap > 0
          ? BootstrapTest(
            self, model: SinusoidModel(series, frequencies: refitted), samples: bootstrap,
            seed: seed
          ).probability(drop: drop, before: before) : nil,
        redNoise: redNoiseDrops.map { test.probability(drop: $0[index]) })
    }
  }
}

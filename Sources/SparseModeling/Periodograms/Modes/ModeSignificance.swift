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
  ///   - noise: what the errors of the data are to be multiplied by.
  ///   - bootstrap: samples; 0 for none.
  ///   - redNoiseDrops: by mode, from `RedNoise`; nil for none.
  public func significances(
    of model: SinusoidModel, noise: Double, bootstrap: Int, seed: UInt64,
    redNoiseDrops: [Double]?
  ) -> [ModeSignificance] {
    let test = FalseAlarmProbability(
      width: grid.last - grid.first, timeVariances: series.timeVariances)
    let ratios = SignalToNoise(self, model: model)
    // Wide enough to have many independent frequencies, narrow enough to be around the mode.
    let window = max(40 / series.duration, 0.1 * (grid.last - grid.first))
    return model.modes.indices.map { index in
      var others = model.frequencies
      others.remove(at: index)
      let rest = others.isEmpty ? nil : SinusoidModel(series, frequencies: others)
      let before = rest?.chiSquare ?? series.chiSquare
      let drop = max(0, before - model.chiSquare)
      return ModeSignificance(
        drop: drop,
        falseAlarm: noise == 1
          ? test.probability(drop: drop)
          : test.probability(
            drop: drop, before: before,
            degreesOfFreedom: series.degreesOfFreedom(modes: others.count)),
        signalToNoise: ratios.ratios(of: model.modes[index], window: window).max()!,
        bootstrap: bootstrap > 0
          ? BootstrapTest(self, model: rest, samples: bootstrap, seed: seed)
            .probability(drop: drop, before: before) : nil,
        redNoise: redNoiseDrops.map { test.probability(drop: $0[index]) })
    }
  }
}

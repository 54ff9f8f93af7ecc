import NumericalMethods

extension PeriodAnalysis {
  /// Frequencies to search where none are given: times in days, periods of an hour.
  private static let usualMaximum = 25.0
  /// Of a support, the strongest; those of noise are many.
  private static let mostCandidates = 40

  /// What the errors are to be multiplied by.
  static func noise(
    _ model: SinusoidModel?, _ series: WhitenedSeries, _ noise: ModeSelection.Noise
  ) -> Double {
    let chiSquare = model?.chiSquare ?? series.chiSquare
    let degrees = model?.degreesOfFreedom ?? series.degreesOfFreedom(modes: 0)
    guard noise != .given, degrees > 0 else { return 1 }
    if noise == .automatic && ModeSearch.agrees(chiSquare, degreesOfFreedom: degrees) { return 1 }
    return (chiSquare / Double(degrees)).squareRoot()
  }

  static func grid(
    _ bands: [TimeSeries], _ configuration: Configuration
  ) throws(PeriodogramError) -> FrequencyGrid {
    let times = bands.flatMap(\.times)
    let duration = times.max()! - times.min()!
    let low = configuration.minimumFrequency ?? 1 / duration
    let suggestions = bands.map { band in
      let limit = SamplingLimit(times: band.times)
      return max(limit.suggested, min(usualMaximum, limit.pseudoNyquist ?? .infinity))
    }
    let high = configuration.maximumFrequency ?? max(suggestions.max()!, 2 * low)
    guard low < high else { throw .emptyRange(low, high) }
    let count = (high - low) * duration * configuration.oversampling
    guard count < Double(mostFrequencies) else {
      throw .tooManyFrequencies(count, low: low, high: high, duration: duration)
    }
    return FrequencyGrid(
      range: low...high, duration: duration, oversampling: configuration.oversampling)
  }

  /// Lets the frequencies of a sparse spectrum at the level of the noise compete in a search.
  static func offerSupport(
    of problem: GroupLasso<SinusoidDictionary>, to search: ModeSearch, most modes: Int?
  ) {
    let solution = problem.solve(penalty: NoiseLevelPenalty.penalty(for: problem.dictionary))
    let strongest = zip(solution.groups, solution.norms).sorted { $0.1 > $1.1 }
      .prefix(mostCandidates).sorted { $0.0 < $1.0 }
    let candidates = ModeSearch.candidates(
      groups: strongest.map(\.0), norms: strongest.map(\.1), grid: search.grid)
    search.consider(candidates: candidates, upTo: min(modes ?? 4, 4))
  }

  /// The model of an analysis, without modes that χ² does not need beside the others, which may be where
  /// several were accepted together; the least significant goes first.
  static func pruned(
    _ model: SinusoidModel, _ search: ModeSearch, _ configuration: Configuration
  ) -> (model: SinusoidModel, halves: [Double])? {
    var model = model
    while true {
      let full = completed(model, search.series, configuration)
      let noise = noise(full.model, search.series, configuration.selection.noise)
      let falseAlarms = search.significances(of: full.model, halves: full.halves, noise: noise)
        .prefix(model.modes.count).map(\.falseAlarm)
      let worst = falseAlarms.indices.max { falseAlarms[$0] < falseAlarms[$1] }!
      guard falseAlarms[worst] > configuration.selection.falseAlarmLimit else { return full }
      guard model.modes.count > 1 else { return nil }
      var frequencies = model.frequencies
      frequencies.remove(at: worst)
      model = SinusoidModel(search.series, frequencies: frequencies)
    }
  }

  /// A model with modes at half the frequency of others where odd multiples of these are significant, so that
  /// the list has the true period of a star with two unlike minima, and with ties where they are wanted;
  /// and the false-alarm probabilities of these modes, which are last.
  static func completed(
    _ model: SinusoidModel, _ series: WhitenedSeries, _ configuration: Configuration
  ) -> (model: SinusoidModel, halves: [Double]) {
    // Frequencies that differ by more than their errors are not tied, near as they may be.
    var strict = ModeFamilies.Configuration()
    strict.tolerance = 0
    let families = ModeFamilies(model, series, configuration: strict)
    var frequencies = model.frequencies
    var halves: [Int: Int] = [:]
    var falseAlarms: [Double] = []
    for (index, family) in families.families.enumerated()
    where configuration.modes == nil && family.half.falseAlarm <= strict.halfLimit
      && !family.members.contains(where: { $0.halves == 1 })
    {
      halves[index] = frequencies.count
      frequencies.append(family.half.frequency)
      falseAlarms.append(family.half.falseAlarm)
    }
    guard configuration.hasTies || !halves.isEmpty,
      series.degreesOfFreedom(modes: frequencies.count) > 0
    else { return (model, []) }
    return (
      SinusoidModel(
        series, frequencies: frequencies,
        ties: families.ties(halves: halves, isComplete: configuration.hasTies)),
      falseAlarms
    )
  }

  /// By mode, the drop of χ² with correlated noise fitted to the residuals of each band.
  static func redNoiseDrops(
    of model: SinusoidModel, in bands: [TimeSeries], degree: Int
  ) throws -> [Double] {
    var drops = [Double](repeating: 0, count: model.modes.count)
    for (index, band) in bands.enumerated() {
      let sorted = band.sortedByTime
      let residuals = zip(sorted.values, model.signal(at: sorted.times, band: index)).map {
        $0 - $1
      }
      let noise = try RedNoise(
        residuals: residuals, times: sorted.times, errors: sorted.errors)
      for (mode, drop) in noise.drops(
        of: model, in: sorted, band: index, baselineDegree: degree
      ).enumerated() { drops[mode] += drop }
    }
    return drops
  }
}

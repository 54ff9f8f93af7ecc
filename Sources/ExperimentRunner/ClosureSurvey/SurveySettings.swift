import NumericalMethods
import SparseModeling

/// Under which settings images are made: all combinations of the lists.
struct SurveySettings: CheckedSettings {
  /// Full widths at half maximum of the Gaussian that entropy prefers, microarcseconds.
  var priorWidth = [32.0, 45, 64]
  /// Weights of entropy, as parts of the expected χ².
  var entropy = [1.0, 0.3, 0.1]
  /// Parts of amplitudes that are added to sigma.
  var noiseFloor = [0.02]
  /// Standard deviations of ln|g|.
  var gainScatter = [0.3]
  /// Jy; none: what the visibilities say.
  var flux: [Double] = []
  var data: [[DataKind]] = [[.closurePhases, .amplitudes]]
  /// By which predictions of all images are judged.
  var scoringNoiseFloor = 0.02
  var folds = 5
  var starts = 1
  var iterations = 150

  var ranges: [SettingRange] {
    func each(_ key: String, _ values: [Double], _ range: ClosedRange<Double>) -> [SettingRange] {
      values.map { SettingRange(key, $0, range) }
    }
    return [
      SettingRange("scoring_noise_floor", scoringNoiseFloor, 0...1),
      SettingRange("folds", folds, 2...1000), SettingRange("starts", starts, 1...1000),
      SettingRange("iterations", iterations, 1...100_000),
    ] + each("prior_width", priorWidth, 1e-3...1e10) + each("entropy", entropy, 1e-9...1e9)
      + each("noise_floor", noiseFloor, 0...1) + each("gain_scatter", gainScatter, 1e-6...10)
      + each("flux", flux, 1e-12...1e12)
  }

  /// What images have in common that are made along the same paths of widths and weights.
  struct Group: Codable, Sendable {
    let noiseFloor: Double
    let gainScatter: Double
    /// Jy; nil for what the visibilities say.
    let flux: Double?
    let data: [DataKind]
  }

  var groups: [Group] {
    let fluxes = flux.isEmpty ? [nil] : flux.map { Optional($0) }
    return data.flatMap { data in
      noiseFloor.flatMap { floor in
        gainScatter.flatMap { scatter in
          fluxes.map { Group(noiseFloor: floor, gainScatter: scatter, flux: $0, data: data) }
        }
      }
    }
  }

  /// Reads the section `survey`.
  ///
  /// - Throws: `ConfigurationError`, also for a list without anything in it.
  init(_ file: ExperimentFile) throws {
    let configuration = file.configuration
    self = try configuration.section("survey", defaults: Self())
    guard let node = try configuration["survey"] else { return }
    let lists = [
      ("prior_width", priorWidth.count), ("entropy", entropy.count), ("data", data.count),
      ("noise_floor", noiseFloor.count), ("gain_scatter", gainScatter.count),
      ("data", data.map(\.count).min() ?? 0),
    ]
    if let empty = lists.first(where: { $0.1 == 0 }) {
      throw (try node[empty.0] ?? node).error("is empty, expected at least one")
    }
  }

  init() {}
}

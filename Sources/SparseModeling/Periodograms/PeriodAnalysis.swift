import Foundation
import NumericalMethods

/// From the light curve of an object, in one band or several, to the list of its periods: periodogram, sparse
/// spectrum, modes fitted together with their significance, families.
public struct PeriodAnalysis: Sendable {
  public struct Configuration: Codable, Sendable, Equatable {
    /// One period in the whole duration where nil.
    public var minimumFrequency: Double?
    /// Where nil, what the sampling asks for, see `SamplingLimit`, and at least 25 if the times tell such
    /// frequencies from lower ones: periods of less than an hour, times in days.
    public var maximumFrequency: Double?
    /// Frequencies to each 1/T.
    public var oversampling = 5.0
    /// Number of modes; nil for as many as are significant.
    public var modes: Int?
    public var search = ModeSearch.Configuration()
    public var selection = ModeSelection.Configuration()
    public var sparsity = SparsityChoice.noiseLevel
    /// Whether harmonics and combinations are tied to the modes that they belong to.
    public var hasTies = false
    /// Samples of resampled residuals for each mode's false-alarm probability; 0 for none.
    public var bootstrap = 0
    public var seed: UInt64 = 1
    /// Whether each mode is tested against noise whose neighbours in time are alike, too.
    public var hasRedNoise = false
    /// Whether the path of λ is followed; the modes do not need it.
    public var hasPath = true

    public init() {}
  }

  public let bands: [TimeSeries]
  public let configuration: Configuration
  public let grid: FrequencyGrid
  public let periodogram: Periodogram
  /// The drop of χ² that noise passes somewhere in the range with the probability of the limit.
  public let falseAlarmDrop: Double
  /// Along λ, descending; empty if not asked for.
  public let path: [GroupLassoSolution]
  /// At the λ chosen.
  public let sparse: GroupLassoSolution
  /// Its amplitudes on the grid, shrunk by λ as they are: the largest of the bands'.
  public let sparseAmplitudes: [Double]
  /// Of all bands together.
  public let window: [Double]
  /// The modes, by decreasing amplitude, then those at half the frequency of others; nil if there is none.
  public let model: SinusoidModel?
  /// By mode.
  public let significances: [ModeSignificance]
  /// What the errors of the data are multiplied by where χ² says that they are off, else 1.
  public let noise: Double
  public let families: ModeFamilies?
  /// Of what the model leaves.
  public let residualPeriodogram: Periodogram?
  public let warnings: [String]

  /// Of most frequencies that a search makes sense for: minutes of work and gigabytes.
  public static let mostFrequencies = 50_000_000

  /// Throws `PeriodogramError` for a range of frequencies that is empty or too fine, and
  /// `TimeSeriesError` where a band is too short for cross-validation.
  ///
  /// Complexity: O(models tried × frequencies log frequencies).
  public init(
    _ bands: [TimeSeries], _ configuration: Configuration = .init(), monitor: WorkMonitor
  ) throws {
    precondition(!bands.isEmpty)
    self.bands = bands
    self.configuration = configuration
    let grid = try Self.grid(bands, configuration)
    self.grid = grid
    let degree = configuration.search.baselineDegree
    let threads = monitor.threads
    periodogram = LombScargle.periodogram(
      of: bands, degree: degree, grid: grid, threads: threads)

    let dictionary = SinusoidDictionary(bands, degree: degree, grid: grid, threads: threads)
    let problem = GroupLasso(dictionary, response: dictionary.response)
    let search = ModeSearch(
      bands, grid: grid, configuration: configuration.search, threads: threads)
    search.isInterrupted = { monitor.isInterrupted }
    if let count = configuration.modes,
      count > 0 && search.series.degreesOfFreedom(modes: count) <= 0
    {
      throw PeriodogramError.tooManyModes(count)
    }
    Self.offerSupport(of: problem, to: search, most: configuration.modes)
    try monitor.checkInterruption()
    let completed: (model: SinusoidModel, halves: [Double])?
    if let count = configuration.modes {
      let found = count > 0 ? search.model(modes: count) : nil
      try monitor.checkInterruption()
      guard count == 0 || found != nil else { throw PeriodogramError.tooManyModes(count) }
      completed = found.map { Self.completed($0, search.series, configuration) }
    } else {
      let selection = search.significantModes(configuration.selection)
      try monitor.checkInterruption()
      completed = selection.model.flatMap { Self.pruned($0, search, configuration) }
    }
    try monitor.checkInterruption()
    let model = completed?.model
    self.model = model
    noise = Self.noise(model, search.series, configuration.selection.noise)
    let noise = noise
    let test = FalseAlarmProbability(
      width: grid.last - grid.first, timeVariances: search.series.timeVariances)
    falseAlarmDrop =
      noise * noise * test.drop(probability: configuration.selection.falseAlarmLimit)
    significances =
      try model.map { model in
        search.significances(
          of: model, halves: completed!.halves, noise: noise, bootstrap: configuration.bootstrap,
          seed: configuration.seed,
          redNoiseDrops: configuration.hasRedNoise
            ? try Self.redNoiseDrops(of: model, in: bands, degree: degree) : nil)
      } ?? []
    families = model.map { ModeFamilies($0, search.series) }
    residualPeriodogram = model.map { model in
      let rest = bands.enumerated().map { index, band in
        band.subtracting(model.signal(at: band.times, band: index))
      }
      return LombScargle.periodogram(of: rest, degree: degree, grid: grid, threads: threads)
    }
    try monitor.checkInterruption()
    path = configuration.hasPath ? Array(GroupLassoPath(problem)) : []
    try monitor.checkInterruption()
    sparse =
      configuration.sparsity == .noiseLevel
      ? problem.solve(penalty: NoiseLevelPenalty.penalty(for: dictionary, noise: noise))
      : try configuration.sparsity.solution(
        for: bands, degree: degree, grid: grid, threads: threads)
    sparseAmplitudes = dictionary.amplitudes(of: sparse)
    window = SpectralWindow.power(
      times: bands.flatMap(\.times), errors: bands.flatMap(\.errors), grid: grid,
      threads: threads)
    warnings = bands.compactMap { SamplingLimit(times: $0.times).warning(for: grid) }
  }
}

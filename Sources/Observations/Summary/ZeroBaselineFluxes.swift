/// Amplitudes seen by pairs of stations at one place.
struct ZeroBaselineFluxes {
  /// In an array with more short baselines, all are: it has none that see the whole flux.
  private static let maximumPairs = 16

  private let stationCount: Int
  private var isLong: [Bool]
  private var amplitudes: [Int: MedianEstimate] = [:]
  private var isCrowded = false

  init(stationCount: Int) {
    self.stationCount = stationCount
    isLong = [Bool](repeating: false, count: stationCount * stationCount)
  }

  mutating func add(_ row: Visibility, length: Double, amplitude: Double) {
    if isCrowded || row.station1 == row.station2 { return }
    let pair =
      min(row.station1, row.station2) * stationCount + max(row.station1, row.station2)
    if length > VisibilitySummary.shortLength {
      isLong[pair] = true
    } else {
      amplitudes[pair, default: MedianEstimate()].add(amplitude)
      if amplitudes.count > Self.maximumPairs {
        isCrowded = true
        amplitudes = [:]
      }
    }
  }

  /// Pairs whose baselines are all short, in the order of the stations.
  func summaries(of stations: [Station]) -> [VisibilitySummary.ZeroBaseline] {
    amplitudes.keys.sorted().compactMap { pair in
      guard !isLong[pair], let estimate = amplitudes[pair], let median = estimate.median
      else { return nil }
      return .init(
        stations: [pair / stationCount, pair % stationCount].map { stations[$0].name },
        median: median, visibilities: estimate.count)
    }
  }
}

/// Amplitudes seen by pairs of stations that stand next to each other.
struct ZeroBaselineFluxes {
  /// Stations on Earth that are at one place are no further apart, in wavelengths.
  private static let limit = 1e7
  /// And no further than this fraction of the longest baseline.
  private static let fraction = 1e-3
  /// In an array with more pairs within the limit, all are: it has none that see the whole flux.
  private static let maximumPairs = 16

  private struct Pair {
    var longest = 0.0
    var amplitudes = MedianEstimate()
  }

  private var near: [SIMD2<Int>: Pair] = [:]
  private var far: Set<SIMD2<Int>> = []
  private var isCrowded = false

  mutating func add(_ row: Visibility, length: Double, amplitude: Double) {
    // No length at all is one that the file does not know.
    if isCrowded || row.station1 == row.station2 || length == 0 { return }
    let pair = SIMD2(min(row.station1, row.station2), max(row.station1, row.station2))
    if length > Self.limit {
      far.insert(pair)
      return
    }
    near[pair, default: Pair()].longest = max(near[pair]?.longest ?? 0, length)
    near[pair]?.amplitudes.add(amplitude)
    if near.count > Self.maximumPairs {
      isCrowded = true
      near = [:]
    }
  }

  /// In the order of the stations.
  ///
  /// - Parameter longest: the longest of all baselines, wavelengths.
  func summaries(
    of stations: [Station], longest: Double
  ) -> [VisibilitySummary.ZeroBaseline] {
    near.keys.sorted { ($0.x, $0.y) < ($1.x, $1.y) }.compactMap { key in
      guard let pair = near[key], !far.contains(key), pair.longest <= Self.fraction * longest,
        let median = pair.amplitudes.median
      else { return nil }
      return .init(
        stations: [stations[key.x].name, stations[key.y].name], median: median,
        visibilities: pair.amplitudes.count)
    }
  }
}

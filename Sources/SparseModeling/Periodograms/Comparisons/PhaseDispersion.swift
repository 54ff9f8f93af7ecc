/// Phase dispersion minimisation: the scatter about the means of phase bins, over that about the mean of all.
///
/// Θ is 1 for noise and 0 for a curve that repeats exactly and is flat within bins. Points count by 1/σ²; with
/// equal errors this is Stellingwerf's Θ.
///
/// Complexity: O(points + bins × covers) a frequency. Reference: Stellingwerf (1978), ApJ 224, 953,
/// equations 1–3 and section II.
public struct PhaseDispersion: ComparisonPeriodogram {
  /// Bins of equal width in a cycle.
  public let bins: Int
  /// Sets of bins, each shifted by a fraction 1/`covers` of a bin.
  public let covers: Int

  public init(bins: Int = 10, covers: Int = 2) {
    precondition(bins > 1 && covers > 0)
    self.bins = bins
    self.covers = covers
  }

  public var name: String { "PDM" }
  public var quantity: String { "Θ" }
  public var isBestLowest: Bool { true }

  public func spectrum(of series: TimeSeries, on grid: FrequencyGrid, threads: Int) -> [Double] {
    let sums = FoldedSums(series)
    let fine = bins * covers
    return grid.mapFolds(bins: fine, threads: threads) { index, folded in
      sums.sum(frequency: grid[index], count: fine, into: folded)
      return theta(folded, points: series.count, variance: sums.variance)
    }
  }

  private func theta(
    _ folded: UnsafeMutablePointer<SIMD4<Double>>, points: Int, variance: Double
  ) -> Double {
    var explained = 0.0
    var occupied = 0
    for start in 0..<(bins * covers) {
      var sum = SIMD4<Double>.zero
      for k in start..<(start + covers) { sum += folded[k < bins * covers ? k : k - bins * covers] }
      guard sum.z > 0 else { continue }
      explained += sum.y * sum.y / sum.x
      occupied += 1
    }
    let freedom = covers * points - occupied
    // Points alone in their bins say nothing.
    guard freedom > 0 else { return 1 }
    let scatter = max(0, Double(covers) * variance - explained) / Double(freedom)
    return scatter / (variance / Double(points - 1))
  }
}

import Foundation

/// Box least squares: how much of χ² a periodic box, up or down, explains next to a constant.
///
/// The length of the box is a fraction of the period that grows as f^(2/3), as transits of stars of one density
/// last, within a factor two either way: the Sun's density where time is in days.
///
/// Complexity: O(points + bins × lengths) a frequency. Reference: Kovács, Zucker & Mazeh (2002), A&A
/// 391, 369, equations 3–5, with the sums over all boxes as differences of running sums.
public struct BoxLeastSquares: ComparisonPeriodogram {
  /// The typical fraction of a period spent in the box at frequency 1.
  public let fraction: Double

  /// Fractions stay within: shorter boxes hold single points, longer ones are no boxes.
  public static let fractions = 0.002...0.25
  /// Points within the box and beside it, at least: fewer are outliers.
  public static let leastPoints = 5
  /// Bins to the shortest box.
  private static let resolution = 4

  /// - Parameter fraction: of a period of 1, above 0 and below 1; 0.076 is that of a planet before the Sun.
  public init(fraction: Double = 0.076) {
    precondition(fraction > 0 && fraction < 1)
    self.fraction = fraction
  }

  public var name: String { "BLS" }
  public var quantity: String { "1 − χ²/χ₀²" }
  public var isBestLowest: Bool { false }

  /// Numbers of bins in a cycle, and in the boxes that are tried.
  public func boxes(at frequency: Double) -> (bins: Int, lengths: [Int]) {
    boxes(at: frequency, resolution: Self.resolution, growth: 6)
  }

  public func spectrum(of series: TimeSeries, on grid: FrequencyGrid, threads: Int) -> [Double] {
    let sums = FoldedSums(series)
    let most = boxes(at: grid.first).bins
    return grid.mapFolds(bins: most, threads: threads) { index, folded in
      let (bins, lengths) = boxes(at: grid[index])
      sums.sum(frequency: grid[index], count: bins, into: folded)
      let running = RunningSums(folded, bins: bins, reach: lengths.last!)
      let best = lengths.reduce(0) { max($0, running.best(length: $1, points: series.count)) }
      return min(1, best / sums.variance)
    }
  }

  /// `growth`: each length is the last and a `growth`-th of it.
  private func boxes(
    at frequency: Double, resolution: Int, growth: Int
  ) -> (bins: Int, lengths: [Int]) {
    let typical = fraction * pow(frequency, 2.0 / 3)
    func within(_ value: Double) -> Double {
      min(max(value, Self.fractions.lowerBound), Self.fractions.upperBound)
    }
    let (shortest, longest) = (within(typical / 2), within(typical * 2))
    let bins = Int((Double(resolution) / shortest).rounded(.up))
    var lengths = [resolution]
    while Double(lengths.last!) < longest * Double(bins) {
      lengths.append(lengths.last! + max(1, lengths.last! / growth))
    }
    return (bins, lengths)
  }
}

// MARK: - The box at one frequency

extension BoxLeastSquares {
  /// A periodic box.
  public struct Box: Sendable {
    /// The level within less the level beside it: negative for dips of flux, positive of magnitude.
    public let height: Double
    /// Standard error of `height`, by the errors of the data.
    public let heightError: Double
    /// In units of time.
    public let duration: Double
    /// The middle of the first box that begins after the first measurement.
    public let epoch: Double
    /// 1 − χ²/χ₀².
    public let power: Double
  }

  /// The best box at a frequency, its length and place to a sixteenth of the shortest; nil if no box has enough
  /// points.
  public func box(of series: TimeSeries, at frequency: Double) -> Box? {
    let sums = FoldedSums(series)
    let (bins, lengths) = boxes(at: frequency, resolution: 16, growth: .max)
    let folded = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: 2 * bins + 2)
    defer { folded.deallocate() }
    sums.sum(frequency: frequency, count: bins, into: folded)
    let running = RunningSums(folded, bins: bins, reach: lengths.last!)
    var best = (power: 0.0, start: 0, length: 0)
    for length in lengths {
      for start in 0..<bins {
        let power = running.power(start: start, length: length, points: series.count)
        if power > best.power { best = (power, start, length) }
      }
    }
    guard best.length > 0 else { return nil }
    let sum = running.sum(start: best.start, length: best.length)
    let spread = sum.weight * (1 - sum.weight)
    return Box(
      height: sum.value / spread, heightError: 1 / (sums.totalWeight * spread).squareRoot(),
      duration: Double(best.length) / (Double(bins) * frequency),
      epoch: sums.origin
        + (Double(best.start) + Double(best.length) / 2) / (Double(bins) * frequency),
      power: min(1, best.power / sums.variance))
  }
}

/// Sums over the bins of phase before each, on beyond the end of the cycle: of weights, weighted values
/// and counts.
private struct RunningSums {
  let bins: Int
  private let weights: [Double]
  private let values: [Double]
  private let counts: [Double]
  /// Weights are known to rounding of their sum, which is 1.
  private static let leastSpread = 1e-10

  init(_ folded: UnsafeMutablePointer<SIMD4<Double>>, bins: Int, reach: Int) {
    // The last vector of starts may begin at the last bin.
    let count = bins + reach + 8
    func running(_ element: Int) -> [Double] {
      [Double](unsafeUninitializedCapacity: count) { sums, initialized in
        var (sum, bin) = (0.0, 0)
        for k in 0..<count {
          sums[k] = sum
          sum += folded[bin][element]
          bin = bin + 1 == bins ? 0 : bin + 1
        }
        initialized = count
      }
    }
    self.bins = bins
    weights = running(0)
    values = running(1)
    counts = running(2)
  }

  /// Weight, weighted values and number of the points in a box.
  func sum(start: Int, length: Int) -> (weight: Double, value: Double, count: Double) {
    (
      weights[start + length] - weights[start], values[start + length] - values[start],
      counts[start + length] - counts[start]
    )
  }

  /// The variance that a box explains; 0 if it holds or leaves too few points.
  func power(start: Int, length: Int, points: Int) -> Double {
    let sum = sum(start: start, length: length)
    let least = Double(BoxLeastSquares.leastPoints)
    let spread = sum.weight * (1 - sum.weight)
    guard sum.count >= least, sum.count <= Double(points) - least, spread > Self.leastSpread
    else { return 0 }
    return sum.value * sum.value / spread
  }

  /// The greatest variance that a box of this length explains, wherever it begins.
  func best(length: Int, points: Int) -> Double {
    let least = SIMD8(repeating: Double(BoxLeastSquares.leastPoints))
    let most = SIMD8(repeating: Double(points)) - least
    var best = SIMD8<Double>.zero
    weights.withUnsafeBytes { weights in
      values.withUnsafeBytes { values in
        counts.withUnsafeBytes { counts in
          for start in stride(from: 0, to: bins, by: 8) {
            func within(_ sums: UnsafeRawBufferPointer) -> SIMD8<Double> {
              sums.loadUnaligned(fromByteOffset: 8 * (start + length), as: SIMD8<Double>.self)
                - sums.loadUnaligned(fromByteOffset: 8 * start, as: SIMD8<Double>.self)
            }
            let (weight, value, count) = (within(weights), within(values), within(counts))
            let spread = weight * (1 - weight)
            let power = value * value / spread
            let isBetter =
              (power .> best) .& (spread .> Self.leastSpread) .& (count .>= least)
              .& (count .<= most)
            best = best.replacing(with: power, where: isBetter)
          }
        }
      }
    }
    return best.max()
  }
}

import NumericalMethods

/// A light curve that is folded with one frequency after another: sums over the points in each bin of phase.
///
/// Phases count from the earliest time.
struct FoldedSums {
  /// Weights 1/σ² divided by their sum, and values less their weighted mean.
  let weights: [Double]
  let values: [Double]
  let origin: Double
  /// Σ 1/σ².
  let totalWeight: Double
  /// Σ w x², the values' variance about the mean.
  let variance: Double
  /// Filled up to whole vectors.
  private let times: [SIMD8<Double>]
  /// Of each point: w, w x, 1, 0.
  private let summands: [SIMD4<Double>]

  init(_ series: TimeSeries) {
    let inverse = series.errors.map { 1 / ($0 * $0) }
    let total = inverse.reduce(0, +)
    let weights = inverse.map { $0 / total }
    let mean = zip(weights, series.values).reduce(0) { $0 + $1.0 * $1.1 }
    let values = series.values.map { $0 - mean }
    let origin = series.times.min()!
    let padded = (series.count + 7) / 8 * 8
    var times = [SIMD8<Double>](repeating: .zero, count: padded / 8)
    var summands = [SIMD4<Double>](repeating: .zero, count: padded)
    for k in 0..<series.count {
      times[k / 8][k % 8] = series.times[k] - origin
      summands[k] = [weights[k], weights[k] * values[k], 1, 0]
    }
    self.weights = weights
    self.values = values
    self.origin = origin
    self.times = times
    self.summands = summands
    totalWeight = total
    variance = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
  }

  /// Σ w, Σ w x and the number of points in each of `count` bins of phase.
  ///
  /// - Parameter bins: memory for twice `count` + 1 sums; the first `count` are the result.
  ///
  /// Complexity: O(points + count).
  func sum(
    frequency: Double, count: Int, into bins: UnsafeMutablePointer<SIMD4<Double>>
  ) {
    bins.update(repeating: .zero, count: 2 * count + 2)
    // Neighbours often fall into one bin: two sets of sums halve the time spent waiting for it.
    let other = bins + (count + 1)
    let scale = SIMD8(repeating: Double(count))
    summands.withUnsafeBufferPointer { summands in
      for (block, time) in times.enumerated() {
        let cycles = time * frequency
        let indices = Self.integers((cycles - Self.floor(cycles)) * scale)
        let first = summands.baseAddress! + 8 * block
        for lane in 0..<4 {
          bins[Int(indices[2 * lane])] += first[2 * lane]
          other[Int(indices[2 * lane + 1])] += first[2 * lane + 1]
        }
      }
    }
    for k in 0...count { bins[k] += other[k] }
    // A phase just below 1 may be rounded up.
    bins[count - 1] += bins[count]
  }

  /// Of numbers from 0 to 2⁵¹; `rounded(.down)` of vectors is not one instruction.
  @inline(__always)
  private static func floor(_ x: SIMD8<Double>) -> SIMD8<Double> {
    let nearest = (x + integral) - integral
    return nearest.replacing(with: nearest - 1, where: nearest .> x)
  }

  @inline(__always)
  private static func integers(_ x: SIMD8<Double>) -> SIMD8<UInt32> {
    let bits = unsafeBitCast(floor(x) + integral, to: SIMD8<UInt64>.self)
    return SIMD8(truncatingIfNeeded: bits)
  }

  /// 2⁵²: beyond it all numbers are whole.
  private static let integral = SIMD8(repeating: 0x1p52)
}

extension FrequencyGrid {
  /// Calls `body` with each index and memory for `count` sums, and puts its results side by side.
  func mapFolds(
    bins count: Int, threads: Int,
    _ body: @Sendable (Int, UnsafeMutablePointer<SIMD4<Double>>) -> Double
  ) -> [Double] {
    let length = 512
    let blocks = parallelMap((self.count + length - 1) / length, threads: threads) { block in
      let bins = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: 2 * count + 2)
      defer { bins.deallocate() }
      return (block * length..<min(self.count, (block + 1) * length)).map { body($0, bins) }
    }
    return Array(blocks.joined())
  }
}

import Foundation
import NumericalMethods

/// ln p(y) of values at points under a Gaussian process of mean 0 with noise, as a function of the logarithms of
/// the length scales and, last, of the noise: its variance over the process's.
///
/// The process's own variance is the one that makes p(y) greatest, σ² = yᵀA⁻¹y/n, where σ²A is the covariance:
/// one variable less, and none whose scale differs from theirs.
///
/// Several outputs may share length scales and noise, each with a variance of its own: ln p is then the sum of theirs.
///
/// Complexity: O(n³ + n² (features + outputs)) a value and gradient.
///
/// Reference: Rasmussen & Williams (2006), Gaussian Processes for Machine Learning, equations 2.30 and 5.9.
public struct MarginalLikelihood: Sendable {
  let kernel: StationaryKernel
  let features: Int
  /// `[rows, features]`
  let x: [Double]
  /// `[outputs][rows]`
  let y: [[Double]]

  /// - Parameters:
  ///   - x: `[rows, features]`.
  ///   - y: of each output, `[rows]`.
  public init(_ kernel: StationaryKernel, x: [Double], y: [[Double]]) {
    precondition(!y.isEmpty && !y[0].isEmpty && y.allSatisfy { $0.count == y[0].count })
    precondition(!x.isEmpty && x.count % y[0].count == 0)
    features = x.count / y[0].count
    (self.kernel, self.x, self.y) = (kernel, x, y)
  }

  /// Of one output, `[rows]`.
  public init(_ kernel: StationaryKernel, x: [Double], y: [Double]) {
    self.init(kernel, x: x, y: [y])
  }

  var count: Int { y[0].count }

  /// What follows from length scales and noise.
  struct Solution: Sendable {
    let points: ScaledPoints
    let factor: CholeskyFactor
    /// A⁻¹ y of each output.
    let weights: [[Double]]
    let variances: [Double]
    let value: Double
  }

  /// Nil where the covariance is singular to rounding.
  func solution(at parameters: [Double], threads: Int) -> Solution? {
    precondition(parameters.count == features + 1)
    let points = ScaledPoints(x, lengthScales: parameters.dropLast().map { exp($0) })
    let count = count
    let ridge = 1 + exp(parameters[features])
    let matrix = [Double](unsafeUninitializedCapacity: count * count) { buffer, initialized in
      adviseLargePages(buffer.baseAddress!, byteCount: 8 * count * count)
      nonisolated(unsafe) let matrix = buffer.baseAddress!
      Self.forEachRow(count, threads: threads) { rows in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: points.stride) { row in
          for i in rows {
            points.correlations(of: i, with: points, limit: i, kernel, into: row.baseAddress!)
            row[i] = ridge
            (matrix + i * count).update(from: row.baseAddress!, count: i + 1)
          }
        }
      }
      initialized = count * count
    }
    guard let factor = CholeskyFactor(matrix, count: count, threads: threads) else { return nil }
    let solved = factor.solve(y.flatMap(\.self))
    let weights = y.indices.map { Array(solved[$0 * count..<($0 + 1) * count]) }
    let variances = y.indices.map { dot(y[$0], weights[$0]) / Double(count) }
    guard variances.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    let value = variances.reduce(0) {
      $0 - 0.5 * (Double(count) * (log(2 * .pi * $1) + 1) + factor.logDeterminant)
    }
    return Solution(
      points: points, factor: factor, weights: weights, variances: variances, value: value)
  }

  /// Rows in groups, those of a group far apart since rows of a triangle differ in length.
  private static func forEachRow(
    _ count: Int, threads: Int, _ body: @Sendable (StrideTo<Int>) -> Void
  ) {
    parallelFor(min(groups, count), threads: threads) {
      body(stride(from: $0, to: count, by: groups))
    }
  }

  private static let groups = 32

  /// The gradient is of ln p by the parameters; where the covariance is singular, the value is −∞.
  public func value(
    at parameters: [Double], threads: Int = 1
  ) -> (value: Double, gradient: [Double]) {
    guard let solution = solution(at: parameters, threads: threads) else {
      return (-.infinity, [Double](repeating: 0, count: parameters.count))
    }
    let (count, features, kernel) = (count, features, kernel)
    let points = solution.points
    let outputs = zip(solution.weights, solution.variances)
    let outputCount = Double(y.count)
    let inverse = solution.factor.inverse(threads: threads)
    // ½ tr((ααᵀ/σ² − A⁻¹) dA), α = A⁻¹y, of each group of rows, the sum over outputs.
    let parts = parallelMap(Self.groups, threads: threads) { group in
      var sums = [Double](repeating: 0, count: features + 1)
      withUnsafeTemporaryAllocation(of: Double.self, capacity: points.stride) { row in
        for i in stride(from: group, to: count, by: Self.groups) {
          for j in 0...i { row[j] = -outputCount * inverse[i * count + j] }
          for (weights, variance) in outputs {
            let own = weights[i] / variance
            for j in 0...i { row[j] += own * weights[j] }
          }
          sums[features] += 0.5 * row[i]
          for j in i..<min(i + 8, points.stride) { row[j] = 0 }
          sums.withUnsafeMutableBufferPointer {
            points.addSlopes(
              of: i, with: points, limit: i, kernel, weights: row.baseAddress!,
              scales: $0.baseAddress!, shifts: nil)
          }
        }
      }
      return sums
    }
    var gradient = parts.reduce([Double](repeating: 0, count: features + 1)) { sum, part in
      zip(sum, part).map { $0 + $1 }
    }
    gradient[features] *= exp(parameters[features])
    return (solution.value, gradient)
  }
}

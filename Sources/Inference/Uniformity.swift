import Foundation

/// How far values that should be uniform on 0…1 are from it: the test of Kolmogorov and Smirnov.
public struct Uniformity: Codable, Sendable, Equatable {
  /// The largest distance between their distribution function and the uniform law's.
  public let distance: Double
  /// The probability that uniform values are so far or farther.
  ///
  /// Reference: Stephens (1970), J. R. Stat. Soc. B 32, 115: an error below 0.01 from 4 values on.
  public let pValue: Double

  public init(_ values: [Double]) {
    precondition(!values.isEmpty)
    let sorted = values.sorted()
    let count = Double(sorted.count)
    let distance = sorted.indices.reduce(0) { largest, index in
      max(
        largest, sorted[index] - Double(index) / count, Double(index + 1) / count - sorted[index])
    }
    let root = count.squareRoot()
    let lambda = (root + 0.12 + 0.11 / root) * distance
    self.distance = distance
    pValue = Self.tail(lambda)
  }

  /// Q(λ) = 2 Σ (−1)^(k−1) exp(−2 k² λ²), Kolmogorov's distribution.
  private static func tail(_ lambda: Double) -> Double {
    // Below, the series has not converged and Q is 1 to eight digits.
    guard lambda > 0.3 else { return 1 }
    var (sum, sign) = (0.0, 2.0)
    for k in 1...50 {
      sum += sign * exp(-2 * Double(k * k) * lambda * lambda)
      sign = -sign
    }
    return min(max(sum, 0), 1)
  }
}

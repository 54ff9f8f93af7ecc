import Foundation

/// Coefficients of the powers from 0 on of the polynomial that equals `function` at Chebyshev's nodes in
/// [-1, 1], `[degree + 1]`.
///
/// Complexity: O(degree²).
public func chebyshevPowers(degree: Int, of function: (Double) -> Double) -> [Double] {
  precondition(degree >= 0)
  let count = degree + 1
  let angles = (0..<count).map { Double.pi * (Double($0) + 0.5) / Double(count) }
  let values = angles.map { function(cos($0)) }
  var powers = [Double](repeating: 0, count: count)
  var (older, newer) = ([Double](), [1.0])
  for order in 0..<count {
    let sum = zip(angles, values).reduce(0) { $0 + $1.1 * cos(Double(order) * $1.0) }
    let weight = (order == 0 ? 1 : 2) * sum / Double(count)
    for (power, factor) in newer.enumerated() { powers[power] += weight * factor }
    // Chebyshev's T of the next order: 2zT − the one before, or z.
    var next = [0.0] + newer.map { order == 0 ? $0 : 2 * $0 }
    for (power, factor) in older.enumerated() { next[power] -= factor }
    (older, newer) = (newer, next)
  }
  return powers
}

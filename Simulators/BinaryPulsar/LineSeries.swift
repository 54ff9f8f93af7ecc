import Foundation

/// |z|² on a straight line of polynomials about one of them, by powers of the distance s: z is known to the third.
struct LineSeries {
  /// Of s⁰ to s⁶.
  private let powers: InlineArray<7, Double>

  /// What the powers from the fourth add to |z| is at most s⁴/24 ∫P⁴, where P has degree 3 and mean square 1, so that
  /// P² ≤ 3 + 5 + 7.
  private static let remainder = 15.0 / 24

  /// From the coefficients of z.
  init(
    _ c0: SIMD2<Double>, _ c1: SIMD2<Double>, _ c2: SIMD2<Double>, _ c3: SIMD2<Double>
  ) {
    func dot(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { (a * b).sum() }
    powers = [
      dot(c0, c0), 2 * dot(c0, c1), dot(c1, c1) + 2 * dot(c0, c2), 2 * (dot(c0, c3) + dot(c1, c2)),
      dot(c2, c2) + 2 * dot(c1, c3), 2 * dot(c2, c3), dot(c3, c3),
    ]
  }

  /// γ at s = 0.
  var factor: Double { powers[0].squareRoot() }

  /// The derivative of γ² at s = 0.
  var slope: Double { powers[1] }

  /// The largest γ for |s| ≤ radius, or more.
  func largest(radius: Double) -> Double {
    var (total, power) = (powers[0], 1.0)
    for k in 1..<7 {
      power *= radius
      total += power * (k % 2 == 1 ? abs(powers[k]) : max(0, powers[k]))
    }
    let square = radius * radius
    return total.squareRoot() + Self.remainder * square * square
  }
}

/// All roots of a complex polynomial of degree at most five.
///
/// Laguerre's iteration from zero (so that the smaller roots come first and forward deflation stays
/// stable), the last two in closed form, then every root polished on the undeflated polynomial.
///
/// Reference: Skowron & Gould 2012, arXiv:1203.1034.
struct PolynomialRoots: Sendable {
  /// Coefficients, the constant term first; entries above `degree` are ignored.
  let coefficients: InlineArray<6, Complex>
  let degree: Int

  /// The roots, in no particular order; entries from `degree` on are zero.
  func solve() -> InlineArray<5, Complex> {
    var roots = InlineArray<5, Complex>(repeating: Complex(0))
    var deflated = self.coefficients
    var remaining = degree
    while remaining > 2 {
      let root = Self.laguerre(deflated, degree: remaining, start: Complex(0), iterations: 80)
      roots[remaining - 1] = root
      var carry = deflated[remaining]
      for k in stride(from: remaining - 1, through: 0, by: -1) {
        let value = deflated[k]
        deflated[k] = carry
        carry = value + root * carry
      }
      remaining -= 1
    }
    let (first, second) = Self.quadratic(deflated[2], deflated[1], deflated[0])
    roots[0] = first
    roots[1] = second
    for k in 0..<degree {
      let polished = Self.laguerre(coefficients, degree: degree, start: roots[k], iterations: 4)
      if polished.isFinite { roots[k] = polished }
    }
    return roots
  }

  private static func quadratic(
    _ a: Complex, _ b: Complex, _ c: Complex
  ) -> (Complex, Complex) {
    let root = (b * b - 4 * (a * c)).squareRoot
    let aligned = b.re * root.re + b.im * root.im >= 0
    let half = -0.5 * (aligned ? b + root : b - root)
    guard half.normSquared > 0 else { return (Complex(0), Complex(0)) }
    return (half / a, c / half)
  }

  private static func laguerre(
    _ coefficients: borrowing InlineArray<6, Complex>, degree: Int, start: Complex,
    iterations: Int
  ) -> Complex {
    let n = Double(degree)
    var z = start
    for iteration in 1...iterations {
      var value = coefficients[degree]
      var first = Complex(0)
      var half = Complex(0)
      var bound = value.magnitude
      let size = z.magnitude
      for k in stride(from: degree - 1, through: 0, by: -1) {
        half = half * z + first
        first = first * z + value
        value = value * z + coefficients[k]
        bound = bound * size + value.magnitude
      }
      if value.magnitude <= bound * 1e-16 { return z }
      let g = first / value
      let h = g * g - 2 * (half / value)
      let root = ((n - 1) * (n * h - g * g)).squareRoot
      let plus = g + root
      let minus = g - root
      let denominator = plus.normSquared >= minus.normSquared ? plus : minus
      var step = Complex(1 + size)
      if denominator.normSquared > 0 { step = Complex(n) / denominator }
      // Shortened steps now and then break the rare limit cycles.
      if iteration % 10 == 0 { step = (0.37 + 0.05 * Double(iteration / 10)) * step }
      let next = z - step
      guard next.isFinite else { return z }
      if next == z { return z }
      z = next
      if step.magnitude <= 1e-16 * z.magnitude { return z }
    }
    return z
  }
}

/// The speed of the caustic along its own direction, which vanishes at cusps.
///
/// A single lens has a point for a caustic: near either mass the speed is a small difference, which
/// is taken here before anything is rounded, so that the cusps of the smallest caustics are found.
extension LensEquation {
  /// Signed dζ/dφ along exp(−iφ/2) at points of the critical curve, from exp(iφ/2).
  func causticSpeed(_ z: ComplexVector, halfTurn: ComplexVector) -> Lanes {
    let (a, b) = ((z + s).reciprocal, z.reciprocal)
    let (a2, b2) = (a * a, b * b)
    let second = -2 * (m1 * (a2 * a) + m2 * (b2 * b))
    let turn = halfTurn * halfTurn
    // w = exp(3iφ/2)/g″, speed = −2 Im w = −Im w² / Re w, and w² = (g′)³/(g″)².
    let w = turn * halfTurn * second.reciprocal
    let size = w.normSquared
    let square = 4 * (cuspTerm(a, b) * (turn * turn * turn).conjugate).im * size * size
    return (-2 * w.im).replacing(with: square / w.re, where: w.im * w.im .< w.re * w.re)
  }

  /// (g″)²/4 less a real multiple of (g′)³, from a = 1/(z + s) and b = 1/z.
  func cuspTerm(_ a: ComplexVector, _ b: ComplexVector) -> ComplexVector {
    let (a2, b2) = (a * a, b * b)
    let product = a2 * b2
    let common = (2 * m1 * m2) * (product * a * b)
    let mixed = (3 * m1) * (product * a2) + (3 * m2) * (product * b2)
    // The multiple that removes the sixth power of the nearer mass's pole.
    let atHeavier = m2 * (m2 * (1 - m2 / m1) * (b2 * b2 * b2) - mixed)
    let atLighter = m1 * (m1 * (1 - m1 / m2) * (a2 * a2 * a2) - mixed)
    let isAtHeavier = m1 * a.normSquared .>= m2 * b.normSquared
    return common
      + ComplexVector(
        atLighter.re.replacing(with: atHeavier.re, where: isAtHeavier),
        atLighter.im.replacing(with: atHeavier.im, where: isAtHeavier))
  }
}

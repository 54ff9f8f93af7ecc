import CVector

/// The lens equations of eight lanes, all of one lens or each of its own.
///
/// The frame is that of `LensEquation`.
struct LensVector: Sendable {
  var s: Lanes
  var m1: Lanes
  var m2: Lanes

  init(repeating lens: LensEquation) {
    s = Lanes(repeating: lens.s)
    m1 = Lanes(repeating: lens.m1)
    m2 = Lanes(repeating: lens.m2)
  }

  /// Eight lenses of their own, mass ratios at most one.
  init(s: Lanes, ratio: Lanes) {
    self.s = s
    m1 = 1 / (1 + ratio)
    m2 = ratio * m1
  }

  /// Sources nudged off the two positions where the quintic loses its leading term; what is found
  /// for them is good only to start from.
  func nudged(_ source: ComplexVector) -> ComplexVector {
    let radius = LensEquation.guardRadius
    let atLighter = source.normSquared .< radius * radius
    let atHeavier = ComplexVector(source.re + s, source.im).normSquared .< radius * radius
    return ComplexVector(
      source.re.replacing(with: radius, where: atLighter)
        .replacing(with: radius - s, where: atHeavier),
      source.im.replacing(with: 0.7 * radius, where: atLighter .| atHeavier))
  }

  /// Whether sources are farther away than any caustic.
  ///
  /// The planetary caustics of a close lens lie about 1/s from the masses (Han 2006, ApJ 638, 1080),
  /// all others within an Einstein radius or two.
  @inline(__always) func isBeyondCaustics(_ source: ComplexVector) -> LaneMask {
    let reach = 4 + 2 * s + 2 / s
    return source.normSquared .> reach * reach
  }

  /// The lens equation, its derivatives and Newton's step at a trial image.
  struct Trial {
    /// What Newton's iteration adds to the trial image.
    var step: ComplexVector
    /// g′.
    var shear: ComplexVector
    /// g″.
    var curvature: ComplexVector
    /// 1 − |g′|².
    var determinant: Lanes
    /// The square of the step in units of the distance from the lenses.
    var relativeStep: Lanes
    /// By how much the lens equation fails, squared, and what of it may be rounding.
    var residual: Lanes
    var rounding: Lanes
  }

  @inline(__always) func trial(_ z: ComplexVector, _ source: ComplexVector) -> Trial {
    let fromHeavier = ComplexVector(z.re + s, z.im)
    let (inverseA, inverseB) = (1 / fromHeavier.normSquared, 1 / z.normSquared)
    let a = inverseA * fromHeavier.conjugate
    let b = inverseB * z.conjugate
    let ma = m1 * a
    let mb = m2 * b
    let ma2 = ma * a
    let mb2 = mb * b
    let shear = ma2 + mb2
    let curvature = -2.0 * (ma2 * a).addingProduct(mb2, b)
    let residual = z - (ma + mb).conjugate - source
    let determinant = 1 - shear.normSquared
    let step = (-1 / determinant) * (residual - (shear * residual).conjugate)
    return Trial(
      step: step, shear: shear, curvature: curvature, determinant: determinant,
      relativeStep: step.normSquared * (inverseA + inverseB),
      residual: residual.normSquared,
      rounding: 2e-31 * (z.normSquared + source.normSquared + (ma.normSquared + mb.normSquared)))
  }

  /// What the coefficients of the quintic are made of.
  private struct Factors {
    var n0: Lanes
    var n1: ComplexVector
    var n2: ComplexVector
    var k1: ComplexVector
    var k2: ComplexVector
    /// The leading coefficient and what enters the next one.
    var p4: ComplexVector
    var p3: ComplexVector
    var e2: ComplexVector
  }

  @inline(__always) private func factors(_ source: ComplexVector) -> Factors {
    let n2 = source.conjugate
    let n1 = ComplexVector((s * n2).re + 1, s * n2.im)
    let n0 = m2 * s
    let k2 = ComplexVector(n2.re + s, n2.im)
    let k1 = ComplexVector(n1.re + s * s, n1.im)
    return Factors(
      n0: n0, n1: n1, n2: n2, k1: k1, k2: k2, p4: n2 * k2,
      p3: (n2 * k1).addingProduct(n1, k2), e2: ComplexVector(n2.re + n0, n2.im))
  }

  /// The quintic whose roots include all images of `source`, the constant term first.
  ///
  /// Reference: Witt & Mao 1995, ApJ 447, L105.
  func quintic(_ source: ComplexVector) -> InlineArray<6, ComplexVector> {
    let f = factors(source)
    let p2 = (f.n1 * f.k1) + f.n0 * (f.n2 + f.k2)
    let p1 = f.n0 * (f.n1 + f.k1)
    let p0 = f.n0 * f.n0
    let e1 = ComplexVector(f.n1.re + m2 * s * s, f.n1.im)
    let minus = -source
    let c4 = f.p3.addingProduct(minus, f.p4) - f.e2
    let c3 = p2.addingProduct(minus, f.p3) - e1 - s * f.e2
    let c2 = p1.addingProduct(minus, p2) - s * e1
    let c1 = minus * p1
    let c0 = p0 * minus
    return [
      c0, ComplexVector(c1.re + (p0 - s * f.n0), c1.im), ComplexVector(c2.re - f.n0, c2.im), c3, c4,
      f.p4,
    ]
  }

  /// The two roots of the quintic that are left when three are known.
  ///
  /// From the sum and the product of all five. Two roots next to each other are known to no better
  /// than the square root of the rounding error.
  @inline(__always) func remainingRoots(
    _ z0: ComplexVector, _ z1: ComplexVector, _ z2: ComplexVector, _ source: ComplexVector
  ) -> (ComplexVector, ComplexVector) {
    let f = factors(source)
    let known = z0 * z1 * z2
    let inverse = (f.p4 * known).reciprocal
    let product = (f.n0 * f.n0) * (source * inverse)
    let half = 0.5 * (source.addingProduct(f.e2 - f.p3, known * inverse) - (z0 + z1 + z2))
    let root = (half * half - product).squareRoot
    let aligned = (half.re * root.re).addingProduct(half.im, root.im)
    let first = half + root.negated(where: aligned .< 0)
    return (first, product * first.reciprocal)
  }
}

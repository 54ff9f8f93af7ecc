/// The binary lens equation with the origin at the lighter mass and the heavier one at `-s`.
///
/// ζ = z + conj(g(z)), g(z) = −m1/(z + s) − m2/z, m1 + m2 = 1. With the lighter mass at the origin
/// the images near a planet keep their relative precision for any mass ratio.
///
/// Reference: Witt & Mao 1995, ApJ 447, L105; Bozza 2010, MNRAS 408, 2188 (choice of origin).
struct LensEquation: Sendable {
  /// Separation of the masses in Einstein radii of the total mass.
  let s: Double
  /// Fraction of the mass in the heavier body, on the negative real axis.
  let m1: Double
  /// Fraction of the mass in the lighter body, at the origin.
  let m2: Double
  /// −1 when the caller's frame is this one turned by 180° (q > 1), else 1.
  private let orientation: Double
  private let exactM1: DoubleDouble
  private let exactM2: DoubleDouble
  /// Position of the lighter mass relative to the centre of mass.
  private let exactOffset: DoubleDouble
  let offset: Double

  init(s: Double, q: Double) {
    let ratio = q > 1 ? DoubleDouble(1) / DoubleDouble(q) : DoubleDouble(q)
    let total = DoubleDouble(1) + ratio
    self.s = s
    orientation = q > 1 ? -1 : 1
    exactM1 = DoubleDouble(1) / total
    exactM2 = ratio / total
    exactOffset = DoubleDouble(s) / total
    m1 = exactM1.high[0]
    m2 = exactM2.high[0]
    offset = exactOffset.high[0]
  }

  /// A source position relative to the centre of mass, in this frame.
  @inline(__always) func internalFrame(x: Double, y: Double) -> Complex {
    Complex(orientation * x - offset, orientation * y)
  }

  /// A point of this frame relative to the centre of mass.
  func publicFrame(_ z: Complex) -> (x: Double, y: Double) {
    (orientation * (z.re + offset), orientation * z.im)
  }

  /// `g(z)` and its derivative.
  @inline(__always) func deflection(_ z: Complex) -> (g: Complex, derivative: Complex) {
    let a = Complex(1) / Complex(z.re + s, z.im)
    let b = Complex(1) / z
    let ma = m1 * a
    let mb = m2 * b
    return (-(ma + mb), ma * a + mb * b)
  }

  /// The second derivative of `g`.
  @inline(__always) func deflectionCurvature(_ z: Complex) -> Complex {
    let a = Complex(1) / Complex(z.re + s, z.im)
    let b = Complex(1) / z
    return -2 * (m1 * (a * a * a) + m2 * (b * b * b))
  }

  /// The source position of which `z` is an image.
  @inline(__always) func source(of z: Complex) -> Complex { z + deflection(z).g.conjugate }

  /// `internalFrame` in twice double precision.
  func exactSource(x: Double, y: Double) -> (x: DoubleDouble, y: DoubleDouble) {
    (DoubleDouble(orientation * x) - exactOffset, DoubleDouble(orientation * y))
  }

  /// z + conj(g(z)) − ζ in twice double precision for z = `z` + `correction`, eight at a time.
  func exactResidual(
    _ z: ComplexVector, _ correction: ComplexVector, _ source: (x: DoubleDouble, y: DoubleDouble)
  ) -> ComplexVector {
    let zx = DoubleDouble(z.re) + DoubleDouble(correction.re)
    let zy = DoubleDouble(z.im) + DoubleDouble(correction.im)
    let ax = zx + DoubleDouble(s)
    let squaredY = zy * zy
    let weight1 = exactM1 / (ax * ax + squaredY)
    let weight2 = exactM2 / (zx * zx + squaredY)
    let fx = zx - weight1 * ax - weight2 * zx - source.x
    let fy = zy - (weight1 + weight2) * zy - source.y
    return ComplexVector(fx.high + fx.low, fy.high + fy.low)
  }

  /// 1 − |g′|² at z = `z` + `correction` in twice double precision, eight at a time.
  func exactDeterminant(_ z: ComplexVector, _ correction: ComplexVector) -> Lanes {
    let zx = DoubleDouble(z.re) + DoubleDouble(correction.re)
    let zy = DoubleDouble(z.im) + DoubleDouble(correction.im)
    let ax = zx + DoubleDouble(s)
    let squaredY = zy * zy
    let (squaredA, squaredX) = (ax * ax, zx * zx)
    let (normA, normZ) = (squaredA + squaredY, squaredX + squaredY)
    let (weight1, weight2) = (exactM1 / (normA * normA), exactM2 / (normZ * normZ))
    let re = weight1 * (squaredA - squaredY) + weight2 * (squaredX - squaredY)
    let half = zy * (weight1 * ax + weight2 * zx)
    let im = half + half
    let determinant = DoubleDouble(1) - re * re - im * im
    return determinant.high + determinant.low
  }

  /// How far sources are nudged: far less than the size of any caustic at the heavier mass.
  static let guardRadius = 1e-13

  /// A source nudged off the two positions where the quintic loses its leading term.
  ///
  /// The images are polished on the lens equation afterwards, so their values do not change.
  @inline(__always) func nudged(_ source: Complex) -> Complex {
    let (guardRadius, toHeavier) = (Self.guardRadius, Complex(source.re + s, source.im))
    if source.normSquared < guardRadius * guardRadius {
      return Complex(guardRadius, 0.7 * guardRadius)
    }
    if toHeavier.normSquared < guardRadius * guardRadius {
      return Complex(guardRadius - s, 0.7 * guardRadius)
    }
    return source
  }
}

import Foundation

/// Where branches of the critical curve meet: the zeros of g″ and the values of g′ there.
///
/// As a function of T = g′ each branch z(T) of the critical curve is analytic and univalent on any
/// disc without a saddle value or zero: their distance from T = exp(iφ) bounds the steps along the
/// branches (Koebe's distortion theorem) and how close two branches can come.
struct CriticalSaddles: Sendable {
  struct Saddle: Sendable {
    let position: Complex
    /// g′ at the saddle.
    let value: Complex
    /// g‴ at the saddle.
    let curvature: Complex
    /// Whether two branches meet here, to within rounding.
    let isMeeting: Bool
    /// exp(iφ/2) for the phase of `value`, φ in [0, 2π).
    let halfTurn: Complex
  }

  /// The real saddle, the one that faces the phases in [0, π], and its mirror image.
  let all: InlineArray<3, Saddle>

  /// Below this distance from the unit circle a saddle is taken to lie on it.
  static let resolution = 1e-13

  init(lens: LensEquation) {
    let (heavier, lighter) = (cbrt(lens.m1), cbrt(lens.m2))
    let sine = 3.0.squareRoot() / 2
    func saddle(_ turn: Complex) -> Saddle {
      let sum = Complex(lighter) + heavier * turn
      let root = (1 / lens.s) * sum
      let value = root * root * sum
      let position = Complex(-lens.s * lighter) / sum
      let (a, b) = (Complex(1) / (position + Complex(lens.s)), Complex(1) / position)
      let (a2, b2) = (a * a, b * b)
      let size = value.magnitude
      var half = ((1 / size) * value).squareRoot
      if half.im < 0 { half = -half }
      let isMeeting = abs(size - 1) < Self.resolution
      // Phases 0 and π are met exactly.
      if isMeeting, abs(half.im) < 4 * Self.resolution { half = Complex(1) }
      if isMeeting, abs(half.re) < 4 * Self.resolution { half = Complex(0, 1) }
      return Saddle(
        position: position, value: value,
        curvature: 6 * (lens.m1 * (a2 * a2) + lens.m2 * (b2 * b2)),
        isMeeting: isMeeting, halfTurn: half)
    }
    all = [
      saddle(Complex(1)), saddle(Complex(-0.5, -sine)), saddle(Complex(-0.5, sine)),
    ]
  }

  var hasMeeting: Bool { all[0].isMeeting || all[1].isMeeting }

  /// Whether the caustics are those of a wide (close) lens, up to `resolution`.
  var topology: CausticTopology {
    if all[0].value.re < 1 && !all[0].isMeeting { return .wide }
    return all[1].value.magnitude > 1 && !all[1].isMeeting ? .close : .resonant
  }

  /// Distance from T = g′ to the nearest branch point.
  @inline(__always) func reach(_ derivative: Complex) -> Double {
    var squared = 1.0
    for k in 0..<3 { squared = min(squared, (derivative - all[k].value).normSquared) }
    return squared.squareRoot()
  }

  /// The same for eight values at once, squared.
  @inline(__always) func squaredReach(_ derivative: ComplexVector) -> Lanes {
    var squared = Lanes(repeating: 1)
    for k in 0..<3 {
      let distance = (derivative - ComplexVector(repeating: all[k].value)).normSquared
      squared = squared.replacing(with: distance, where: distance .< squared)
    }
    return squared
  }
}

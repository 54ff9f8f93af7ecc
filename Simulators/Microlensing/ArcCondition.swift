/// A condition on a point of the caustic that one point of an arc meets.
enum ArcCondition {
  /// A given distance from a position.
  case crossing(center: Complex, radius: Double)
  /// The distance from a position has an extremum: the tangent is at right angles to it.
  case turning(center: Complex)
  case cusp

  /// A function that changes sign where the condition is met.
  @inline(__always) func value(_ node: CausticNode) -> Double {
    switch self {
    case .crossing(let center, let radius): (node.caustic - center).magnitude - radius
    case .turning(let center): ((node.caustic - center) * node.halfTurn).re
    case .cusp: node.speed
    }
  }

  /// Length over which the condition varies.
  @inline(__always) var scale: Double {
    if case .crossing(_, let radius) = self { radius } else { .infinity }
  }

  /// A function of z that vanishes there, and c in its differential Re(c dz).
  @inline(__always) func linearised(
    _ jet: LensEquation.Jet, _ lens: LensEquation, along direction: Complex
  ) -> (value: Double, differential: Complex) {
    switch self {
    case .crossing(let center, let radius):
      let arm = jet.source - center
      let value = 0.5 * (arm.normSquared - radius * radius)
      return (value, arm.conjugate + arm * jet.first)
    case .turning(let center):
      let arm = jet.source - center
      let turned = arm.conjugate + arm * jet.first
      let part = direction.conjugate
      let differential =
        part * (2 * jet.first + arm * jet.second) + (1 + jet.first.normSquared) * direction
      return ((part * turned).re, differential)
    case .cusp:
      // (g″)² / g′³ is real.
      let cube = (jet.first * jet.first * jet.first).conjugate
      let square = jet.second * jet.second
      let slope =
        2 * (jet.second * lens.thirdDerivative(jet) * cube)
        - 3 * (square.conjugate * jet.first * jet.first * jet.second)
      let term = lens.cuspTerm(
        ComplexVector(repeating: jet.poles.0), ComplexVector(repeating: jet.poles.1))
      return (4 * (term[0] * cube).im, Complex(slope.im, -slope.re))
    }
  }

  /// Where on the arc, 0 at `start` and 1 at `end` in phase, the cubic through both ends meets it.
  @inline(__always)
  func guess(_ start: CausticNode, _ end: CausticNode, _ turn: Double) -> Double {
    switch self {
    case .cusp: return start.speed / (start.speed - end.speed)
    case .turning(let center):
      let (first, last) = (
        (start.caustic - center) * start.halfTurn, (end.caustic - center) * end.halfTurn
      )
      let cubic = Cubic(
        first.re, last.re, turn * (start.speed - 0.5 * first.im),
        turn * (end.speed - 0.5 * last.im))
      var t = first.re / (first.re - last.re)
      for _ in 0..<2 { t = min(1, max(0, t - cubic.value(t) / cubic.slope(t))) }
      return t
    case .crossing(let center, let radius):
      let arm = start.caustic - center
      let last = end.caustic - center
      let chord = last - arm
      let (a, b) = (chord.normSquared, arm.re * chord.re + arm.im * chord.im)
      let c = arm.normSquared - radius * radius
      // |arm + t chord| = radius.
      let root = max(0, b * b - a * c).squareRoot()
      var t = start.fraction(of: c > 0 ? c / (root - b) : (root - b) / a, to: end)
      let tangents = (
        turn * start.speed * start.halfTurn.conjugate, turn * end.speed * end.halfTurn.conjugate
      )
      let (x, y) = (
        Cubic(arm.re, last.re, tangents.0.re, tangents.1.re),
        Cubic(arm.im, last.im, tangents.0.im, tangents.1.im)
      )
      for _ in 0..<2 {
        let (dx, dy) = (x.value(t), y.value(t))
        let excess = 0.5 * (dx * dx + dy * dy - radius * radius)
        t = min(1, max(0, t - excess / (dx * x.slope(t) + dy * y.slope(t))))
      }
      return t
    }
  }
}

/// The cubic on [0, 1] with given values and slopes at both ends.
private struct Cubic {
  let c0: Double
  let c1: Double
  let c2: Double
  let c3: Double

  @inline(__always) init(_ first: Double, _ last: Double, _ slope: Double, _ lastSlope: Double) {
    let rise = last - first
    c0 = first
    c1 = slope
    c2 = 3 * rise - 2 * slope - lastSlope
    c3 = slope + lastSlope - 2 * rise
  }

  @inline(__always) func value(_ t: Double) -> Double { c0 + t * (c1 + t * (c2 + t * c3)) }
  @inline(__always) func slope(_ t: Double) -> Double { c1 + t * (2 * c2 + 3 * t * c3) }
}

extension CausticNode {
  /// The fraction of the phase to `end` at which the caustic has covered a fraction of its chord.
  @inline(__always) func fraction(of part: Double, to end: CausticNode) -> Double {
    let (first, last) = (abs(speed), abs(end.speed))
    let twice = min(1, max(0, part)) * (first + last)
    guard twice > 0 else { return 0 }
    return twice / (first + (first * first + (last - first) * twice).squareRoot())
  }
}

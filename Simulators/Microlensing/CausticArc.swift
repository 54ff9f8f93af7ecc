/// A point of the critical curve and its image on the caustic.
struct CausticNode: Sendable {
  /// exp(iφ/2), where g′ = exp(iφ); the caustic's tangent is its conjugate, up to sign.
  var halfTurn: Complex
  /// Point of the critical curve.
  var critical: Complex
  /// Its image in the source plane.
  var caustic: Complex
  /// dz/dφ along the critical curve.
  var velocity: Complex
  /// Signed speed dζ/dφ of the caustic along exp(−iφ/2); it changes sign at a cusp.
  var speed: Double
  var isCusp = false
  /// Whether two branches meet here.
  var isSaddle = false
}

extension LensEquation {
  /// g and its derivatives at z.
  struct Jet {
    var source: Complex
    var first: Complex
    var second: Complex
    /// 1/(z + s) and 1/z.
    var poles: (Complex, Complex)
  }

  @inline(__always) private func jet(_ z: Complex) -> Jet {
    let (a, b) = (Complex(1) / Complex(z.re + s, z.im), Complex(1) / z)
    let (ma, mb) = (m1 * a, m2 * b)
    let (ma2, mb2) = (ma * a, mb * b)
    return Jet(
      source: z - (ma + mb).conjugate, first: ma2 + mb2,
      second: -2 * (ma2 * a + mb2 * b), poles: (a, b))
  }

  @inline(__always) func thirdDerivative(_ jet: Jet) -> Complex {
    let (a2, b2) = (jet.poles.0 * jet.poles.0, jet.poles.1 * jet.poles.1)
    return 6 * (m1 * (a2 * a2) + m2 * (b2 * b2))
  }

  /// The node at which an arc meets a condition whose value changes sign from `start` to `end`.
  ///
  /// Newton's iteration in z on |g′| = 1 and the condition; where it leaves the arc, the arc is
  /// bisected first.
  func node(
    from start: CausticNode, to end: CausticNode, meeting condition: ArcCondition
  ) -> CausticNode {
    var (low, high) = (start, end)
    for _ in 0..<60 {
      if let found = newton(from: low, to: high, meeting: condition) {
        return node(found, after: low)
      }
      guard bisect(&low, &high, condition) else { break }
    }
    return low
  }

  /// The same point, without what else belongs to a node.
  func point(
    from start: CausticNode, to end: CausticNode, meeting condition: ArcCondition
  ) -> (critical: Complex, caustic: Complex) {
    var (low, high) = (start, end)
    for _ in 0..<60 {
      if let found = newton(from: low, to: high, meeting: condition) {
        return (found.z, found.source)
      }
      guard bisect(&low, &high, condition) else { break }
    }
    return (low.critical, low.caustic)
  }

  /// Halves an arc; false when its ends cannot be told apart any more.
  private func bisect(
    _ low: inout CausticNode, _ high: inout CausticNode, _ condition: ArcCondition
  ) -> Bool {
    let middle = middleNode(low, high)
    if (condition.value(middle) > 0) == (condition.value(low) > 0) {
      low = middle
    } else {
      high = middle
    }
    return (high.critical - low.critical).magnitude > 4e-16 * (middle.critical.magnitude + s)
  }

  /// A point of the critical curve with g′ and g″.
  private struct Root {
    var z: Complex
    var source: Complex
    var first: Complex
    var second: Complex
  }

  @inline(never)
  private func newton(
    from start: CausticNode, to end: CausticNode, meeting condition: ArcCondition
  ) -> Root? {
    let difference = end.critical - start.critical
    let chord = difference.normSquared
    let middle = 0.5 * (start.critical + end.critical)
    let direction = start.halfTurn + end.halfTurn
    let tolerance = 1e-8 * min(chord.squareRoot(), condition.scale)
    let sine = (start.halfTurn.conjugate * end.halfTurn).im
    let turn = sine * (2 + sine * sine / 3)
    let t = condition.guess(start, end, turn)
    var z = start.critical + t * difference
    if !start.isSaddle, !end.isSaddle {
      let (v0, v1) = (turn * start.velocity, turn * end.velocity)
      let bend = (1 - t) * (v0 - difference) - t * (v1 - difference)
      z += (t * (1 - t)) * bend
    }
    for _ in 0..<9 {
      let jet = jet(z)
      let (value, b) = condition.linearised(jet, self, along: direction)
      let a = jet.first.conjugate * jet.second
      let residual = 0.5 * (jet.first.normSquared - 1)
      // Re(a dz) = −residual, Re(b dz) = −value.
      let inverse = 1 / (a.re * b.im - a.im * b.re)
      let step =
        inverse * Complex(a.im * value - b.im * residual, a.re * value - b.re * residual)
      z += step
      let size = step.normSquared
      guard size < chord, (z - middle).normSquared <= 0.6 * chord else { return nil }
      let limit = tolerance + 4e-16 * (abs(z.re) + abs(z.im))
      if size > limit * limit { continue }
      if case .cusp = condition, !Self.isNearCusp(jet) { return nil }
      let first = jet.first + step * jet.second
      guard Self.isBetween(first, start, end) else { return nil }
      return Root(
        z: z, source: jet.source + step + (first * step).conjugate, first: first,
        second: jet.second + step * thirdDerivative(jet))
    }
    return nil
  }

  /// Of the points where (g″)²/(g′)³ is real, cusps are those where it is positive.
  private static func isNearCusp(_ jet: Jet) -> Bool {
    let square = jet.second * jet.second
    return (square * (jet.first * jet.first * jet.first).conjugate).re > 0
  }

  /// Whether g′ lies between those of two nodes.
  @inline(__always) private static func isBetween(
    _ turn: Complex, _ start: CausticNode, _ end: CausticNode
  ) -> Bool {
    let (low, high) = (start.halfTurn * start.halfTurn, end.halfTurn * end.halfTurn)
    let width = (low.conjugate * high).im
    let slack = 1e-15 + 1e-6 * width
    return (low.conjugate * turn).im >= -slack && (turn.conjugate * high).im >= -slack
  }

  private func node(_ root: Root, after start: CausticNode) -> CausticNode {
    // √r = (1 + r)/|1 + r| for |r| = 1.
    let ratio = root.first * (start.halfTurn * start.halfTurn).conjugate
    let sum = Complex(1 + ratio.re, ratio.im)
    let half = (1 / sum.magnitude) * (start.halfTurn * sum)
    let velocity = Complex(-root.first.im, root.first.re) / root.second
    return CausticNode(
      halfTurn: half, critical: root.z, caustic: root.source, velocity: velocity,
      speed: 2 * (half * velocity).re)
  }

  /// The node halfway between two in phase.
  func middleNode(_ start: CausticNode, _ end: CausticNode) -> CausticNode {
    let sum = start.halfTurn + end.halfTurn
    let half = (1 / sum.magnitude) * sum
    let guess = 0.5 * (start.critical + end.critical)
    let z = criticalPoint(near: guess, derivative: half * half) ?? guess
    let jet = jet(z)
    let speed = causticSpeed(
      ComplexVector(repeating: z), halfTurn: ComplexVector(repeating: half))
    return CausticNode(
      halfTurn: half, critical: z, caustic: jet.source,
      velocity: Complex(-jet.first.im, jet.first.re) / jet.second, speed: speed[0])
  }

  /// The point with a given g′ next to `start`.
  private func criticalPoint(near start: Complex, derivative target: Complex) -> Complex? {
    var z = start
    for _ in 0..<12 {
      let jet = jet(z)
      let step = (jet.first - target) / jet.second
      z -= step
      guard z.isFinite else { return nil }
      if step.normSquared <= 1e-20 * z.normSquared { return z }
    }
    return nil
  }
}

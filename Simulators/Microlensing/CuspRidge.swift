/// The ridge of high magnification that leaves a cusp outwards, along its axis.
///
/// At a distance d beyond a cusp whose arms are η = ±k ξ^{3/2} the ridge is about k d^{3/2} wide: it
/// is the continuation of the arms. A limb that crosses it sees a feature far narrower than its
/// distance from the caustic.
///
/// Reference: Schneider & Weiß 1992, A&A 260, 1; Gaudi & Petters 2002, ApJ 580, 468.
struct CuspRidge: Sendable {
  let cusp: Complex
  /// Unit vector along the axis, away from the caustic.
  let axis: Complex
  /// k of the arms.
  let coefficient: Double

  /// From a cusp and another node of one of its arms.
  init?(cusp: CausticNode, arm: CausticNode) {
    self.cusp = cusp.caustic
    // Along the caustic dζ/dφ = a δ exp(−iφ/2), δ the phase from the cusp: ξ = a δ²/2, η = a δ³/6.
    let turn = 2 * (cusp.halfTurn.conjugate * arm.halfTurn).im
    let slope = arm.speed / turn
    guard slope.isFinite, slope != 0 else { return nil }
    let tangent = cusp.halfTurn.conjugate
    axis = slope > 0 ? -tangent : tangent
    coefficient = (2 / (9 * abs(slope))).squareRoot()
  }

  private init(cusp: Complex, axis: Complex, coefficient: Double) {
    self.cusp = cusp
    self.axis = axis
    self.coefficient = coefficient
  }

  /// The same on the other side of the lens axis.
  var mirrored: CuspRidge {
    CuspRidge(cusp: cusp.conjugate, axis: axis.conjugate, coefficient: coefficient)
  }

  /// Calls `body` where the ridge crosses a circle, with the point relative to the centre and the
  /// ridge's half-width there.
  func forEachCrossing(
    center: Complex, radius: Double, _ body: (_ offset: Complex, _ width: Double) -> Void
  ) {
    let offset = cusp - center
    let half = offset.re * axis.re + offset.im * axis.im
    let discriminant = half * half - offset.normSquared + radius * radius
    guard discriminant > 0 else { return }
    let root = discriminant.squareRoot()
    for distance in [-half - root, -half + root] where distance > 0 {
      body(offset + distance * axis, coefficient * distance * distance.squareRoot())
    }
  }
}

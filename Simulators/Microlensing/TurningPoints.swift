/// Where the distance from a position to a caustic has its extrema.
extension CausticNetwork {
  /// Appends the nodes of an arc at which its distance from `center` has an extremum, in order;
  /// between them the distance is monotonic.
  ///
  /// With W = (ζ − center) exp(iφ/2) = h + i n they are the zeros of h. As h′ = speed − n/2, h is
  /// monotonic unless the centre of curvature comes near `center`; arcs where it may are bisected.
  func appendTurningPoints(
    from start: CausticNode, to end: CausticNode, around center: Complex, depth: Int = 0,
    to points: inout [CausticNode]
  ) {
    let first = (start.caustic - center) * start.halfTurn
    let last = (end.caustic - center) * end.halfTurn
    let changesSign = (first.re > 0) != (last.re > 0)
    let turn = 2 * (end.halfTurn - start.halfTurn).magnitude
    let slope = Self.slopeBounds(start, end, first, last, turn)
    let isMonotonic = slope.low > 0 || slope.high < 0 || turn < 1e-9 || depth > 40
    if isMonotonic {
      if changesSign {
        points.append(lens.node(from: start, to: end, meeting: .turning(center: center)))
      }
      return
    }
    let steepest = max(abs(slope.low), abs(slope.high))
    if !changesSign, abs(first.re) + abs(last.re) > steepest * turn { return }
    let middle = lens.middleNode(start, end)
    appendTurningPoints(from: start, to: middle, around: center, depth: depth + 1, to: &points)
    appendTurningPoints(from: middle, to: end, around: center, depth: depth + 1, to: &points)
  }

  /// Bounds of h′ over an arc, up to a common sign.
  private static func slopeBounds(
    _ start: CausticNode, _ end: CausticNode, _ first: Complex, _ last: Complex, _ turn: Double
  ) -> (low: Double, high: Double) {
    let sign = start.speed + end.speed > 0 ? 0.5 : -0.5
    let (a, b) = (sign * first.im, sign * last.im)
    // n′ = h/2.
    let slack = 0.25 * turn * max(abs(first.re), abs(last.re))
    // Over steps this short the speed does not leave these bounds.
    let slowest = 0.5 * min(abs(start.speed), abs(end.speed))
    let fastest = 1.5 * max(abs(start.speed), abs(end.speed))
    return (slowest - max(a, b) - slack, fastest - min(a, b) + slack)
  }

  /// Radii below `limit` at which a circle around `center` touches a caustic or passes through a
  /// cusp, in ascending order: the kinks of a disc's magnification as a function of its radius.
  func tangentRadii(around center: Complex, within limit: Double) -> [Double] {
    var radii: [Double] = []
    for cusp in cusps {
      let radius = (cusp - center).magnitude
      if radius < limit { radii.append(radius) }
    }
    var turning: [CausticNode] = []
    for arc in arcs(near: center, from: 0, to: limit) {
      let center = arc.isMirrored ? center.conjugate : center
      turning.removeAll(keepingCapacity: true)
      appendTurningPoints(
        from: nodes[arc.start], to: nodes[arc.start + 1], around: center, to: &turning)
      for node in turning {
        let radius = (node.caustic - center).magnitude
        if radius < limit { radii.append(radius) }
      }
    }
    radii.sort()
    // A centre on the axis meets everything twice.
    var distinct: [Double] = []
    for radius in radii where radius > (distinct.last ?? -1) * (1 + 1e-12) {
      distinct.append(radius)
    }
    return distinct
  }
}

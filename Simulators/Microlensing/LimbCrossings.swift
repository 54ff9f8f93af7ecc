import Foundation

/// Where a source's limb meets the caustics, as position angles on the limb in [0, 2π).
struct LimbCrossings: Sendable {
  /// Angles where the limb crosses a caustic, in ascending order.
  private(set) var crossings: [Double] = []
  /// The critical points there.
  private(set) var criticalPoints: [Complex] = []
  /// Angles where the limb only comes close to a caustic or crosses a cusp's ridge, and over what
  /// distance it does.
  private(set) var approaches: [(angle: Double, width: Double)] = []
  /// Whether no cusp lies in the disc or near it.
  private(set) var isClear = true

  /// How close an approach is, in source radii. A fold at a distance d is seen over an angle √(2d)
  /// of the limb, a cusp over d: the latter is marked at twice the distance.
  private static let foldMargin = 0.15
  private static let cuspMargin = 0.3

  /// - Parameter center: in the frame of the lens equation.
  /// - Complexity: about a microsecond for two crossings.
  init(network: CausticNetwork, center: Complex, radius: Double) {
    let margin = Self.foldMargin * radius
    let (inner, outer) = (radius - margin, radius + margin)
    var pieces: [CausticNode] = []
    for arc in network.arcs(near: center, from: inner, to: outer) {
      let limb = Limb(
        lens: network.lens, center: arc.isMirrored ? center.conjugate : center, radius: radius,
        isMirrored: arc.isMirrored, resolution: network.resolution)
      let (start, end) = (network.nodes[arc.start], network.nodes[arc.start + 1])
      pieces.removeAll(keepingCapacity: true)
      network.appendTurningPoints(from: start, to: end, around: limb.center, to: &pieces)
      pieces.append(end)
      visit(pieces, after: start, limb, margin)
    }
    for ridge in network.ridges {
      let arm = ridge.cusp - center
      let excess = arm.magnitude - radius
      if excess < Self.cuspMargin * radius { isClear = false }
      if abs(excess) < Self.cuspMargin * radius {
        approaches.append((Limb.angle(arm), abs(excess)))
      }
      ridge.forEachCrossing(center: center, radius: radius) { offset, width in
        if width < radius { approaches.append((Limb.angle(offset), width)) }
      }
    }
    passCompanion(network.lens, center, radius)
    // What is marked is no nearer than it is known where it is.
    for index in approaches.indices {
      approaches[index].width = max(approaches[index].width, network.resolution)
    }
  }

  /// Adds where an image passes the lighter mass while a limb around the heavier one sweeps its
  /// images round the Einstein ring: on the axis, on both sides.
  private mutating func passCompanion(_ lens: LensEquation, _ center: Complex, _ radius: Double) {
    let squared = radius * radius - center.im * center.im
    guard squared > 0 else { return }
    for half in [-squared.squareRoot(), squared.squareRoot()] {
      let distance = center.re + half + lens.s
      let image = 0.5 * (distance + (distance * distance + 4 * lens.m1).squareRoot())
      let width = abs(distance * (lens.s / image - 1))
      if abs(distance) < 2 * radius, width < 0.5 * radius {
        approaches.append((Limb.angle(Complex(half, -center.im)), width))
      }
    }
  }

  /// The least angle from one crossing to the next.
  var closestCrossings: Double {
    guard var last = crossings.last else { return .infinity }
    last -= 2 * .pi
    var least = 2 * Double.pi
    for angle in crossings {
      least = min(least, angle - last)
      last = angle
    }
    return least
  }

  /// Adds what happens between consecutive nodes, from one to the next of which the distance from
  /// the centre is monotonic.
  private mutating func visit(
    _ nodes: [CausticNode], after start: CausticNode, _ limb: Limb, _ margin: Double
  ) {
    var previous = start
    var excess = limb.excess(start)
    var wasCrossing = false
    // The excess before the last turning point.
    var before: Double?
    for node in nodes {
      let next = limb.excess(node)
      let crosses = (excess > 0) != (next > 0)
      if crosses { cross(from: previous, to: node, limb) }
      // Outside the limb a nearest point, inside a farthest one; what touches it is both.
      if let before, !crosses, !wasCrossing, abs(excess) < margin,
        (excess > 0) == (excess < before) || abs(excess) < limb.resolution
      {
        approaches.append((limb.angle(previous.caustic), abs(excess)))
      }
      (before, wasCrossing) = (excess, crosses)
      (previous, excess) = (node, next)
    }
  }

  private mutating func cross(from start: CausticNode, to end: CausticNode, _ limb: Limb) {
    let point = limb.lens.point(
      from: start, to: end, meeting: .crossing(center: limb.center, radius: limb.radius))
    let angle = limb.angle(point.caustic)
    var index = crossings.count
    while index > 0, crossings[index - 1] > angle { index -= 1 }
    crossings.insert(angle, at: index)
    criticalPoints.insert(
      limb.isMirrored ? point.critical.conjugate : point.critical, at: index)
  }

  private struct Limb {
    let lens: LensEquation
    let center: Complex
    let radius: Double
    let isMirrored: Bool
    /// Rounding error of distances from the limb.
    let resolution: Double

    /// Distance from the limb, positive outside.
    func excess(_ node: CausticNode) -> Double { (node.caustic - center).magnitude - radius }

    func angle(_ point: Complex) -> Double {
      Self.angle(isMirrored ? (point - center).conjugate : point - center)
    }

    static func angle(_ offset: Complex) -> Double {
      let angle = atan2(offset.im, offset.re)
      return angle < 0 ? angle + 2 * .pi : angle
    }
  }
}

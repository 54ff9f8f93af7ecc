import Foundation

/// Where a source's limb meets the caustics, as position angles on the limb in [0, 2π).
struct LimbCrossings: Sendable {
  /// Angles where the limb crosses a caustic.
  private(set) var crossings: [Double] = []
  /// Sum of the critical points at the crossings.
  private(set) var criticalSum = Complex(0)
  /// Angles where it only comes close, within `margin` source radii.
  private(set) var approaches: [Double] = []

  /// Beyond this distance, in source radii, the limb integrand is smooth enough for equal steps.
  static let margin = 0.15

  /// - Parameters: `center` in the frame of the lens equation.
  init(network: CausticNetwork, center: Complex, radius: Double) {
    let reach = radius * (1 + Self.margin)
    let search = Search(lens: network.lens, center: center, radius: radius)
    for group in network.groupsNear(center, within: reach) {
      for k in group {
        let (start, end) = (network.nodes[k], network.nodes[k + 1])
        let half = 0.5 * (end.caustic - start.caustic).magnitude
        let middle = 0.5 * (start.caustic + end.caustic) - center
        let spread = half + CausticNetwork.sagitta(start, end)
        let distance = middle.magnitude
        if distance - spread > reach || distance + spread < radius * (1 - Self.margin) { continue }
        visit(search, start, end)
        if start.isCusp, abs(search.excess(start)) < Self.margin * radius {
          approaches.append(search.angle(start))
        }
      }
    }
  }

  private mutating func visit(_ search: Search, _ start: CausticNode, _ end: CausticNode) {
    let (first, last) = (search.excess(start), search.excess(end))
    if (first > 0) != (last > 0) {
      cross(search, start, end)
      return
    }
    let direction = start.speed + end.speed > 0 ? 1.0 : -1.0
    let (fall, rise) = (
      direction * search.radialSpeed(start), direction * search.radialSpeed(end)
    )
    // Outside, a nearest point; inside, a farthest one.
    let turns = first > 0 ? (fall < 0 && rise > 0) : (fall > 0 && rise < 0)
    guard turns else { return }
    let nearest = search.root(start, end) { $0.radialSpeed($1) }
    let excess = search.excess(nearest)
    if (excess > 0) != (first > 0) {
      cross(search, start, nearest)
      cross(search, nearest, end)
    } else if abs(excess) < Self.margin * search.radius {
      approaches.append(search.angle(nearest))
    }
  }

  private mutating func cross(_ search: Search, _ start: CausticNode, _ end: CausticNode) {
    let node = search.root(start, end) { $0.excess($1) }
    crossings.append(search.angle(node))
    criticalSum += node.critical
  }

  /// Functions of a point on an arc that vanish where something happens on the limb.
  private struct Search {
    let lens: LensEquation
    let center: Complex
    let radius: Double

    /// Distance from the limb, positive outside.
    func excess(_ node: CausticNode) -> Double { (node.caustic - center).magnitude - radius }

    /// Radial component of the caustic's direction, up to the arc's common sign.
    func radialSpeed(_ node: CausticNode) -> Double {
      let offset = node.caustic - center
      return offset.re * cos(node.phase / 2) - offset.im * sin(node.phase / 2)
    }

    func angle(_ node: CausticNode) -> Double {
      let offset = node.caustic - center
      let angle = atan2(offset.im, offset.re)
      return angle < 0 ? angle + 2 * .pi : angle
    }

    /// The node between two where a function of the node changes sign (Illinois method).
    func root(
      _ start: CausticNode, _ end: CausticNode, _ function: (Search, CausticNode) -> Double
    ) -> CausticNode {
      var (low, high) = (start, end)
      var (lowValue, highValue) = (function(self, start), function(self, end))
      guard (lowValue > 0) != (highValue > 0) else { return start }
      var best = start
      var side = 0
      for _ in 0..<60 {
        let fraction = lowValue / (lowValue - highValue)
        best.phase = low.phase + fraction * (high.phase - low.phase)
        let guess = low.critical + fraction * (high.critical - low.critical)
        best.critical = lens.criticalPoint(near: guess, phase: best.phase) ?? guess
        best.caustic = lens.source(of: best.critical)
        let value = function(self, best)
        if abs(value) <= 1e-14 * radius || high.phase - low.phase < 4e-16 * high.phase { break }
        if (value > 0) == (lowValue > 0) {
          low = best
          lowValue = value
          if side == -1 { highValue /= 2 }
          side = -1
        } else {
          high = best
          highValue = value
          if side == 1 { lowValue /= 2 }
          side = 1
        }
        if value == 0 { break }
      }
      return best
    }
  }
}

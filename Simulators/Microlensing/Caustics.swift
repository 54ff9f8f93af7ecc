/// A point of a critical curve and its image on the caustic, Einstein radii from the centre of mass.
public struct CausticPoint: Sendable, Equatable {
  public let criticalX: Double
  public let criticalY: Double
  public let causticX: Double
  public let causticY: Double
  /// Whether the caustic has a cusp here.
  public let isCusp: Bool
}

extension BinaryLens {
  /// The critical curves and caustics as closed curves of sampled points, cusps included.
  ///
  /// The first point of each curve is not repeated at its end. Between neighbouring points the
  /// caustic's tangent turns by at most 0.05 rad.
  public var criticalCurveAndCaustics: [[CausticPoint]] {
    let halves = network.branches.map(refined)
    var isUsed = [Bool](repeating: false, count: halves.count)
    var curves: [[CausticPoint]] = []
    for first in halves.indices where !isUsed[first] {
      var curve: [CausticPoint] = []
      var branch = first
      // A half branch, from phase 0 to π, goes on as the mirror image of its partner, back to 0,
      // and that as a half branch again.
      repeat {
        isUsed[branch] = true
        let partner = network.partners.atEnd[branch]
        curve += halves[branch].dropLast().map { publicPoint($0, isMirrored: false) }
        curve += halves[partner].dropFirst().reversed().map { publicPoint($0, isMirrored: true) }
        branch = network.partners.atStart[partner]
      } while branch != first
      curves.append(curve)
    }
    return curves
  }

  /// The nodes of a half branch and as many between them as smooth curves need.
  private func refined(_ branch: Range<Int>) -> [CausticNode] {
    var result: [CausticNode] = []
    func append(_ start: CausticNode, _ end: CausticNode) {
      let turn = (end.halfTurn - start.halfTurn).magnitude
      let length = (end.caustic - start.caustic).magnitude
      if turn > 1e-3, turn > 0.05 || length > 0.05 {
        let middle = lens.middleNode(start, end)
        append(start, middle)
        append(middle, end)
      } else {
        result.append(end)
      }
    }
    result.append(network.nodes[branch.lowerBound])
    for k in branch.dropFirst() { append(network.nodes[k - 1], network.nodes[k]) }
    return result
  }

  private func publicPoint(_ node: CausticNode, isMirrored: Bool) -> CausticPoint {
    let critical = lens.publicFrame(isMirrored ? node.critical.conjugate : node.critical)
    let caustic = lens.publicFrame(isMirrored ? node.caustic.conjugate : node.caustic)
    return CausticPoint(
      criticalX: critical.x, criticalY: critical.y, causticX: caustic.x, causticY: caustic.y,
      isCusp: node.isCusp)
  }

  /// A lower bound of the distance from (`x`, `y`) to the caustics, short of it by at most 2 %.
  public func distanceToCaustics(x: Double, y: Double) -> Double {
    network.clearance(lens.internalFrame(x: x, y: y), sharpBelow: .infinity)
  }

  /// Position angles in [0, 2π) at which the limb of a disc of radius `rho` crosses a caustic, in
  /// ascending order.
  public func causticCrossings(x: Double, y: Double, rho: Double) -> [Double] {
    let center = lens.internalFrame(x: x, y: y)
    let angles = LimbCrossings(network: network, center: center, radius: rho).crossings
    guard q > 1 else { return angles }
    return angles.map { $0 < .pi ? $0 + .pi : $0 - .pi }.sorted()
  }

  /// Radii below `rho` at which a circle around (`x`, `y`) touches a caustic or meets a cusp, in
  /// ascending order.
  public func causticTangentRadii(x: Double, y: Double, within rho: Double) -> [Double] {
    network.tangentRadii(around: lens.internalFrame(x: x, y: y), within: rho)
  }
}

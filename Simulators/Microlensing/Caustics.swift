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
    let nodes = network.nodes
    let starts = network.branchStarts
    var isUsed = [Bool](repeating: false, count: 4)
    var curves: [[CausticPoint]] = []
    for first in 0..<4 where !isUsed[first] {
      var curve: [CausticPoint] = []
      var branch = first
      while !isUsed[branch] {
        isUsed[branch] = true
        let last = starts[branch + 1] - 1
        curve += nodes[starts[branch]..<last].map(publicPoint)
        // After one turn of the phase a branch continues as the one that starts there.
        let end = nodes[last].critical
        branch = (0..<4).min {
          (nodes[starts[$0]].critical - end).normSquared
            < (nodes[starts[$1]].critical - end).normSquared
        }!
      }
      curves.append(curve)
    }
    return curves
  }

  private func publicPoint(_ node: CausticNode) -> CausticPoint {
    let critical = lens.publicFrame(node.critical)
    let caustic = lens.publicFrame(node.caustic)
    return CausticPoint(
      criticalX: critical.x, criticalY: critical.y, causticX: caustic.x, causticY: caustic.y,
      isCusp: node.isCusp)
  }
}

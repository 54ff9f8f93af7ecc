import Foundation

/// A sample of the critical curve and of the caustic.
struct CausticNode: Sendable {
  /// Phase of g′ along the critical curve, g′(z) = exp(iφ).
  var phase: Double
  /// Point of the critical curve.
  var critical: Complex
  /// Its image in the source plane, on the caustic.
  var caustic: Complex
  /// Signed speed of the caustic along exp(−iφ/2); it changes sign at a cusp.
  var speed: Double
  var isCusp: Bool
}

/// The caustics of one lens as convex arcs between closely spaced nodes.
///
/// Along each of the four branches the caustic's tangent is exp(−iφ/2) up to sign: it turns
/// uniformly with φ, so that equal steps in φ give arcs of equal turning, and an arc's greatest
/// distance from its chord L is at most ½ L tan(Δφ/4). Cusps are nodes.
///
/// Reference: Witt 1990, A&A 236, 311 (critical curves by phase).
struct CausticNetwork: Sendable {
  let lens: LensEquation
  /// Nodes of the four branches, one branch after the other.
  let nodes: [CausticNode]
  /// First node of each branch, and the number of nodes.
  let branchStarts: [Int]
  /// Groups of consecutive arcs, as node index ranges.
  let groups: [Range<Int>]
  private let boxes: [BoxLanes]

  /// Eight bounding boxes of arc groups.
  private struct BoxLanes: Sendable {
    var minX = Lanes(repeating: 1e300)
    var maxX = Lanes(repeating: 1e300)
    var minY = Lanes(repeating: 1e300)
    var maxY = Lanes(repeating: 1e300)
  }

  /// - Complexity: about 300 nodes.
  init(lens: LensEquation) {
    self.lens = lens
    var tracker = CausticTracker(lens: lens)
    (nodes, branchStarts) = tracker.traceAll()
    var groups: [Range<Int>] = []
    for branch in 0..<(branchStarts.count - 1) {
      let last = branchStarts[branch + 1] - 1
      var first = branchStarts[branch]
      while first < last {
        let end = min(first + 8, last)
        groups.append(first..<end)
        first = end
      }
    }
    self.groups = groups
    var boxes = [BoxLanes](repeating: BoxLanes(), count: (groups.count + 7) / 8)
    for (index, group) in groups.enumerated() {
      var (x0, x1, y0, y1) = (Double.infinity, -Double.infinity, Double.infinity, -Double.infinity)
      var sagitta = 0.0
      for k in group.lowerBound...group.upperBound {
        let point = nodes[k].caustic
        (x0, x1) = (min(x0, point.re), max(x1, point.re))
        (y0, y1) = (min(y0, point.im), max(y1, point.im))
        if k < group.upperBound { sagitta = max(sagitta, Self.sagitta(nodes[k], nodes[k + 1])) }
      }
      boxes[index / 8].minX[index % 8] = x0 - sagitta
      boxes[index / 8].maxX[index % 8] = x1 + sagitta
      boxes[index / 8].minY[index % 8] = y0 - sagitta
      boxes[index / 8].maxY[index % 8] = y1 + sagitta
    }
    self.boxes = boxes
  }

  /// Upper bound of an arc's distance from its chord.
  @inline(__always) static func sagitta(_ a: CausticNode, _ b: CausticNode) -> Double {
    let chord = (b.caustic - a.caustic).magnitude
    let quarter = 0.25 * (b.phase - a.phase)
    // tan x ≤ x + x³/2 for x ≤ 1.
    return 0.5 * chord * (quarter + 0.5 * quarter * quarter * quarter)
  }

  /// A lower bound of the distance from `point` to the caustics, sharp when it is below `radius`.
  func clearance(_ point: Complex, sharpBelow radius: Double) -> Double {
    var closest = Lanes(repeating: .infinity)
    for box in boxes {
      let distance = Self.squaredDistance(point, box)
      closest = closest.replacing(with: distance, where: distance .< closest)
    }
    let bound = closest.min().squareRoot()
    guard bound < radius else { return bound }
    var sharp = radius
    for (index, box) in boxes.enumerated() {
      let distance = Self.squaredDistance(point, box)
      for lane in 0..<8 where distance[lane] < sharp * sharp {
        for k in groups[index * 8 + lane] {
          let reach = distanceToChord(point, k) - Self.sagitta(nodes[k], nodes[k + 1])
          sharp = min(sharp, max(reach, 0))
        }
      }
    }
    return sharp
  }

  /// Indices of the arc groups whose boxes come within the ring of two radii around `point`.
  func groupsNear(_ point: Complex, within radius: Double) -> [Range<Int>] {
    var near: [Range<Int>] = []
    for (index, box) in boxes.enumerated() {
      let distance = Self.squaredDistance(point, box)
      for lane in 0..<8 where distance[lane] <= radius * radius {
        near.append(groups[index * 8 + lane])
      }
    }
    return near
  }

  @inline(__always)
  private static func squaredDistance(_ point: Complex, _ box: BoxLanes) -> Lanes {
    let zero = Lanes(repeating: 0)
    let below = box.minX - point.re
    let above = point.re - box.maxX
    let left = box.minY - point.im
    let right = point.im - box.maxY
    let dx =
      below.replacing(with: zero, where: below .< 0)
      + above.replacing(with: zero, where: above .< 0)
    let dy =
      left.replacing(with: zero, where: left .< 0)
      + right.replacing(with: zero, where: right .< 0)
    return (dx * dx).addingProduct(dy, dy)
  }

  private func distanceToChord(_ point: Complex, _ index: Int) -> Double {
    let start = nodes[index].caustic
    let chord = nodes[index + 1].caustic - start
    let offset = point - start
    let length = chord.normSquared
    var t = 0.0
    if length > 0 {
      t = min(1, max(0, (offset.re * chord.re + offset.im * chord.im) / length))
    }
    return (offset - t * chord).magnitude
  }
}

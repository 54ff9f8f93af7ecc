import CVector

/// The caustics of one lens as convex arcs between nodes.
///
/// Along each of the four branches the caustic's tangent is exp(−iφ/2) up to sign: it turns
/// uniformly with φ, so that an arc of length L never leaves its chord by more than ½ L tan(Δφ/4).
/// Cusps are nodes. Only the arcs with phases in [0, π] are kept; the others are their mirror images
/// on the other side of the axis.
struct CausticNetwork: Sendable {
  let lens: LensEquation
  /// Nodes of the four half branches, one after the other, each from φ = 0 to φ = π.
  let nodes: [CausticNode]
  /// Node indices of each half branch.
  let branches: [Range<Int>]
  /// The half branch whose mirror image continues each at φ = 0, and at φ = π.
  let partners: (atStart: [Int], atEnd: [Int])
  /// Positions of all cusps, mirror images included.
  let cusps: [Complex]
  /// The ridges that leave them.
  let ridges: [CuspRidge]
  private let groups: [ArcGroup]
  /// Bounding boxes of the groups, eight at a time.
  private let boxes: [BoxLanes]
  /// Rounding error of positions in the source plane.
  let resolution: Double

  /// Eight consecutive arcs.
  private struct ArcGroup: Sendable {
    var firstNode: Int
    var start = ComplexVector(repeating: Complex(1e150))
    var chord = ComplexVector(repeating: Complex(0))
    /// 1 / |chord|².
    var inverse = Lanes(repeating: 0)
    /// Greatest distance of the arc from its chord.
    var sagitta = Lanes(repeating: 0)
    /// Greatest distance of the arc from the middle of its chord.
    var extent = Lanes(repeating: 0)
  }

  private struct BoxLanes: Sendable {
    var minX = Lanes(repeating: 1e150)
    var maxX = Lanes(repeating: 1e150)
    var minY = Lanes(repeating: 1e150)
    var maxY = Lanes(repeating: 1e150)
  }

  /// - Complexity: 20 phases of four points for most lenses, 10 µs; up to ten times as many where
  ///   caustics merge.
  init(lens: LensEquation) {
    self.lens = lens
    let assembly = CausticAssembly(lens: lens)
    nodes = assembly.nodes
    branches = assembly.branches
    partners = assembly.partners
    cusps = assembly.cusps
    ridges = Self.ridges(assembly)
    resolution = 4e-16 * (2 + lens.s + 1 / lens.s)
    var groups: [ArcGroup] = []
    groups.reserveCapacity(nodes.count / 8 + 4)
    var boxes = [BoxLanes](repeating: BoxLanes(), count: nodes.count / 64 + 1)
    for branch in branches {
      for first in stride(from: branch.lowerBound, to: branch.upperBound - 1, by: 8) {
        let last = min(first + 8, branch.upperBound - 1)
        if groups.count == 8 * boxes.count { boxes.append(BoxLanes()) }
        let (row, lane) = (groups.count / 8, groups.count % 8)
        groups.append(Self.group(nodes[first...last], resolution, &boxes[row], lane))
      }
    }
    self.groups = groups
    self.boxes = boxes
  }

  private static func ridges(_ assembly: CausticAssembly) -> [CuspRidge] {
    var ridges: [CuspRidge] = []
    for branch in assembly.branches {
      for k in branch where assembly.nodes[k].isCusp {
        let cusp = assembly.nodes[k]
        let arm = assembly.nodes[k + 1 < branch.upperBound ? k + 1 : k - 1]
        guard let ridge = CuspRidge(cusp: cusp, arm: arm) else { continue }
        ridges.append(ridge)
        if cusp.caustic.im != 0 { ridges.append(ridge.mirrored) }
      }
    }
    return ridges
  }

  private static func group(
    _ nodes: ArraySlice<CausticNode>, _ resolution: Double, _ box: inout BoxLanes, _ boxLane: Int
  ) -> ArcGroup {
    var group = ArcGroup(firstNode: nodes.startIndex)
    var previous = nodes[nodes.startIndex]
    var (low, high) = (previous.caustic, previous.caustic)
    var widest = 0.0
    var lane = 0
    for next in nodes.dropFirst() {
      let chord = next.caustic - previous.caustic
      let squared = chord.normSquared
      let length = squared.squareRoot()
      var sagitta = relativeSagitta(previous, next) * length + resolution
      // An arc that ends where branches meet is as long as what cannot be resolved.
      if previous.isSaddle || next.isSaddle { sagitta += length }
      group.start.re[lane] = previous.caustic.re
      group.start.im[lane] = previous.caustic.im
      group.chord.re[lane] = chord.re
      group.chord.im[lane] = chord.im
      group.inverse[lane] = squared > 1e-300 ? 1 / squared : 0
      group.sagitta[lane] = sagitta
      group.extent[lane] = 0.5 * length + sagitta
      low = Complex(min(low.re, next.caustic.re), min(low.im, next.caustic.im))
      high = Complex(max(high.re, next.caustic.re), max(high.im, next.caustic.im))
      widest = max(widest, sagitta)
      previous = next
      lane += 1
    }
    box.minX[boxLane] = low.re - widest
    box.maxX[boxLane] = high.re + widest
    box.minY[boxLane] = low.im - widest
    box.maxY[boxLane] = high.im + widest
    return group
  }

  /// Upper bound of an arc's distance from its chord, in lengths of the chord.
  @inline(__always)
  private static func relativeSagitta(_ a: CausticNode, _ b: CausticNode) -> Double {
    // |b − a| = 2 sin(Δφ/4), and ½ tan x < 0.504 sin x for x < 0.12.
    0.252 * (b.halfTurn - a.halfTurn).magnitude
  }

  /// A lower bound of the distance from `point` to the caustics, sharp to 2 % when below `radius`.
  ///
  /// - Complexity: 50 ns, and 200 ns for each arc that comes within `radius`.
  func clearance(_ point: Complex, sharpBelow radius: Double) -> Double {
    // Caustics that could not be found may be anywhere.
    if nodes.isEmpty { return 0 }
    let mirrored = point.conjugate
    var closest = Lanes(repeating: .infinity)
    for box in boxes {
      let (above, below) = (Self.squaredDistance(point, box), Self.squaredDistance(mirrored, box))
      closest = closest.replacing(with: above, where: above .< closest)
      closest = closest.replacing(with: below, where: below .< closest)
    }
    let bound = closest.minimum.squareRoot()
    guard bound < radius else { return bound }
    var sharp = radius
    for side in 0..<2 {
      let image = side == 0 ? point : mirrored
      for (index, box) in boxes.enumerated() {
        let distance = Self.squaredDistance(image, box)
        guard distance.minimum < sharp * sharp else { continue }
        for lane in 0..<8 where distance[lane] < sharp * sharp {
          approach(image, groups[8 * index + lane], &sharp)
        }
      }
    }
    return sharp
  }

  /// Lowers `sharp` to the distance from a group of arcs.
  private func approach(_ point: Complex, _ group: ArcGroup, _ sharp: inout Double) {
    let offset = ComplexVector(repeating: point) - group.start
    var t = (offset.re * group.chord.re).addingProduct(offset.im, group.chord.im) * group.inverse
    t = t.replacing(with: 0, where: t .< 0)
    t = t.replacing(with: 1, where: t .> 1)
    let reach = f64x8_sqrt((offset - t * group.chord).normSquared) - group.sagitta
    guard reach.minimum < sharp else { return }
    var turning: [CausticNode] = []
    for lane in 0..<8 where reach[lane] < sharp {
      let (start, end) = (nodes[group.firstNode + lane], nodes[group.firstNode + lane + 1])
      if group.sagitta[lane] < 0.01 * reach[lane] || start.isSaddle || end.isSaddle {
        sharp = max(0, reach[lane])
        continue
      }
      var nearest = min((start.caustic - point).normSquared, (end.caustic - point).normSquared)
      turning.removeAll(keepingCapacity: true)
      appendTurningPoints(from: start, to: end, around: point, to: &turning)
      for node in turning { nearest = min(nearest, (node.caustic - point).normSquared) }
      sharp = min(sharp, max(0, nearest.squareRoot() - resolution))
    }
  }

  /// An arc with phases in [0, π] between two nodes, or its mirror image.
  struct Arc {
    /// The node where it starts; it ends at the next one.
    let start: Int
    /// Whether the mirror image is meant: then everything around it is to be mirrored instead.
    let isMirrored: Bool
  }

  /// The arcs that come near the ring of two radii around `point`.
  func arcs(near point: Complex, from inner: Double, to outer: Double) -> [Arc] {
    var found: [Arc] = []
    for side in 0..<2 {
      let center = side == 0 ? point : point.conjugate
      for (index, box) in boxes.enumerated() {
        let near = Self.squaredDistance(center, box) .<= outer * outer
        guard !near.isEmpty else { continue }
        for lane in 0..<8 where near[lane] {
          let group = groups[8 * index + lane]
          let offset = ComplexVector(repeating: center) - group.start
          let distance = f64x8_sqrt((offset - 0.5 * group.chord).normSquared)
          let isNear =
            (distance - group.extent .<= outer) .& (distance + group.extent .>= inner)
          guard !isNear.isEmpty else { continue }
          for arc in 0..<8 where isNear[arc] {
            found.append(Arc(start: group.firstNode + arc, isMirrored: side == 1))
          }
        }
      }
    }
    return found
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
}

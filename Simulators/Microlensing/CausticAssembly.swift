/// The four half branches of the caustics, φ from 0 to π, with their cusps and how they join.
struct CausticAssembly {
  private(set) var nodes: [CausticNode] = []
  /// Node indices of each half branch.
  private(set) var branches: [Range<Int>] = []
  /// The half branch whose mirror image continues each one at φ = 0, and at φ = π.
  private(set) var partners: (atStart: [Int], atEnd: [Int]) = ([0, 1, 2, 3], [0, 1, 2, 3])
  /// All cusps, mirror images included.
  private(set) var cusps: [Complex] = []

  private let lens: LensEquation
  private let saddles: CriticalSaddles

  /// Steps along the branches in units of the distance to the next branch point, tried in turn.
  ///
  /// The first serves every lens that was tried; the others are there because a branch or a pair of
  /// cusps that was missed would be a wrong magnification.
  private static let relativeSteps = [0.4, 0.2, 0.1, 0.05]

  /// Without nodes if the branches cannot be told apart in double precision.
  init(lens: LensEquation) {
    self.lens = lens
    saddles = CriticalSaddles(lens: lens)
    for step in Self.relativeSteps {
      if let traced = CriticalBranches(lens: lens, saddles: saddles, relativeStep: step),
        assemble(traced.samples)
      {
        return
      }
    }
    nodes = []
    branches = []
    cusps = []
  }

  /// Whether the ends join in pairs and every cusp was found.
  private mutating func assemble(_ samples: [CriticalBranches.Sample]) -> Bool {
    nodes.removeAll(keepingCapacity: true)
    nodes.reserveCapacity(4 * samples.count + 4)
    branches = []
    cusps = []
    let last = samples.count - 1
    guard let start = joinedAtStart(samples[0], beside: samples[1]),
      let end = joinedAtEnd(samples[last], beside: samples[last - 1])
    else { return false }
    for branch in 0..<4 {
      let begin = nodes.count
      nodes.append(start[branch])
      for sample in samples[1..<last] { append(node(sample, branch)) }
      append(end[branch])
      branches.append(begin..<nodes.count)
    }
    cusps += start.filter(\.isCusp).map(\.caustic) + end.filter(\.isCusp).map(\.caustic)
    return cusps.count == (saddles.topology == .close ? 10 : saddles.topology == .wide ? 8 : 6)
  }

  private func node(_ sample: CriticalBranches.Sample, _ branch: Int) -> CausticNode {
    let z = sample.critical[branch]
    let isSaddle =
      saddles.hasMeeting
      && (0..<3).contains { saddles.all[$0].isMeeting && z == saddles.all[$0].position }
    return CausticNode(
      halfTurn: sample.halfTurn, critical: z, caustic: sample.caustic[branch],
      velocity: sample.velocity[branch], speed: sample.speed[branch], isSaddle: isSaddle)
  }

  /// Appends a node, after the cusp before it if the caustic turns back there.
  private mutating func append(_ next: CausticNode) {
    let last = nodes[nodes.count - 1]
    if !last.isCusp, !next.isCusp, (last.speed > 0) != (next.speed > 0) {
      var cusp = lens.node(from: last, to: next, meeting: .cusp)
      cusp.speed = 0
      cusp.isCusp = true
      nodes.append(cusp)
      cusps.append(cusp.caustic)
      cusps.append(cusp.caustic.conjugate)
    }
    nodes.append(next)
  }

  /// The nodes at φ = 0: the outermost points are cusps on the axis, and for a wide lens all four.
  private mutating func joinedAtStart(
    _ sample: CriticalBranches.Sample, beside neighbour: CriticalBranches.Sample
  ) -> [CausticNode]? {
    var ends = (0..<4).map { node(sample, $0) }
    let order = (0..<4).sorted { ends[$0].critical.re < ends[$1].critical.re }
    let isWide = saddles.topology == .wide
    for k in isWide ? order : [order[0], order[3]] {
      ends[k].critical.im = 0
      ends[k].caustic.im = 0
      ends[k].speed = 0
      ends[k].isCusp = true
    }
    partners.atStart = [0, 1, 2, 3]
    if !isWide {
      guard mirror(&ends, order[1], order[2], sign: -1) else { return nil }
      partners.atStart.swapAt(order[1], order[2])
      markCusps(&ends, order[1], order[2], beside: neighbour)
    }
    return ends
  }

  /// The nodes at φ = π: two pairs of mirror images.
  private mutating func joinedAtEnd(
    _ sample: CriticalBranches.Sample, beside neighbour: CriticalBranches.Sample
  ) -> [CausticNode]? {
    var ends = (0..<4).map { node(sample, $0) }
    var best = (partner: 1, mismatch: Double.infinity)
    for partner in 1..<4 {
      let (c, d) = Self.others(partner)
      let total = Self.mismatch(ends[0], ends[partner]) + Self.mismatch(ends[c], ends[d])
      if total < best.mismatch { best = (partner, total) }
    }
    partners.atEnd = [0, 1, 2, 3]
    for (a, b) in [(0, best.partner), Self.others(best.partner)] {
      guard mirror(&ends, a, b, sign: 1) else { return nil }
      partners.atEnd.swapAt(a, b)
      markCusps(&ends, a, b, beside: neighbour)
    }
    return ends
  }

  /// The two half branches beside 0 and `partner`.
  private static func others(_ partner: Int) -> (Int, Int) {
    partner == 1 ? (2, 3) : partner == 2 ? (1, 3) : (1, 2)
  }

  /// How far two nodes are from being mirror images on a caustic that does not turn back.
  private static func mismatch(_ a: CausticNode, _ b: CausticNode) -> Double {
    let distance = (a.critical.conjugate - b.critical).normSquared
    return (a.speed > 0) == (b.speed > 0) ? distance : distance + 1e-12
  }

  /// Makes two nodes each other's mirror images, exactly, if they are to rounding.
  private func mirror(_ ends: inout [CausticNode], _ a: Int, _ b: Int, sign: Double) -> Bool {
    let difference = ends[a].critical.conjugate - ends[b].critical
    guard difference.normSquared <= 1e-12 * ends[a].critical.normSquared else { return false }
    ends[b].critical = ends[a].critical.conjugate
    ends[b].caustic = ends[a].caustic.conjugate
    ends[b].speed = sign * ends[a].speed
    // dz/dφ changes sign as φ does.
    ends[b].velocity = -ends[a].velocity.conjugate
    return true
  }

  /// Marks a pair of ends where the caustic turns back, as it does between equal masses where its
  /// tangent lies along their axis of symmetry.
  private func markCusps(
    _ ends: inout [CausticNode], _ a: Int, _ b: Int, beside neighbour: CriticalBranches.Sample
  ) {
    if ends[a].isSaddle { return }
    let isBetween =
      lens.m1 == lens.m2 && ends[a].halfTurn.re == 0
      && abs(ends[a].critical.re + lens.s / 2) < 1e-8 * lens.s
    guard isBetween || abs(ends[a].speed) < 1e-10 * abs(neighbour.speed[a]) else { return }
    for k in [a, b] {
      ends[k].speed = 0
      ends[k].isCusp = true
    }
  }
}

/// Triangles and quadrangles of a graph of baselines.
///
/// A triangle (a, b, c) stands for the closure phase φab + φbc + φca; a quadrangle (a, b, c, d) for the
/// log closure amplitude ln|Vab| + ln|Vcd| - ln|Vbc| - ln|Vda|.
extension BaselineGraph {
  /// As many triangles as can be chosen so that none is a combination of the others.
  ///
  /// Stations are added one by one; each brings triangles with itself and two earlier stations,
  /// preferring low numbers, until there are as many as cycles in the graph so far. With all baselines
  /// present these are the (N-1)(N-2)/2 triangles of station 0 (Blackburn et al. 2020).
  /// - Complexity: O(*N*²) with all baselines, O(triangles) eliminations at worst.
  var independentTriangles: [SIMD4<Int>] {
    independent { c, components, edges in
      edges - (c + 1) + components.count
    } candidate: { a, b, c in
      guard joins(a, b) else { return nil }
      return (
        [a, b, c, -1], [(Self.column(a, b), 1), (Self.column(b, c), 1), (Self.column(a, c), -1)]
      )
    }
  }

  /// As many quadrangles as can be chosen so that none is a combination of the others.
  ///
  /// As for triangles; with all baselines present there are N(N-3)/2 (Blackburn et al. 2020).
  /// Of the quadrangles through one pair of earlier neighbours the first will do: the others differ from
  /// it by a quadrangle of earlier stations. No more can be independent than the baselines beyond
  /// those that the stations' gains take up: one gain each, and one less in a two-sided component.
  var independentQuadrangles: [SIMD4<Int>] {
    independent { d, components, edges in
      edges - (d + 1) + components.twoSidedCount
    } candidate: { a, b, d in
      guard let c = commonNeighbour(a, b, before: d) else { return nil }
      return (
        [d, a, c, b],
        [
          (Self.column(d, a), 1), (Self.column(c, b), 1), (Self.column(a, c), -1),
          (Self.column(b, d), -1),
        ]
      )
    }
  }

  /// All triangles, in lexical order.
  var allTriangles: [SIMD4<Int>] {
    var found: [SIMD4<Int>] = []
    for a in 0..<count {
      for b in a + 1..<max(count, a + 1) where joins(a, b) {
        for c in b + 1..<max(count, b + 1) where joins(a, c) && joins(b, c) {
          found.append([a, b, c, -1])
        }
      }
    }
    return found
  }

  /// All quadrangles, each once: its inverse is none of its own.
  var allQuadrangles: [SIMD4<Int>] {
    var found: [SIMD4<Int>] = []
    // Opposite corners (a, c) with a the lowest corner, and two stations joined to both.
    for a in 0..<count {
      for c in a + 1..<max(count, a + 1) {
        let sides = (a + 1..<count).filter { $0 != c && joins(a, $0) && joins($0, c) }
        for (i, b) in sides.enumerated() {
          for d in sides[(i + 1)...] { found.append([a, b, c, d]) }
        }
      }
    }
    return found
  }

  private typealias Candidate = (corners: SIMD4<Int>, row: [(column: Int, value: Int)])

  private func independent(
    bound: (_ station: Int, _ components: GraphComponents, _ edges: Int) -> Int,
    candidate: (_ a: Int, _ b: Int, _ new: Int) -> Candidate?
  ) -> [SIMD4<Int>] {
    var found: [SIMD4<Int>] = []
    var rank = ModularRank()
    var components = GraphComponents(stations: count)
    var edges = 0
    for new in 0..<count {
      let neighbours = (0..<new).filter { joins($0, new) }
      components.addStation()
      for neighbour in neighbours { components.join(neighbour, new) }
      edges += neighbours.count
      let limit = bound(new, components, edges)
      search: for (i, a) in neighbours.enumerated() {
        for b in neighbours[(i + 1)...] {
          if rank.count >= limit { break search }
          if let next = candidate(a, b, new), rank.insert(next.row) { found.append(next.corners) }
        }
      }
    }
    return found
  }

  /// Baselines of later stations have higher numbers.
  private static func column(_ a: Int, _ b: Int) -> Int {
    let (low, high) = (min(a, b), max(a, b))
    return high * (high - 1) / 2 + low
  }
}

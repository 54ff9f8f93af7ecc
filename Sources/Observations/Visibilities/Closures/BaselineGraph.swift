/// Which stations are joined by a baseline at one time; stations are numbered from zero.
struct BaselineGraph: Hashable {
  let count: Int
  /// Neighbours of each station as bits, `[count, words]`.
  private var bits: [UInt64]
  private let words: Int

  init(count: Int) {
    self.count = count
    words = (count + 63) / 64
    bits = [UInt64](repeating: 0, count: count * words)
  }

  /// Of pairs of different stations.
  init(_ pairs: [SIMD2<Int>]) {
    self.init(count: 1 + (pairs.map { $0.max() }.max() ?? -1))
    for pair in pairs { join(pair.x, pair.y) }
  }

  mutating func join(_ a: Int, _ b: Int) {
    precondition(a != b && a < count && b < count)
    bits[a * words + b >> 6] |= 1 << UInt64(b & 63)
    bits[b * words + a >> 6] |= 1 << UInt64(a & 63)
  }

  func joins(_ a: Int, _ b: Int) -> Bool {
    bits[a * words + b >> 6] >> UInt64(b & 63) & 1 == 1
  }

  /// Without the stations that have no baseline; the order of the others stays.
  var withoutLoneStations: BaselineGraph {
    let present = (0..<count).filter { station in
      bits[station * words..<(station + 1) * words].contains { $0 != 0 }
    }
    if present.count == count { return self }
    var graph = BaselineGraph(count: present.count)
    for (b, second) in present.enumerated() {
      for (a, first) in present[..<b].enumerated() where joins(first, second) { graph.join(a, b) }
    }
    return graph
  }

  /// The number of stations that are joined to both.
  func commonNeighbours(_ a: Int, _ b: Int) -> Int {
    (0..<words).reduce(0) {
      $0 + (bits[a * words + $1] & bits[b * words + $1]).nonzeroBitCount
    }
  }

  /// The first station other than `excluded` that is joined to both and comes before `end`.
  func commonNeighbour(_ a: Int, _ b: Int, before end: Int) -> Int? {
    for word in 0..<words {
      let common = bits[a * words + word] & bits[b * words + word]
      if common != 0 {
        let station = 64 * word + common.trailingZeroBitCount
        return station < end ? station : nil
      }
    }
    return nil
  }
}

/// The connected parts of a growing graph, and which of them have two sides so that every baseline
/// joins one side to the other.
///
/// Union-find in which each station knows its side relative to its parent (Tarjan 1975).
struct GraphComponents {
  private var parent: [Int]
  private var isOpposite: [Bool]
  private var isTwoSided: [Bool]
  private(set) var count = 0
  private(set) var twoSidedCount = 0

  init(stations: Int) {
    parent = Array(0..<stations)
    isOpposite = [Bool](repeating: false, count: stations)
    isTwoSided = [Bool](repeating: true, count: stations)
  }

  /// Counts one more station, which has no baselines yet.
  mutating func addStation() {
    count += 1
    twoSidedCount += 1
  }

  mutating func join(_ a: Int, _ b: Int) {
    let (first, second) = (root(of: a), root(of: b))
    let sameSide = first.isOpposite == second.isOpposite
    if first.root == second.root {
      if sameSide && isTwoSided[first.root] {
        isTwoSided[first.root] = false
        twoSidedCount -= 1
      }
      return
    }
    count -= 1
    if isTwoSided[first.root] || isTwoSided[second.root] { twoSidedCount -= 1 }
    isTwoSided[first.root] = isTwoSided[first.root] && isTwoSided[second.root]
    parent[second.root] = first.root
    isOpposite[second.root] = sameSide
  }

  private func root(of station: Int) -> (root: Int, isOpposite: Bool) {
    var (current, opposite) = (station, false)
    while parent[current] != current {
      opposite = opposite != isOpposite[current]
      current = parent[current]
    }
    return (current, opposite)
  }
}

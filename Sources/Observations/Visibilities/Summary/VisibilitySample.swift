/// At most so many of any number of visibilities, chosen by their place in the file alone: every
/// visibility has the same chance, and the same file always gives the same ones.
public struct VisibilitySample: Sendable {
  public let limit: Int
  /// How many there were.
  public private(set) var total = 0
  /// Those with the smallest hashes of their places, up to twice the limit, in the order of the file.
  private var chosen: [(hash: UInt64, row: Visibility)] = []
  private var threshold = UInt64.max

  public init(limit: Int) {
    precondition(limit > 0)
    self.limit = limit
  }

  /// - Complexity: O(rows).
  public mutating func add(_ rows: [Visibility]) {
    for row in rows {
      let hash = Self.hash(UInt64(total))
      total += 1
      if hash > threshold { continue }
      chosen.append((hash, row))
      if chosen.count == 2 * limit { reduce() }
    }
  }

  /// In the order of the file.
  public var rows: [Visibility] {
    var sample = self
    sample.reduce()
    return sample.chosen.map(\.row)
  }

  private mutating func reduce() {
    if chosen.count <= limit { return }
    threshold = chosen.map(\.hash).sorted()[limit - 1]
    chosen.removeAll { $0.hash > threshold }
  }

  /// The finaliser of SplitMix64 (Steele, Lea & Flood 2014), which maps no two places to one hash:
  /// regular steps would meet the same baselines again and again.
  private static func hash(_ place: UInt64) -> UInt64 {
    var z = place &* 0x9E37_79B9_7F4A_7C15 &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Frequencies of some modes as whole multiples and sums of those of others: harmonics k f₁, combinations
/// n f₁ + m f₂.
public struct FrequencyTies: Sendable, Equatable {
  /// The free mode and how many times its frequency.
  public struct Term: Sendable, Equatable {
    public let mode: Int
    public let multiple: Int
    public init(mode: Int, multiple: Int) {
      self.mode = mode
      self.multiple = multiple
    }
  }

  /// By mode, for those that are tied.
  public private(set) var combinations: [Int: [Term]] = [:]

  public init() {}

  /// Ties `mode` to the sum of `terms`; none of their modes may be tied itself, nor others be tied to
  /// `mode`.
  public mutating func tie(_ mode: Int, to terms: [Term]) {
    precondition(!terms.isEmpty && terms.allSatisfy { $0.mode != mode && $0.multiple != 0 })
    precondition(terms.allSatisfy { combinations[$0.mode] == nil })
    precondition(!combinations.values.joined().contains { $0.mode == mode })
    combinations[mode] = terms
  }

  public var isEmpty: Bool { combinations.isEmpty }

  /// Modes whose frequencies are free, in order.
  func free(of modes: Int) -> [Int] {
    (0..<modes).filter { combinations[$0] == nil }
  }

  /// How often each free frequency is in the frequency of each mode, `[modes, free]`.
  func matrix(modes: Int) -> [Double] {
    let free = free(of: modes)
    var matrix = [Double](repeating: 0, count: modes * free.count)
    for mode in 0..<modes {
      for term in combinations[mode] ?? [Term(mode: mode, multiple: 1)] {
        matrix[mode * free.count + free.firstIndex(of: term.mode)!] += Double(term.multiple)
      }
    }
    return matrix
  }

  /// Ties that the frequencies obey within `tolerance`, the simplest first: to modes earlier in the list,
  /// Σ|multiples| at most `order` and at most two modes in a combination, harmonics up to `order`.
  ///
  /// A list in order of decreasing amplitude ties weak modes to strong ones.
  public init(among frequencies: [Double], tolerance: Double, order: Int = 5) {
    for mode in frequencies.indices.dropFirst() {
      let free = (0..<mode).filter { combinations[$0] == nil }
      if let terms = Self.combination(
        for: frequencies[mode], of: free.map { ($0, frequencies[$0]) }, tolerance: tolerance,
        order: order)
      {
        combinations[mode] = terms
      }
    }
  }

  /// The simplest combination of `parents` that has `frequency`: a harmonic if there is one, else two
  /// parents with least Σ|multiples|, then the nearest.
  static func combination(
    for frequency: Double, of parents: [(mode: Int, frequency: Double)], tolerance: Double,
    order: Int
  ) -> [Term]? {
    var best: (terms: [Term], complexity: Int, distance: Double)?
    func consider(_ terms: [Term], _ sum: Double) {
      let distance = abs(sum - frequency)
      guard distance <= tolerance else { return }
      // Two parents always rank behind one.
      let complexity = terms.reduce(0) { $0 + abs($1.multiple) } + (terms.count - 1) * order
      if let found = best,
        (found.complexity, found.distance) <= (complexity, distance)
      {
        return
      }
      best = (terms, complexity, distance)
    }
    for parent in parents where order >= 2 {
      for multiple in 2...order {
        consider(
          [Term(mode: parent.mode, multiple: multiple)], Double(multiple) * parent.frequency)
      }
    }
    for (index, first) in parents.enumerated() {
      for second in parents[(index + 1)...] {
        for n in -order...order where n != 0 {
          for m in -order...order where m != 0 && abs(n) + abs(m) <= order {
            consider(
              [Term(mode: first.mode, multiple: n), Term(mode: second.mode, multiple: m)],
              Double(n) * first.frequency + Double(m) * second.frequency)
          }
        }
      }
    }
    return best?.terms
  }
}

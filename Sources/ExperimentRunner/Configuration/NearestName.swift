/// Suggestions for misspelt names of keys, simulators, estimators and commands.
public enum NearestName {
  /// The candidate nearest to `name`, or nil when none is near enough to be a misspelling of it.
  ///
  /// Case is ignored. One edit is allowed for every three characters, and at least one; ties go to
  /// the alphabetically first.
  public static func suggest(_ name: String, among candidates: some Sequence<String>) -> String? {
    let name = Array(name.lowercased())
    return
      candidates
      .map { (distance: distance(name, Array($0.lowercased())), name: $0) }
      .filter { $0.distance <= max(1, max(name.count, $0.name.count) / 3) }
      .filter { $0.distance < max(name.count, $0.name.count) }
      .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
      .name
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`: the
  /// optimal string alignment distance.
  ///
  /// - Complexity: O(`a.count` · `b.count`).
  /// - Reference: Damerau (1964), Commun. ACM 7, 171, doi:10.1145/363958.363994.
  public static func distance(_ a: String, _ b: String) -> Int { distance(Array(a), Array(b)) }

  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        let substitution = last[j] + (a[i] == b[j] ? 0 : 1)
        var best = min(substitution, last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}

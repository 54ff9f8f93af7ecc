/// Which of a sequence of integer rows are linearly independent of those before them.
///
/// Gaussian elimination on sparse rows, exact in the integers modulo a prime. The rank is that over the
/// rational numbers unless the prime, 2³¹ - 1, divides a minor: those of closure quantities, whose
/// elements are 1 and -1, are small.
struct ModularRank {
  private static let prime = 2_147_483_647

  private struct Entry {
    var column: Int
    var value: Int
  }

  /// Reduced rows by their last column, where each is 1; columns decrease.
  private var pivots: [Int: [Entry]] = [:]

  /// The number of independent rows so far.
  var count: Int { pivots.count }

  /// Takes a row if it is independent of those taken, and says so.
  ///
  /// - Parameter row: columns, each once, with their values.
  mutating func insert(_ row: [(column: Int, value: Int)]) -> Bool {
    var rest = row.map { Entry(column: $0.column, value: Self.reduced($0.value)) }
      .sorted { $0.column > $1.column }
    while let lead = rest.first {
      guard let pivot = pivots[lead.column] else {
        let inverse = Self.inverse(lead.value)
        pivots[lead.column] = rest.map {
          Entry(column: $0.column, value: $0.value * inverse % Self.prime)
        }
        return true
      }
      rest = Self.subtract(pivot, times: lead.value, from: rest)
    }
    return false
  }

  private static func subtract(_ pivot: [Entry], times factor: Int, from row: [Entry]) -> [Entry] {
    var result: [Entry] = []
    var (i, j) = (0, 0)
    while i < row.count || j < pivot.count {
      if j == pivot.count || (i < row.count && row[i].column > pivot[j].column) {
        result.append(row[i])
        i += 1
        continue
      }
      let both = i < row.count && row[i].column == pivot[j].column
      let value = reduced((both ? row[i].value : 0) - factor * pivot[j].value % prime)
      if value != 0 { result.append(Entry(column: pivot[j].column, value: value)) }
      if both { i += 1 }
      j += 1
    }
    return result
  }

  private static func reduced(_ value: Int) -> Int {
    let remainder = value % prime
    return remainder < 0 ? remainder + prime : remainder
  }

  /// By Fermat's little theorem.
  private static func inverse(_ value: Int) -> Int {
    var (result, base, exponent) = (1, value, prime - 2)
    while exponent > 0 {
      if exponent & 1 == 1 { result = result * base % prime }
      base = base * base % prime
      exponent >>= 1
    }
    return result
  }
}

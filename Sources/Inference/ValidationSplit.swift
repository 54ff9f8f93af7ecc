import Probability

/// Which rows only validate: one at a random place of each stretch of 1 / fraction rows.
///
/// Stretches make it a fair sample of rows in any order, sorted ones included. The choice depends on
/// the number of rows alone, so that models of different seeds are compared on the same rows.
struct ValidationSplit: Sendable {
  let rowCount: Int
  private let fraction: Double
  private let stretches: Int

  /// - Parameter fraction: at most a half; at least one row validates.
  init(rowCount: Int, fraction: Double) {
    precondition(rowCount >= 2 && (0...0.5).contains(fraction))
    self.rowCount = rowCount
    self.fraction = max(fraction, 1 / Double(rowCount))
    stretches = max(Int(Double(rowCount) * self.fraction + 1e-9), 1)
  }

  /// - Complexity: O(rows).
  var validationCount: Int { validationRows(in: 0..<rowCount).count }

  /// The rows of a range that validate, ascending.
  func validationRows(in range: Range<Int>) -> [Int] {
    let first = max(Int(Double(range.lowerBound) * fraction) - 1, 0)
    let end = min(Int(Double(range.upperBound) * fraction) + 2, stretches)
    var rows: [Int] = []
    for stretch in first..<max(end, first) {
      var stream = RandomStream(seed: 0, purpose: .split, index: UInt64(stretch))
      let row = min(Int((Double(stretch) + stream.uniform()) / fraction), rowCount - 1)
      if range.contains(row), row != rows.last { rows.append(row) }
    }
    return rows
  }

  /// The rows of a range that train, in runs.
  func trainingRuns(in range: Range<Int>) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var next = range.lowerBound
    for row in validationRows(in: range) + [range.upperBound] {
      if next < row { runs.append(next..<row) }
      next = row + 1
    }
    return runs
  }
}

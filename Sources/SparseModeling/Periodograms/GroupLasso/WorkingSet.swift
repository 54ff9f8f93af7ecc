import NumericalMethods

/// The groups of a dictionary that a solver considers, with their columns and what these have in common.
struct WorkingSet {
  let groupSize: Int
  let response: [Double]
  private(set) var groups: [Int] = []
  private(set) var members: Set<Int> = []
  /// X, `[columns, points]`
  private(set) var columns: [Double] = []
  /// XᵀX, `[columns, columns]`
  private(set) var gram: [Double] = []
  /// Xᵀy, `[columns]`
  private(set) var correlations: [Double] = []

  var columnCount: Int { groups.count * groupSize }
  private var pointCount: Int { response.count }

  init(groupSize: Int, response: [Double]) {
    self.groupSize = groupSize
    self.response = response
  }

  /// Complexity: O(new columns × columns × points).
  mutating func append(_ added: [Int], columns new: [Double]) {
    guard !added.isEmpty else { return }
    let (old, count) = (columnCount, added.count * groupSize)
    precondition(new.count == count * pointCount)
    columns += new
    groups += added
    members.formUnion(added)
    let total = columnCount
    let products = DenseMatrix.productTransposed(new, columns, m: count, n: total, k: pointCount)
    let right = DenseMatrix.productTransposed(new, response, m: count, n: 1, k: pointCount)
    correlations += right
    gram = [Double](unsafeUninitializedCapacity: total * total) { matrix, initialized in
      for row in 0..<old {
        for column in 0..<old { matrix[row * total + column] = gram[row * old + column] }
        for column in 0..<count {
          matrix[row * total + old + column] = products[column * total + row]
        }
      }
      for k in 0..<count * total { matrix[old * total + k] = products[k] }
      initialized = total * total
    }
  }

  /// Leaves the groups at `positions`, ascending, only.
  mutating func keep(_ positions: [Int]) {
    guard positions.count < groups.count else { return }
    let old = columnCount
    let rows = positions.flatMap { $0 * groupSize..<($0 + 1) * groupSize }
    groups = positions.map { groups[$0] }
    members = Set(groups)
    columns = rows.flatMap { columns[$0 * pointCount..<($0 + 1) * pointCount] }
    correlations = rows.map { correlations[$0] }
    var kept: [Double] = []
    kept.reserveCapacity(rows.count * rows.count)
    for row in rows {
      for column in rows { kept.append(gram[row * old + column]) }
    }
    gram = kept
  }

  /// y − Xβ of `coefficients`, `[columns]`.
  func residual(of coefficients: [Double]) -> [Double] {
    var rest = response
    columns.withUnsafeBufferPointer { columns in
      for (k, coefficient) in coefficients.enumerated() where coefficient != 0 {
        let column = columns.baseAddress! + k * pointCount
        for point in rest.indices { rest[point] -= coefficient * column[point] }
      }
    }
    return rest
  }
}

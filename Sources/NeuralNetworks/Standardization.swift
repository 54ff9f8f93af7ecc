import CVector

/// x → (x − mean) / deviation, feature by feature; a constant column keeps scale 1.
public struct Standardization: Codable, Sendable, Equatable {
  public let mean: [Float]
  public let deviation: [Float]

  /// From rows `[rows, features]` of a sample of the training set.
  ///
  /// A column whose spread is within rounding of its size counts as constant.
  public init(rows: [Float], features: Int) {
    precondition(features > 0 && !rows.isEmpty && rows.count % features == 0)
    let count = Double(rows.count / features)
    var sums = [Double](repeating: 0, count: features)
    for index in rows.indices { sums[index % features] += Double(rows[index]) }
    let means = sums.map { $0 / count }
    var squares = [Double](repeating: 0, count: features)
    for index in rows.indices {
      let difference = Double(rows[index]) - means[index % features]
      squares[index % features] += difference * difference
    }
    mean = means.map { Float($0) }
    deviation = zip(squares, means).map { square, mean in
      let value = (square / max(count - 1, 1)).squareRoot()
      return value.isFinite && value > 1e-6 * abs(mean) && value > 0 ? Float(value) : 1
    }
  }

  /// Standardises a row `[features]` in place.
  public func apply(to row: UnsafeMutablePointer<Float>) {
    for index in mean.indices { row[index] = (row[index] - mean[index]) / deviation[index] }
  }
}

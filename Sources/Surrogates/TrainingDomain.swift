import Foundation
import NumericalMethods

/// Where the training set lies, as a box and an ellipsoid that hold it, and how far outside a point is.
struct TrainingDomain: Codable, Sendable, Equatable {
  let lowest: [Double]
  let highest: [Double]
  /// Of the inverse covariance, `[columns, columns]`.
  private let precision: [Double]
  /// The greatest Mahalanobis distance of the training set.
  private let radius: Double

  var columnCount: Int { lowest.count }

  /// From standardised inputs `[rows, columns]`.
  init(_ x: [Double], columns: Int) {
    let rows = x.count / columns
    (lowest, highest) = (
      (0..<columns).map { column in
        stride(from: column, to: x.count, by: columns).reduce(.infinity) { min($0, x[$1]) }
      },
      (0..<columns).map { column in
        stride(from: column, to: x.count, by: columns).reduce(-.infinity) { max($0, x[$1]) }
      }
    )
    var transposed = [Double](repeating: 0, count: x.count)
    for row in 0..<rows {
      for column in 0..<columns { transposed[column * rows + row] = x[row * columns + column] }
    }
    var covariance = DenseMatrix.productTransposed(
      transposed, transposed, m: columns, n: columns, k: rows)
    for index in covariance.indices { covariance[index] /= Double(rows) }
    // Columns that depend on others, or are constant, must not make it singular.
    for column in 0..<columns { covariance[column * columns + column] += 1e-6 }
    var identity = [Double](repeating: 0, count: columns * columns)
    for column in 0..<columns { identity[column * columns + column] = 1 }
    precision = CholeskyFactor(covariance, count: columns)?.solve(identity) ?? identity
    var radius = 0.0
    for row in 0..<rows {
      radius = max(radius, Self.distance(x[row * columns..<(row + 1) * columns], precision))
    }
    self.radius = radius
  }

  private static func distance(_ x: ArraySlice<Double>, _ precision: [Double]) -> Double {
    let columns = x.count
    var sum = 0.0
    for i in 0..<columns {
      var product = 0.0
      for j in 0..<columns { product += precision[i * columns + j] * x[x.startIndex + j] }
      sum += product * x[x.startIndex + i]
    }
    return max(sum, 0).squareRoot()
  }

  /// How far outside of what was seen, in standard deviations of the features; 0 inside.
  func excess(_ x: ArraySlice<Double>) -> Double {
    var excess = 0.0
    for (index, value) in x.enumerated() {
      let margin = 1e-9 * (highest[index] - lowest[index])
      excess = max(excess, lowest[index] - margin - value, value - highest[index] - margin)
    }
    return max(excess, Self.distance(x, precision) - radius * (1 + 1e-9))
  }
}

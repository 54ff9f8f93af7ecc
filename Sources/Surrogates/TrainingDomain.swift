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
    radius = Self.distances(x, precision, columns).max() ?? 0
  }

  /// Mahalanobis distances of rows of `x`.
  private static func distances(
    _ x: [Double], _ precision: [Double], _ columns: Int
  ) -> [Double] {
    let rows = x.count / columns
    guard rows > 0 else { return [] }
    let products = DenseMatrix.productTransposed(x, precision, m: rows, n: columns, k: columns)
    return x.withUnsafeBufferPointer { x in
      products.withUnsafeBufferPointer { products in
        (0..<rows).map { row in
          var sum = 0.0
          for index in row * columns..<(row + 1) * columns { sum += x[index] * products[index] }
          return max(sum, 0).squareRoot()
        }
      }
    }
  }

  /// Rows that are looked at together.
  private static let blockSize = 512

  /// How far rows of `x`, `[rows, columns]`, are outside of what was seen, in standard deviations of the features; 0
  /// inside.
  ///
  /// Complexity: O(rows · columns²).
  func excesses(_ x: [Double], threads: Int) -> [Double] {
    let (columns, rows) = (columnCount, x.count / columnCount)
    return parallelMap((rows + Self.blockSize - 1) / Self.blockSize, threads: threads) { block in
      let range = block * Self.blockSize..<min((block + 1) * Self.blockSize, rows)
      let part = Array(x[range.lowerBound * columns..<range.upperBound * columns])
      return zip(Self.distances(part, precision, columns), beyondBox(part)).map {
        max($1, $0 - radius * (1 + 1e-9))
      }
    }.flatMap(\.self)
  }

  /// How far rows are outside of the box.
  private func beyondBox(_ x: [Double]) -> [Double] {
    let columns = columnCount
    let limits = zip(lowest, highest).map { low, high in
      let margin = 1e-9 * (high - low)
      return (low - margin, high + margin)
    }
    return x.withUnsafeBufferPointer { x in
      limits.withUnsafeBufferPointer { limits in
        stride(from: 0, to: x.count, by: columns).map { start in
          var excess = 0.0
          for column in 0..<columns {
            let (value, (low, high)) = (x[start + column], limits[column])
            excess = max(excess, max(low - value, value - high))
          }
          return excess
        }
      }
    }
  }
}

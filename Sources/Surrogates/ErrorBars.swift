import ArrayFiles
import Foundation
import NumericalMethods

/// Error bars that hold: those of the method, or of neighbours among rows that a fit has not seen, times what
/// makes nine of ten of those rows lie within 1.645 of them.
///
/// Reference: Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018), J. Am. Stat. Assoc. 113, 1094, §5.2 (residuals
/// normalised by a spread of their own).
struct ErrorBars: Sendable {
  /// Half the width of the central 90 % of a normal law.
  static let ninetyPercent = 1.6448536269514722
  static let neighbors = 20

  /// Of each output.
  let factors: [Double]
  /// Where the method has no opinion: standardised inputs of rows it had not seen, and their squared errors,
  /// `[rows, outputs]`.
  private let tree: NeighborTree?
  private let inputs: [Double]
  private let squares: [Double]

  /// - Parameters:
  ///   - x: standardised inputs, `[rows, columns]`.
  ///   - prediction: of a fit that has not seen these rows.
  init(x: [Double], columns: Int, prediction: Prediction, y: [Double], outputs: Int, own: Bool) {
    let squares = zip(prediction.mean, y).map { ($0 - $1) * ($0 - $1) }
    let tree = own ? nil : NeighborTree(x, dimensions: columns)
    (inputs, self.squares, self.tree) = (own ? [] : x, own ? [] : squares, tree)
    var deviations = prediction.standardDeviation
    if let tree {
      for row in 0..<x.count / columns {
        // A row must not explain itself.
        let nearest = tree.nearest(Self.neighbors + 1, to: x[row * columns..<(row + 1) * columns])
          .filter { $0.index != row }.prefix(Self.neighbors).map(\.index)
        for output in 0..<outputs {
          deviations[row * outputs + output] = Self.deviation(squares, nearest, output, outputs)
        }
      }
    }
    factors = (0..<outputs).map { output in
      let ratios = stride(from: output, to: y.count, by: outputs).map {
        // An exact fit has no error bar to scale.
        deviations[$0] > 0 ? squares[$0].squareRoot() / deviations[$0] : 1
      }
      return weightedQuantiles(ratios, weights: nil, at: [0.9])[0] / Self.ninetyPercent
    }
  }

  private static func deviation(
    _ squares: [Double], _ rows: [Int], _ output: Int, _ outputs: Int
  ) -> Double {
    let sum = rows.reduce(0) { $0 + squares[$1 * outputs + output] }
    return (sum / Double(max(rows.count, 1))).squareRoot()
  }

  /// Puts error bars to a prediction at standardised inputs.
  func apply(to prediction: inout Prediction, x: [Double], columns: Int, threads: Int) {
    let outputs = factors.count
    if let tree {
      let rows = x.count / columns
      prediction.standardDeviation = parallelMap((rows + 255) / 256, threads: threads) { block in
        (block * 256..<min((block + 1) * 256, rows)).flatMap { row in
          let nearest = tree.nearest(Self.neighbors, to: x[row * columns..<(row + 1) * columns])
            .map(\.index)
          return (0..<outputs).map { Self.deviation(squares, nearest, $0, outputs) }
        }
      }.flatMap(\.self)
    }
    for index in prediction.standardDeviation.indices {
      prediction.standardDeviation[index] *= factors[index % outputs]
    }
  }

  func write(to archive: inout NPZWriter) {
    archive.add("error_factors", NDArray(shape: [factors.count], values: factors))
    guard let tree else { return }
    let shape = [tree.count, tree.dimensions]
    archive.add("error_inputs", NDArray(shape: shape, values: inputs))
    archive.add("error_squares", NDArray(shape: [tree.count, factors.count], values: squares))
  }

  init(_ archive: NPZArchive) throws {
    factors = try archive.read("error_factors", as: Double.self).values
    guard archive.names.contains("error_inputs") else {
      (tree, inputs, squares) = (nil, [], [])
      return
    }
    let x = try archive.read("error_inputs", as: Double.self)
    squares = try archive.read("error_squares", as: Double.self).values
    guard x.shape.count == 2, x.shape[0] > 0, x.shape[1] > 0,
      squares.count == x.shape[0] * factors.count
    else {
      throw FileError(path: archive.path, column: "error_squares", problem: "does not fit")
    }
    inputs = x.values
    tree = NeighborTree(x.values, dimensions: x.shape[1])
  }
}

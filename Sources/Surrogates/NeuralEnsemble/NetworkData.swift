import ArrayFiles
import Foundation
import NeuralNetworks

/// Rows in single precision, as networks see them.
struct NetworkData: Sendable {
  let featureCount: Int
  let outputCount: Int
  /// `[rows, features]`
  private let x: [Float]
  /// `[rows, outputs]`
  private let y: [Float]

  init(_ data: RegressionData) {
    (featureCount, outputCount) = (data.featureCount, data.outputCount)
    (x, y) = (data.x.map(Float.init), data.y.map(Float.init))
  }

  /// Tells these rows from others.
  var fingerprint: [UInt32] {
    [x, y].map { values in
      var sum = Checksum()
      values.withUnsafeBytes { sum.update($0) }
      return sum.crc32
    }
  }

  /// Inputs `[features, batch]` and targets `[outputs, batch]` of some rows.
  func columns(_ rows: ArraySlice<Int>, _ pass: Pass) -> (x: Matrix, y: Matrix) {
    (gather(x, featureCount, rows, pass), gather(y, outputCount, rows, pass))
  }

  private func gather(
    _ values: [Float], _ width: Int, _ rows: ArraySlice<Int>, _ pass: Pass
  ) -> Matrix {
    let matrix = pass.matrix(rows: width, columns: rows.count)
    matrix.fill(0)
    values.withUnsafeBufferPointer { values in
      for (place, row) in rows.enumerated() {
        for column in 0..<width {
          matrix.elements[column * matrix.stride + place] = values[row * width + column]
        }
      }
    }
    return matrix
  }
}

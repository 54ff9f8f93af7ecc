import CVector
import Numerics

/// Squares of complex numbers that are copied transposed through vector registers.
enum TransposedTile {
  static let side = 4

  /// Copies one square; strides are from row to row.
  @inline(__always) static func copy(
    _ source: UnsafePointer<Complex<Double>>, _ sourceStride: Int,
    to target: UnsafeMutablePointer<Complex<Double>>, _ targetStride: Int
  ) {
    f64_transpose_pairs(
      UnsafeRawPointer(source).assumingMemoryBound(to: Double.self), 2 * sourceStride,
      UnsafeMutableRawPointer(target).assumingMemoryBound(to: Double.self), 2 * targetStride)
  }

  /// Copies a matrix of any size, nothing beyond it.
  static func copy(
    _ source: UnsafePointer<Complex<Double>>, _ sourceStride: Int, rows: Int, columns: Int,
    to target: UnsafeMutablePointer<Complex<Double>>, _ targetStride: Int
  ) {
    for row in stride(from: 0, to: rows, by: side) {
      for column in stride(from: 0, to: columns, by: side) {
        let from = source + row * sourceStride + column
        let to = target + column * targetStride + row
        if row + side <= rows && column + side <= columns {
          copy(from, sourceStride, to: to, targetStride)
        } else {
          for i in 0..<min(side, rows - row) {
            for j in 0..<min(side, columns - column) {
              to[j * targetStride + i] = from[i * sourceStride + j]
            }
          }
        }
      }
    }
  }
}

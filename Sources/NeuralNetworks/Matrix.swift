/// A row-major matrix `[rows, columns]` of Float in memory owned by a `Pass` or an arena.
///
/// Rows are padded to a multiple of 16 with zeros, so that kernels work on whole vectors only.
public struct Matrix {
  public let elements: UnsafeMutablePointer<Float>
  public let rows: Int
  public let columns: Int
  public let stride: Int

  public init(elements: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    self.elements = elements
    self.rows = rows
    self.columns = columns
    stride = Matrix.padded(columns)
  }

  /// The stored length of a row of `columns` values.
  public static func padded(_ columns: Int) -> Int { (columns + 15) & ~15 }

  public var storedCount: Int { rows * stride }

  public subscript(row: Int, column: Int) -> Float {
    get { elements[row * stride + column] }
    nonmutating set { elements[row * stride + column] = newValue }
  }

  public func row(_ index: Int) -> UnsafeMutablePointer<Float> { elements + index * stride }

  public func fill(_ value: Float) { elements.update(repeating: value, count: storedCount) }

  /// this += other, elementwise.
  public func add(_ other: Matrix) {
    precondition(rows == other.rows && stride == other.stride)
    for index in vectorOffsets(storedCount) {
      (elements + index).storeVector((elements + index).vector + (other.elements + index).vector)
    }
  }
}

/// The offsets 0, 16, 32, … below `count`, a multiple of 16.
@inline(__always)
func vectorOffsets(_ count: Int) -> StrideTo<Int> { Swift.stride(from: 0, to: count, by: 16) }

extension UnsafePointer<Float> {
  @inline(__always)
  var vector: SIMD16<Float> {
    UnsafeRawPointer(self).loadUnaligned(as: SIMD16<Float>.self)
  }
}

extension UnsafeMutablePointer<Float> {
  @inline(__always)
  var vector: SIMD16<Float> { UnsafePointer(self).vector }

  @inline(__always)
  func storeVector(_ value: SIMD16<Float>) {
    UnsafeMutableRawPointer(self).storeBytes(of: value, as: SIMD16<Float>.self)
  }
}

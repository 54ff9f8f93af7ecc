/// A row-major matrix `[rows, columns]` of Float in memory owned by a `Pass` or an arena.
///
/// Values that flow through a network are `[features, batch]`: a row holds one feature of all cases, so
/// that sums, splines and activations work on 16 cases at once and need no shuffling. Rows are padded
/// to whole vectors. Cases in the padding are computed like all others and must be finite; their loss
/// gradient is zero.
public struct Matrix {
  public let elements: UnsafeMutablePointer<Float>
  public let rows: Int
  public let columns: Int
  public let stride: Int

  public init(elements: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    self.init(
      elements: elements, rows: rows, columns: columns, stride: Matrix.padded(columns))
  }

  private init(elements: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
    self.elements = elements
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// The stored length of a row of `columns` values: whole vectors, an odd number if they are many,
  /// because a step that a large power of two divides would map all rows to the same cache lines.
  public static func padded(_ columns: Int) -> Int {
    let vectors = (columns + 15) / 16
    return 16 * (vectors < 16 ? vectors : vectors | 1)
  }

  public var storedCount: Int { rows * stride }

  public subscript(row: Int, column: Int) -> Float {
    get { elements[row * stride + column] }
    nonmutating set { elements[row * stride + column] = newValue }
  }

  public func row(_ index: Int) -> UnsafeMutablePointer<Float> { elements + index * stride }

  /// Some rows as a matrix of their own, sharing memory.
  public func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    return Matrix(
      elements: row(range.lowerBound), rows: range.count, columns: columns, stride: stride)
  }

  /// The first columns as a matrix of their own, sharing memory.
  func firstColumns(_ count: Int) -> Matrix {
    precondition(count <= columns)
    return Matrix(elements: elements, rows: rows, columns: count, stride: stride)
  }

  public func fill(_ value: Float) { elements.update(repeating: value, count: storedCount) }

  /// Copies the values of a matrix of the same shape, padding included.
  public func update(from other: Matrix) {
    precondition(rows == other.rows && stride == other.stride)
    elements.update(from: other.elements, count: storedCount)
  }

  /// this += other, elementwise.
  public func add(_ other: Matrix) {
    precondition(rows == other.rows && stride == other.stride)
    for index in vectorOffsets(storedCount) {
      (elements + index).storeVector((elements + index).vector + (other.elements + index).vector)
    }
  }

  /// The sum of a row's values, padding included.
  func rowSum(_ index: Int) -> Float {
    let row = row(index)
    var sum = SIMD16<Float>.zero
    for column in vectorOffsets(stride) { sum += (row + column).vector }
    return sum.total
  }
}

/// The offsets 0, 16, 32, … below `count`, a multiple of 16.
@inline(__always)
public func vectorOffsets(_ count: Int) -> StrideTo<Int> {
  Swift.stride(from: 0, to: count, by: 16)
}

extension UnsafePointer<Float> {
  /// The 16 values from here.
  @inline(__always)
  public var vector: SIMD16<Float> {
    UnsafeRawPointer(self).loadUnaligned(as: SIMD16<Float>.self)
  }
}

extension UnsafeMutablePointer<Float> {
  /// The 16 values from here.
  @inline(__always)
  public var vector: SIMD16<Float> { UnsafePointer(self).vector }

  @inline(__always)
  public func storeVector(_ value: SIMD16<Float>) {
    UnsafeMutableRawPointer(self).storeBytes(of: value, as: SIMD16<Float>.self)
  }
}

extension SIMD16<Float> {
  /// The sum of the elements, pairwise; `sum()` adds one after the other.
  @inline(__always)
  public var total: Float {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}

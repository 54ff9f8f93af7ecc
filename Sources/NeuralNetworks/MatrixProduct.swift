/// One factor of a product, read element by element: (i, k) is at `elements[i·rowStride + k·columnStride]`.
struct BroadcastFactor {
  let elements: UnsafePointer<Float>
  let rowStride: Int
  let columnStride: Int

  init(_ matrix: Matrix) {
    elements = UnsafePointer(matrix.elements)
    (rowStride, columnStride) = (matrix.stride, 1)
  }

  init(transposed matrix: Matrix) {
    elements = UnsafePointer(matrix.elements)
    (rowStride, columnStride) = (1, matrix.stride)
  }
}

/// What a product is added to.
enum ProductStart {
  case zero
  case accumulate
  /// A row `[columns]`, padded like the result.
  case bias(UnsafePointer<Float>)
}

/// result `[m, n]` = start + left `[m, k]` · right `[k, n]`.
///
/// A register tile of 6 rows × 32 columns runs over k with fused multiply-adds. Tiles that would
/// reach beyond the last row or column are moved back inside: they compute some elements twice, with
/// the same result, so that there is one kernel and no remainder code.
///
/// - Complexity: 2·m·n·k operations.
func multiply(
  _ left: BroadcastFactor, _ right: Matrix, depth: Int, start: ProductStart, into result: Matrix
) {
  precondition(right.stride == result.stride && right.rows >= depth)
  let (rows, width) = (result.rows, result.stride)
  guard rows > 0 else { return }
  var column = 0
  while column < width {
    let first = column
    let second = min(column + 16, width - 16)
    var row = 0
    while row < rows {
      tile(left, right, depth, start, result, firstRow: row, columns: (first, second))
      row += 6
    }
    column += 32
  }
}

@inline(__always)
private func tile(
  _ left: BroadcastFactor, _ right: Matrix, _ depth: Int, _ start: ProductStart, _ result: Matrix,
  firstRow: Int, columns: (Int, Int)
) {
  let last = result.rows - 1
  let r0 = firstRow
  let r1 = min(firstRow + 1, last)
  let r2 = min(firstRow + 2, last)
  let r3 = min(firstRow + 3, last)
  let r4 = min(firstRow + 4, last)
  let r5 = min(firstRow + 5, last)
  let (ca, cb) = columns
  var a0: SIMD16<Float>
  var a1: SIMD16<Float>
  var a2: SIMD16<Float>
  var a3: SIMD16<Float>
  var a4: SIMD16<Float>
  var a5: SIMD16<Float>
  var b0: SIMD16<Float>
  var b1: SIMD16<Float>
  var b2: SIMD16<Float>
  var b3: SIMD16<Float>
  var b4: SIMD16<Float>
  var b5: SIMD16<Float>
  switch start {
  case .zero:
    (a0, a1, a2, a3, a4, a5) = (.zero, .zero, .zero, .zero, .zero, .zero)
    (b0, b1, b2, b3, b4, b5) = (.zero, .zero, .zero, .zero, .zero, .zero)
  case .bias(let bias):
    let (va, vb) = ((bias + ca).vector, (bias + cb).vector)
    (a0, a1, a2, a3, a4, a5) = (va, va, va, va, va, va)
    (b0, b1, b2, b3, b4, b5) = (vb, vb, vb, vb, vb, vb)
  case .accumulate:
    (a0, b0) = ((result.row(r0) + ca).vector, (result.row(r0) + cb).vector)
    (a1, b1) = ((result.row(r1) + ca).vector, (result.row(r1) + cb).vector)
    (a2, b2) = ((result.row(r2) + ca).vector, (result.row(r2) + cb).vector)
    (a3, b3) = ((result.row(r3) + ca).vector, (result.row(r3) + cb).vector)
    (a4, b4) = ((result.row(r4) + ca).vector, (result.row(r4) + cb).vector)
    (a5, b5) = ((result.row(r5) + ca).vector, (result.row(r5) + cb).vector)
  }
  let p0 = left.elements + r0 * left.rowStride
  let p1 = left.elements + r1 * left.rowStride
  let p2 = left.elements + r2 * left.rowStride
  let p3 = left.elements + r3 * left.rowStride
  let p4 = left.elements + r4 * left.rowStride
  let p5 = left.elements + r5 * left.rowStride
  var source = UnsafePointer(right.elements)
  var offset = 0
  for _ in 0..<depth {
    let (va, vb) = ((source + ca).vector, (source + cb).vector)
    let s0 = SIMD16(repeating: p0[offset])
    a0.addProduct(s0, va)
    b0.addProduct(s0, vb)
    let s1 = SIMD16(repeating: p1[offset])
    a1.addProduct(s1, va)
    b1.addProduct(s1, vb)
    let s2 = SIMD16(repeating: p2[offset])
    a2.addProduct(s2, va)
    b2.addProduct(s2, vb)
    let s3 = SIMD16(repeating: p3[offset])
    a3.addProduct(s3, va)
    b3.addProduct(s3, vb)
    let s4 = SIMD16(repeating: p4[offset])
    a4.addProduct(s4, va)
    b4.addProduct(s4, vb)
    let s5 = SIMD16(repeating: p5[offset])
    a5.addProduct(s5, va)
    b5.addProduct(s5, vb)
    source += right.stride
    offset += left.columnStride
  }
  (result.row(r0) + ca).storeVector(a0)
  (result.row(r0) + cb).storeVector(b0)
  (result.row(r1) + ca).storeVector(a1)
  (result.row(r1) + cb).storeVector(b1)
  (result.row(r2) + ca).storeVector(a2)
  (result.row(r2) + cb).storeVector(b2)
  (result.row(r3) + ca).storeVector(a3)
  (result.row(r3) + cb).storeVector(b3)
  (result.row(r4) + ca).storeVector(a4)
  (result.row(r4) + cb).storeVector(b4)
  (result.row(r5) + ca).storeVector(a5)
  (result.row(r5) + cb).storeVector(b5)
}

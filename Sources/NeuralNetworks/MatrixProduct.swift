import CVector

/// A factor that is read element by element: (i, k) is at `elements[i·rowStride + k·columnStride]`.
struct Coefficients {
  let elements: UnsafePointer<Float>
  let rows: Int
  let columns: Int
  let rowStride: Int
  let columnStride: Int

  init(_ matrix: Matrix, rows: Range<Int>, columns: Range<Int>) {
    elements = UnsafePointer(matrix.row(rows.lowerBound) + columns.lowerBound)
    (self.rows, self.columns) = (rows.count, columns.count)
    (rowStride, columnStride) = (matrix.stride, 1)
  }

  init(_ matrix: Matrix) {
    self.init(matrix, rows: 0..<matrix.rows, columns: 0..<matrix.columns)
  }

  var transposed: Coefficients {
    Coefficients(
      elements: elements, rows: columns, columns: rows, rowStride: columnStride,
      columnStride: rowStride)
  }

  private init(
    elements: UnsafePointer<Float>, rows: Int, columns: Int, rowStride: Int, columnStride: Int
  ) {
    self.elements = elements
    (self.rows, self.columns) = (rows, columns)
    (self.rowStride, self.columnStride) = (rowStride, columnStride)
  }
}

/// What a product is added to.
enum ProductStart {
  case zero
  /// What the result holds.
  case result
  /// The same for all columns: values\[i · stride] in row i.
  case shared(values: UnsafePointer<Float>, stride: Int)

  /// A bias `[1, m]`, or its part from some element on.
  static func bias(_ bias: Matrix, from first: Int = 0) -> ProductStart {
    .shared(values: UnsafePointer(bias.elements + first), stride: 1)
  }

  /// The only column of a matrix `[m, 1]`.
  static func column(of matrix: Matrix) -> ProductStart {
    .shared(values: UnsafePointer(matrix.elements), stride: matrix.stride)
  }
}

/// result `[m, n]` = start + coefficients `[m, k]` · right `[k, n]`.
///
/// A register tile of up to 6 rows × 32 columns (16 where vectors are narrower) runs over k with fused
/// multiply-adds. Tiles share the rows evenly, so that none is computed in vain.
///
/// - Complexity: 2·m·n·k operations.
func multiply(
  _ coefficients: Coefficients, _ right: Matrix, start: ProductStart, into result: Matrix
) {
  // Cases in the padding are computed like all others.
  multiply(coefficients, right, start, result, width: Matrix.padded(result.columns))
}

/// result `[m, n]` += coefficients `[m, k]` · right `[k, n]`, where the padding is no one's.
func accumulateProduct(_ coefficients: Coefficients, _ right: Matrix, into result: Matrix) {
  multiply(coefficients, right, .result, result, width: (result.columns + 7) & ~7)
}

/// The columns below `width`, a multiple of 8.
private func multiply(
  _ coefficients: Coefficients, _ right: Matrix, _ start: ProductStart, _ result: Matrix,
  width: Int
) {
  precondition(coefficients.columns == right.rows && coefficients.rows == result.rows)
  precondition(right.columns == result.columns)
  var column = 0
  if CVECTOR_HAS_WIDE_REGISTERS != 0 {
    while column + TwoVectors.width <= width {
      multiply(TwoVectors.self, coefficients, right, start, result, column)
      column += TwoVectors.width
    }
  }
  while column + OneVector.width <= width {
    multiply(OneVector.self, coefficients, right, start, result, column)
    column += OneVector.width
  }
  if column < width {
    multiply(HalfVector.self, coefficients, right, start, result, column)
  }
}

/// One group of columns.
@inline(__always)
private func multiply<Columns: ColumnGroup>(
  _: Columns.Type, _ left: Coefficients, _ right: Matrix, _ start: ProductStart,
  _ result: Matrix, _ column: Int
) {
  var row = 0
  var tiles = (result.rows + 5) / 6
  while tiles > 0 {
    switch (result.rows - row + tiles - 1) / tiles {
    case 6: sum(SixRows<Columns>.self, left, right, start, result, &row, column)
    case 5: sum(FiveRows<Columns>.self, left, right, start, result, &row, column)
    case 4: sum(FourRows<Columns>.self, left, right, start, result, &row, column)
    case 3: sum(ThreeRows<Columns>.self, left, right, start, result, &row, column)
    case 2: sum(TwoRows<Columns>.self, left, right, start, result, &row, column)
    default: sum(OneRow<Columns>.self, left, right, start, result, &row, column)
    }
    tiles -= 1
  }
}

/// One tile.
@inline(__always)
private func sum<Tile: RegisterTile>(
  _: Tile.Type, _ left: Coefficients, _ right: Matrix, _ start: ProductStart, _ result: Matrix,
  _ row: inout Int, _ column: Int
) {
  var tile = Tile(left, start, result, row: row, column: column)
  var source = UnsafePointer(right.elements) + column
  var offset = 0
  for _ in 0..<left.columns {
    tile.add(offset, Tile.Columns(source))
    source += right.stride
    offset += left.columnStride
  }
  tile.store()
  row += Tile.height
}

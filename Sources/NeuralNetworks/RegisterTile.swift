/// Some rows of a product, for one group of columns, while they are summed in registers.
///
/// Tiles are put together from rows by type, so that each height is compiled to straight code.
protocol RegisterTile {
  associatedtype Columns: ColumnGroup
  static var height: Int { get }

  /// From row `row` and column `column` of the result on.
  init(_ left: Coefficients, _ start: ProductStart, _ result: Matrix, row: Int, column: Int)

  /// Adds the products of one step of the summation: coefficients at `offset` times columns.
  mutating func add(_ offset: Int, _ columns: Columns)
  func store()
}

struct OneRow<Columns: ColumnGroup>: RegisterTile {
  @inline(__always) static var height: Int { 1 }
  private var sum: Columns
  private let coefficients: UnsafePointer<Float>
  private let target: UnsafeMutablePointer<Float>

  @inline(__always)
  init(_ left: Coefficients, _ start: ProductStart, _ result: Matrix, row: Int, column: Int) {
    coefficients = left.elements + row * left.rowStride
    target = result.row(row) + column
    switch start {
    case .zero: sum = Columns(repeating: 0)
    case .result: sum = Columns(target)
    case .shared(let values, let stride): sum = Columns(repeating: values[row * stride])
    }
  }

  @inline(__always)
  mutating func add(_ offset: Int, _ columns: Columns) {
    sum.add(coefficients[offset], times: columns)
  }

  @inline(__always) func store() { sum.store(target) }
}

/// One tile above another.
struct Stack<Upper: RegisterTile, Lower: RegisterTile>: RegisterTile
where Upper.Columns == Lower.Columns {
  @inline(__always) static var height: Int { Upper.height + Lower.height }
  private var upper: Upper
  private var lower: Lower

  @inline(__always)
  init(_ left: Coefficients, _ start: ProductStart, _ result: Matrix, row: Int, column: Int) {
    upper = Upper(left, start, result, row: row, column: column)
    lower = Lower(left, start, result, row: row + Upper.height, column: column)
  }

  @inline(__always)
  mutating func add(_ offset: Int, _ columns: Upper.Columns) {
    upper.add(offset, columns)
    lower.add(offset, columns)
  }

  @inline(__always)
  func store() {
    upper.store()
    lower.store()
  }
}

typealias TwoRows<Columns: ColumnGroup> = Stack<OneRow<Columns>, OneRow<Columns>>
typealias ThreeRows<Columns: ColumnGroup> = Stack<TwoRows<Columns>, OneRow<Columns>>
typealias FourRows<Columns: ColumnGroup> = Stack<TwoRows<Columns>, TwoRows<Columns>>
typealias FiveRows<Columns: ColumnGroup> = Stack<ThreeRows<Columns>, TwoRows<Columns>>
typealias SixRows<Columns: ColumnGroup> = Stack<ThreeRows<Columns>, ThreeRows<Columns>>

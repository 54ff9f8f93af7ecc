import NeuralNetworks
import Testing

@Suite struct TransposeTests {
  static let sizes = [1, 2, 15, 16, 17, 31, 33, 100]

  @Test(arguments: sizes, sizes) func rowsBecomeColumns(rows: Int, columns: Int) {
    evaluate([]) { pass in
      // All entries differ.
      let entries = (0..<rows * columns).map { Double($0 + 1) }
      let source = matrix(entries, rows: rows, columns: columns, padding: -1, pass)
      let target = pass.matrix(rows: columns, columns: rows)
      target.fill(.nan)
      transpose(source, into: target)
      #expect(target.paddingIsZero)
      for row in 0..<rows {
        for column in 0..<columns where target[column, row] != source[row, column] {
          Issue.record("[\(column), \(row)] is \(target[column, row])")
        }
      }
    }
  }
}

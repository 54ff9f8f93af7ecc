/// The inputs of a layer as the gradient of its weights needs them.
struct WeightGradient {
  /// `[inputs, batch]`
  private let inputs: Matrix
  /// `[batch, whole]` of the inputs that fill whole vectors; the few beyond would cost as much as a
  /// vector in a product, and are summed over the cases one by one.
  private let transposed: Matrix

  private static let fewInputs = 4

  init(_ inputs: Matrix, _ pass: Pass) {
    self.inputs = inputs
    let rest = inputs.rows % 16
    let whole = rest <= Self.fewInputs ? inputs.rows - rest : inputs.rows
    transposed = pass.matrix(rows: inputs.columns, columns: whole)
    transpose(inputs.rows(0..<whole), into: transposed)
  }

  /// gradient `[m, depth]` += outputGradient `[m, batch]` · (first inputs `[depth, batch]`)ᵀ.
  ///
  /// What lies in the same vectors beyond `depth` becomes zero, as masks and padding want it.
  func accumulate(_ outputGradient: Matrix, depth: Int, into gradient: Matrix) {
    let whole = min(depth, transposed.columns)
    if whole > 0 {
      let target = gradient.firstColumns(whole)
      accumulateProduct(
        Coefficients(outputGradient), transposed.firstColumns(whole), into: target)
      for row in 0..<target.rows {
        for column in whole..<(whole + 7) & ~7 { target.row(row)[column] = 0 }
      }
    }
    for column in whole..<depth {
      for row in 0..<gradient.rows {
        gradient[row, column] += outputGradient.dot(row, inputs, column)
      }
    }
  }
}

extension Matrix {
  /// The product of a row with one of another matrix, padding included.
  fileprivate func dot(_ index: Int, _ other: Matrix, _ otherIndex: Int) -> Float {
    let (row, otherRow) = (row(index), other.row(otherIndex))
    var sum = SIMD16<Float>.zero
    for column in vectorOffsets(stride) {
      sum.addProduct((row + column).vector, (otherRow + column).vector)
    }
    return sum.total
  }
}

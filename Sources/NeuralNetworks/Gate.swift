/// skip + values ⊙ sigmoid(gate): a residual that a context may switch off, unit by unit.
///
/// Reference: Dauphin, Fan, Auli & Grangier (2017), ICML, arXiv:1612.08083, eq. 1.
public enum Gate {
  /// The output `[features, batch]`; `gate` may have one column for all cases.
  public static func forward(
    skip: Matrix, values: Matrix, gate: Matrix, _ pass: Pass
  ) -> Matrix {
    let output = pass.matrix(rows: values.rows, columns: values.columns)
    // Of each case, or one column for all.
    let sigmoid = pass.matrix(rows: gate.rows, columns: gate.columns)
    for index in vectorOffsets(gate.storedCount) {
      (sigmoid.elements + index).storeVector(VectorMath.sigmoid((gate.elements + index).vector))
    }
    pass.record(values)
    pass.record(sigmoid)
    let isShared = gate.columns != values.columns
    for row in 0..<values.rows {
      let (x, v, s, y) = (skip.row(row), values.row(row), sigmoid.row(row), output.row(row))
      for index in vectorOffsets(values.stride) {
        let factor = isShared ? SIMD16(repeating: s[0]) : (s + index).vector
        (y + index).storeVector((x + index).vector.addingProduct((v + index).vector, factor))
      }
    }
    return output
  }

  /// The gradients of values and gate; that of `skip` is the output's.
  public static func backward(
    _ outputGradient: Matrix, _ pass: Pass
  ) -> (values: Matrix, gate: Matrix) {
    let sigmoid = pass.recall()
    let values = pass.recall()
    precondition(sigmoid.columns == values.columns)
    let valueGradient = pass.matrix(rows: values.rows, columns: values.columns)
    let gateGradient = pass.matrix(rows: values.rows, columns: values.columns)
    for index in vectorOffsets(values.storedCount) {
      let s = (sigmoid.elements + index).vector
      let gradient = (outputGradient.elements + index).vector * s
      (valueGradient.elements + index).storeVector(gradient)
      (gateGradient.elements + index).storeVector(
        gradient * (values.elements + index).vector * (1 - s))
    }
    return (valueGradient, gateGradient)
  }
}

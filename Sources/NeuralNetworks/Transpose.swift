import CVector

/// Writes the transpose of `source` `[m, n]` into `target` `[n, m]`; the target's padding becomes zero.
public func transpose(_ source: Matrix, into target: Matrix) {
  precondition(source.rows == target.columns && source.columns == target.rows)
  for row in vectorOffsets(target.stride) {
    for column in stride(from: 0, to: source.columns, by: 16) {
      f32x16_transpose(
        source.row(row) + column, source.stride, source.rows - row, target.row(column) + row,
        target.stride, target.rows - column)
    }
  }
}

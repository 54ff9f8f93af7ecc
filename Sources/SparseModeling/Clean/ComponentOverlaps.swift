import Numerics

/// How components of all shapes overlap in the visibilities: the dirty beam, convolved with both shapes,
/// as a function of the offset between them.
struct ComponentOverlaps {
  /// Of each shape with itself at no offset; its root is a component's noise in that of the dirty image.
  let squares: [Double]
  /// Offsets (columns, rows) up to which overlaps are known.
  let patch: SIMD2<Int>
  /// The greatest overlap beyond the patch, of components whose overlap with themselves is one.
  let outside: Double
  /// From row to row of a patch, and from pair to pair of shapes.
  let rowStride: Int
  let pairStride: Int
  /// `[shapes, shapes, 2 patch.y + 1, rowStride]`, with zeros at both ends of a row: whole vectors can be
  /// read wherever a part of them lies in the patch.
  let values: [Double]

  /// Zeros before the first column of a patch.
  static let margin = 8
  /// Sidelobes that may be left to the major cycles. With few stations there are higher ones everywhere,
  /// with many near the middle only.
  private static let faintest = 0.05

  /// `spectra` are those of the shapes, and `beam` that of the dirty beam, in a field that is padded from
  /// images of `size`.
  init(
    _ shapes: [ComponentShape], spectra: [[Complex<Double>]], beam: [Complex<Double>],
    in field: PaddedField, size: SIMD2<Int>
  ) {
    let count = shapes.count
    var fields = [[Double]](repeating: [], count: count * count)
    for s in 0..<count {
      for t in s..<count {
        var product = beam
        for k in product.indices { product[k] *= spectra[s][k] * spectra[t][k] }
        fields[s * count + t] = field.field(product)
        fields[t * count + s] = fields[s * count + t]
      }
    }
    func place(_ column: Int, _ row: Int) -> Int {
      (row < 0 ? row + field.height : row) * field.width
        + (column < 0 ? column + field.width : column)
    }
    squares = (0..<count).map { fields[$0 * count + $0][0] }
    // The greatest at each distance, without offsets that no two components in the image have.
    var greatest = [Double](repeating: 0, count: max(size.x, size.y))
    for s in 0..<count {
      for t in s..<count {
        let most = size &- 1 &- (shapes[s].reach + shapes[t].reach)
        let norm = (squares[s] * squares[t]).squareRoot()
        // The other half of the plane mirrors this one.
        for row in 0...max(0, most.y) {
          for column in -max(0, most.x)...max(0, most.x) {
            let distance = max(abs(column), row)
            let overlap = abs(fields[s * count + t][place(column, row)]) / norm
            greatest[distance] = max(greatest[distance], overlap)
          }
        }
      }
    }
    let reach = greatest.lastIndex { $0 > Self.faintest } ?? 0
    outside = greatest[(reach + 1)...].max() ?? 0
    patch = SIMD2(min(reach, size.x - 1), min(reach, size.y - 1))
    rowStride = (2 * patch.x + 1 + 2 * Self.margin + 7) / 8 * 8
    pairStride = rowStride * (2 * patch.y + 1)
    var values = [Double](repeating: 0, count: count * count * pairStride)
    for pair in 0..<(count * count) {
      for row in -patch.y...patch.y {
        let start = pair * pairStride + (row + patch.y) * rowStride + Self.margin + patch.x
        for column in -patch.x...patch.x {
          values[start + column] = fields[pair][place(column, row)]
        }
      }
    }
    self.values = values
  }
}

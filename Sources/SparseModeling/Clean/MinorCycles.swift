/// The residual seen through every shape, from which components are taken one by one.
///
/// Complexity: an iteration costs O(shapes · (patch + height)); n pixels in a vector's steps.
struct MinorCycles {
  /// A component of `flux` Jy whose middle is at a pixel.
  struct Component {
    var shape: Int
    var column: Int
    var row: Int
    var flux: Double
  }

  private let overlaps: ComponentOverlaps
  private let size: SIMD2<Int>
  /// From row to row, a multiple of a vector.
  private let rowStride: Int
  /// `[shapes, height, rowStride]`.
  private var residuals: [Double]
  /// The same: one over the noise where a component may lie, in that of the dirty image, zero elsewhere.
  private let inverseNoise: [Double]
  /// `[shapes, height]`: squares of the highest peaks, in noise levels.
  private var rowPeaks: [Double]

  private typealias Vector = SIMD8<Double>

  /// `allowed` says for each shape, `[height, width]`, where its middle may lie.
  init(_ overlaps: ComponentOverlaps, size: SIMD2<Int>, allowed: [[Bool]]) {
    self.overlaps = overlaps
    self.size = size
    rowStride = (size.x + 7) / 8 * 8
    let count = overlaps.squares.count
    residuals = [Double](repeating: 0, count: count * size.y * rowStride)
    rowPeaks = [Double](repeating: 0, count: count * size.y)
    var inverse = residuals
    for shape in 0..<count {
      let value = 1 / overlaps.squares[shape].squareRoot()
      for row in 0..<size.y {
        for column in 0..<size.x where allowed[shape][row * size.x + column] {
          inverse[(shape * size.y + row) * rowStride + column] = value
        }
      }
    }
    inverseNoise = inverse
  }

  /// Begins a major cycle with the residual through each shape, `[height, width]`; the highest peak, in the
  /// noise of the dirty image.
  mutating func begin(_ images: [[Double]]) -> Double {
    for (shape, image) in images.enumerated() {
      for row in 0..<size.y {
        let start = (shape * size.y + row) * rowStride
        residuals.replaceSubrange(
          start..<(start + size.x), with: image[(row * size.x)..<((row + 1) * size.x)])
      }
    }
    residuals.withUnsafeBufferPointer { residuals in
      inverseNoise.withUnsafeBufferPointer { inverseNoise in
        for line in rowPeaks.indices {
          rowPeaks[line] = Self.peak(
            residuals.baseAddress! + line * rowStride, inverseNoise.baseAddress! + line * rowStride,
            rowStride)
        }
      }
    }
    return rowPeaks.max()!.squareRoot()
  }

  /// Takes components, each `gain` of the highest peak, until no peak is above `limit` or `most` are taken.
  mutating func components(gain: Double, limit: Double, most: Int) -> [Component] {
    var found: [Component] = []
    while found.count < most {
      let (line, square) = highestLine()
      guard square.squareRoot() > limit else { break }
      let (shape, row) = (line / size.y, line % size.y)
      let column = highestColumn(line)
      let value = residuals[line * rowStride + column]
      let component = Component(
        shape: shape, column: column, row: row, flux: gain * value / overlaps.squares[shape])
      subtract(component)
      found.append(component)
    }
    return found
  }

  private func highestLine() -> (line: Int, square: Double) {
    var best = (line: 0, square: rowPeaks[0])
    for line in 1..<rowPeaks.count where rowPeaks[line] > best.square {
      best = (line, rowPeaks[line])
    }
    return best
  }

  private func highestColumn(_ line: Int) -> Int {
    (0..<size.x).first {
      let k = line * rowStride + $0
      let level = residuals[k] * inverseNoise[k]
      return level * level == rowPeaks[line]
    }!
  }

  private mutating func subtract(_ component: Component) {
    let (overlaps, size, rowStride) = (overlaps, size, rowStride)
    let count = overlaps.squares.count
    let patch = overlaps.patch
    let rows = max(0, component.row - patch.y)...min(size.y - 1, component.row + patch.y)
    let first = max(0, component.column - patch.x) / 8 * 8
    let last = min(size.x - 1, component.column + patch.x)
    let flux = Vector(repeating: component.flux)
    residuals.withUnsafeMutableBufferPointer { residuals in
      inverseNoise.withUnsafeBufferPointer { inverseNoise in
        overlaps.values.withUnsafeBufferPointer { values in
          for shape in 0..<count {
            let pair = values.baseAddress! + (component.shape * count + shape) * overlaps.pairStride
            for row in rows {
              let line = shape * size.y + row
              let target = residuals.baseAddress! + line * rowStride
              let source =
                pair + (row - component.row + patch.y) * overlaps.rowStride
                + ComponentOverlaps.margin + patch.x - component.column
              var column = first
              while column <= last {
                let vector = UnsafeMutableRawPointer(target + column)
                let overlap = UnsafeRawPointer(source + column).loadUnaligned(as: Vector.self)
                let value = vector.loadUnaligned(as: Vector.self)
                vector.storeBytes(of: value - flux * overlap, as: Vector.self)
                column += 8
              }
              rowPeaks[line] = Self.peak(
                target, inverseNoise.baseAddress! + line * rowStride, rowStride)
            }
          }
        }
      }
    }
  }

  /// The greatest square of `values` times `inverseNoise`, of which there are whole vectors.
  private static func peak(
    _ values: UnsafePointer<Double>, _ inverseNoise: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var greatest = Vector.zero
    var column = 0
    while column < count {
      let level =
        UnsafeRawPointer(values + column).loadUnaligned(as: Vector.self)
        * UnsafeRawPointer(inverseNoise + column).loadUnaligned(as: Vector.self)
      let square = level * level
      greatest.replace(with: square, where: square .> greatest)
      column += 8
    }
    return greatest.max()
  }
}

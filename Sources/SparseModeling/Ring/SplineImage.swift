import Observations

/// An image between its pixels: the cubic spline through their values, zero around the image, in units of
/// the largest of their sizes.
///
/// Reference: Unser (1999), IEEE Signal Process. Mag. 16(6), 22.
struct SplineImage {
  /// The spline's coefficients, `[height + 2 margin, width + 2 margin]`.
  private let coefficients: [Double]
  private let columns: Int
  private let rows: Int

  /// Pixels of zeros around the image: the spline's tails fall by 3.7 with each.
  private static let margin = 16

  /// What the brightness is in units of: squares of any image's brightness are then within range.
  let unit: Double

  /// Complexity: O(n) for n pixels.
  init(_ image: SkyImage) {
    let margin = Self.margin
    let unit = image.pixels.reduce(0) { max($0, abs($1)) }
    let (columns, rows) = (image.width + 2 * margin, image.height + 2 * margin)
    var values = [Double](repeating: 0, count: columns * rows)
    for row in 0..<image.height {
      for column in 0..<image.width {
        values[(row + margin) * columns + column + margin] =
          unit > 0 ? image.pixels[row * image.width + column] / unit : 0
      }
    }
    for row in 0..<rows { Self.filter(&values, from: row * columns, count: columns, stride: 1) }
    for column in 0..<columns { Self.filter(&values, from: column, count: rows, stride: columns) }
    (coefficients, self.columns, self.rows, self.unit) = (values, columns, rows, unit)
  }

  /// From samples to coefficients along one line, whose ends are zero: Unser's equation 14.
  private static func filter(_ values: inout [Double], from start: Int, count: Int, stride: Int) {
    let pole = 3.0.squareRoot() - 2
    let end = start + (count - 1) * stride
    for k in Swift.stride(from: start + stride, through: end, by: stride) {
      values[k] += pole * values[k - stride]
    }
    values[end] *= -6 * pole / (1 - pole * pole)
    for k in Swift.stride(from: end - stride, through: start, by: -stride) {
      values[k] = pole * (values[k + stride] - 6 * values[k])
    }
  }

  /// The brightness at a place in pixels from the middle of the first one, (column, row).
  func callAsFunction(_ place: SIMD2<Double>) -> Double {
    let corner = place.rounded(.down)
    let (column, row) = (Int(corner.x) + Self.margin - 1, Int(corner.y) + Self.margin - 1)
    guard column >= 0, row >= 0, column + 3 < columns, row + 3 < rows else { return 0 }
    let (x, y) = (Self.weights(place.x - corner.x), Self.weights(place.y - corner.y))
    var sum = SIMD4<Double>.zero
    coefficients.withUnsafeBufferPointer { values in
      for k in 0..<4 {
        let first = (row + k) * columns + column
        sum.addProduct(
          y[k], SIMD4(values[first], values[first + 1], values[first + 2], values[first + 3]))
      }
    }
    return (sum * x).sum()
  }

  /// Of the four coefficients around a place, a part of a pixel after the second.
  private static func weights(_ t: Double) -> SIMD4<Double> {
    let s = 1 - t
    return SIMD4(
      s * s * s, 4 - 3 * t * t * (1 + s), 4 - 3 * s * s * (1 + t), t * t * t) / 6
  }
}

import NumericalMethods
import Numerics

/// Images padded with zeros to twice their size or more, where convolutions do not reach around the edges.
///
/// Complexity: O(n log n) for n pixels, a transform.
struct PaddedField {
  /// Of the padded field.
  let width: Int
  let height: Int
  private let rows: (forward: FourierTransform, backward: FourierTransform)
  private let columns: (forward: FourierTransform, backward: FourierTransform)

  /// For images of `width` by `height` pixels.
  init(width: Int, height: Int) {
    let padded = (
      width: FourierTransform.fastLength(atLeast: max(FourierTransform.alignment, 2 * width)),
      height: FourierTransform.fastLength(atLeast: max(FourierTransform.alignment, 2 * height))
    )
    func plan(_ sign: FourierTransform.Sign, _ length: Int, _ count: Int) -> FourierTransform {
      FourierTransform(length: length, count: count, stride: length, sign: sign)
    }
    rows = (
      plan(.minus, padded.width, padded.height), plan(.plus, padded.width, padded.height)
    )
    columns = (
      plan(.minus, padded.height, padded.width), plan(.plus, padded.height, padded.width)
    )
    (self.width, self.height) = padded
  }

  /// The spectrum of `pixels`, `[rows, columns]`, transposed.
  func spectrum(_ pixels: [Double], columns count: Int) -> [Complex<Double>] {
    let pixelRows = pixels.count / count
    precondition(pixels.count == pixelRows * count && count <= width && pixelRows <= height)
    return transform { field in
      for row in 0..<pixelRows {
        for column in 0..<count {
          field[row * width + column] = Complex(pixels[row * count + column], 0)
        }
      }
    }
  }

  /// The spectrum of a kernel of the offset (columns, rows), transposed.
  ///
  /// `value` is asked for all offsets up to half the padded field.
  func spectrum(_ value: (Int, Int) -> Double) -> [Complex<Double>] {
    transform { field in
      for row in 0..<height {
        for column in 0..<width {
          let offset = (
            column <= width / 2 ? column : column - width, row <= height / 2 ? row : row - height
          )
          field[row * width + column] = Complex(value(offset.0, offset.1), 0)
        }
      }
    }
  }

  /// From a spectrum to the padded field, `[height, width]`.
  func field(_ spectrum: [Complex<Double>]) -> [Double] {
    precondition(spectrum.count == width * height)
    let memory = FourierTransform.allocate(2 * width * height)
    defer { memory.deallocate() }
    let (first, second) = (memory.baseAddress!, memory.baseAddress! + width * height)
    first.initialize(from: spectrum, count: spectrum.count)
    columns.backward.execute(first)
    transpose(first, rows: width, columns: height, into: second)
    rows.backward.execute(second)
    let scale = 1 / Double(width * height)
    return (0..<(width * height)).map { second[$0].real * scale }
  }

  /// `pixels`, `[rows, columns]`, convolved with the kernel of a spectrum, as many as there were.
  func convolve(
    _ pixels: [Double], columns count: Int, _ kernel: [Complex<Double>]
  ) -> [Double] {
    var product = spectrum(pixels, columns: count)
    for k in product.indices { product[k] *= kernel[k] }
    let field = field(product)
    return (0..<(pixels.count / count)).flatMap { field[($0 * width)..<($0 * width + count)] }
  }

  private func transform(
    _ fill: (UnsafeMutablePointer<Complex<Double>>) -> Void
  ) -> [Complex<Double>] {
    let memory = FourierTransform.allocate(2 * width * height)
    defer { memory.deallocate() }
    memory.initialize(repeating: .zero)
    let (first, second) = (memory.baseAddress!, memory.baseAddress! + width * height)
    fill(first)
    rows.forward.execute(first)
    transpose(first, rows: height, columns: width, into: second)
    columns.forward.execute(second)
    return Array(UnsafeBufferPointer(start: second, count: width * height))
  }

  private func transpose(
    _ source: UnsafeMutablePointer<Complex<Double>>, rows: Int, columns: Int,
    into target: UnsafeMutablePointer<Complex<Double>>
  ) {
    for row in 0..<rows {
      for column in 0..<columns {
        target[column * rows + row] = source[row * columns + column]
      }
    }
  }
}

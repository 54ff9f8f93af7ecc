import Foundation
import NumericalMethods
import Numerics
import Observations

extension SkyImage {
  /// The largest |u| and |v| that the pixels can represent, wavelengths.
  public var nyquistFrequency: Double { 1 / (2 * pixelSize) }

  /// The image's visibilities at `points`, (u, v) in wavelengths: Σ I exp(+2πi(ux + vy)), pixels being
  /// points at their middles, Jy.
  ///
  /// Many are found with a non-uniform FFT, few by direct sums; either is exact to `samplingTolerance`.
  /// The image must be in Jy per pixel.
  public func visibilities(at points: [SIMD2<Double>], threads: Int = 1) -> [Complex<Double>] {
    if points.count * width * height <= Self.directWork {
      return directVisibilities(at: points, threads: threads)
    }
    precondition(unit == .janskyPerPixel, "only an image in Jy per pixel can be summed")
    return VisibilityOperator(self, at: points, tolerance: Self.samplingTolerance, threads: threads)
      .visibilities(of: pixels)
  }

  /// Root-mean-square error of visibilities, relative to that of their values; far below what files hold
  /// and arrays measure.
  private static let samplingTolerance = 1e-12

  /// Points times pixels up to which direct sums are as fast: a millisecond.
  private static let directWork = 1_000_000

  /// As `visibilities`, summed term by term.
  ///
  /// - Complexity: O(points · pixels)
  public func directVisibilities(
    at points: [SIMD2<Double>], threads: Int = 1
  ) -> [Complex<Double>] {
    precondition(unit == .janskyPerPixel, "only an image in Jy per pixel can be summed")
    let block = 64
    let blocks = parallelMap((points.count + block - 1) / block, threads: threads) { index in
      let range = index * block..<min(points.count, (index + 1) * block)
      var phases = ColumnPhases(count: width)
      return range.map { directVisibility(at: points[$0], phases: &phases) }
    }
    return blocks.flatMap(\.self)
  }

  private func directVisibility(
    at point: SIMD2<Double>, phases: inout ColumnPhases
  ) -> Complex<Double> {
    for column in 0..<width {
      let phase = 2 * .pi * point.x * x(column: column)
      phases.cosines[column] = cos(phase)
      phases.sines[column] = sin(phase)
    }
    var total = Complex<Double>.zero
    pixels.withUnsafeBufferPointer { pixels in
      for row in 0..<height {
        let sum = phases.sum(pixels.baseAddress! + row * width)
        let phase = 2 * .pi * point.y * y(row: row)
        total += sum * Complex(cos(phase), sin(phase))
      }
    }
    return total
  }
}

/// exp(2πiux) of the columns, padded to whole vectors.
private struct ColumnPhases {
  let count: Int
  var cosines: [Double]
  var sines: [Double]

  init(count: Int) {
    self.count = count
    cosines = [Double](repeating: 0, count: count)
    sines = cosines
  }

  /// Σ I exp(2πiux) over a row of pixels.
  func sum(_ row: UnsafePointer<Double>) -> Complex<Double> {
    var real = SIMD8<Double>.zero
    var imaginary = SIMD8<Double>.zero
    let whole = count & ~7
    cosines.withUnsafeBytes { cosines in
      sines.withUnsafeBytes { sines in
        for column in Swift.stride(from: 0, to: whole, by: 8) {
          let values = UnsafeRawPointer(row + column).loadUnaligned(as: SIMD8<Double>.self)
          real.addProduct(
            values, cosines.loadUnaligned(fromByteOffset: 8 * column, as: SIMD8<Double>.self))
          imaginary.addProduct(
            values, sines.loadUnaligned(fromByteOffset: 8 * column, as: SIMD8<Double>.self))
        }
      }
    }
    var result = Complex(real.sum(), imaginary.sum())
    for column in whole..<count {
      result += Complex(row[column] * cosines[column], row[column] * sines[column])
    }
    return result
  }
}

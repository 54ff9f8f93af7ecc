import Foundation
import NumericalMethods
import Numerics
import Observations

/// Re F* W F, the curvature of the data term of an image: a convolution with the dirty beam, unnormalised,
/// which fast Fourier transforms of the doubled image apply whatever the number of visibilities.
///
/// Complexity: one non-uniform transform to make; two real transforms of 2 width × 2 height to apply.
public final class ToeplitzOperator {
  public let width: Int
  public let height: Int
  /// Elements by how far apart two pixels are: `[2 height, 2 width]`, no distance in the middle.
  private let kernel: [Double]
  /// Of the kernel, divided by the number of pixels.
  private let spectrum: [Double]
  private let transform: RealFourierTransform
  private let pixels: UnsafeMutableBufferPointer<Complex<Double>>
  private let modes: UnsafeMutableBufferPointer<Complex<Double>>

  /// The operator of visibilities at (u, v), wavelengths, with these weights, for images like `image`.
  public init(_ image: SkyImage, at points: [SIMD2<Double>], weights: [Double]) {
    precondition(points.count == weights.count)
    (width, height) = (image.width, image.height)
    let (columns, rows) = (2 * width, 2 * height)
    let turn = 2 * Double.pi * image.pixelSize
    let plan = NonUniformFFT(modes: [columns, rows], tolerance: 1e-13)
    // Columns run to the west.
    plan.setPoints(x: points.map { -turn * $0.x }, y: points.map { turn * $0.y })
    let kernel = plan.type1(weights.map { Complex($0) }, sign: .plus).map(\.real)
    self.kernel = kernel
    transform = RealFourierTransform(width: columns, height: rows)
    pixels = FourierTransform.allocate(columns * rows / 2)
    modes = FourierTransform.allocate(transform.spectrumCount)
    let values = UnsafeMutableRawPointer(pixels.baseAddress!).assumingMemoryBound(to: Double.self)
    for row in 0..<rows {
      for column in 0..<columns {
        values[row * columns + column] =
          kernel[(row + height) % rows * columns + (column + width) % columns]
      }
    }
    transform.forward(values, modes.baseAddress!)
    let scale = 1 / Double(columns * rows)
    spectrum = modes.map { $0.real * scale }
  }

  deinit {
    pixels.deallocate()
    modes.deallocate()
  }

  /// The element of two pixels, as indices into an image.
  public func element(_ a: Int, _ b: Int) -> Double {
    let rows = a / width - b / width + height
    let columns = a % width - b % width + width
    return kernel[rows * 2 * width + columns]
  }

  /// The product with an image `[height, width]`.
  public func apply(_ image: [Double]) -> [Double] {
    precondition(image.count == width * height)
    let values = UnsafeMutableRawPointer(pixels.baseAddress!).assumingMemoryBound(to: Double.self)
    values.update(repeating: 0, count: 4 * width * height)
    image.withUnsafeBufferPointer { image in
      for row in 0..<height {
        (values + row * 2 * width).update(from: image.baseAddress! + row * width, count: width)
      }
    }
    transform.forward(values, modes.baseAddress!)
    for k in spectrum.indices {
      modes[k] = Complex(modes[k].real * spectrum[k], modes[k].imaginary * spectrum[k])
    }
    transform.backward(modes.baseAddress!, values)
    return (0..<height).flatMap { row in
      UnsafeBufferPointer(start: values + row * 2 * width, count: width)
    }
  }
}

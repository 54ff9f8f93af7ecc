import Foundation
import NumericalMethods
import Numerics
import Observations

/// Re F* W F, the curvature of the data term of an image, by how far apart two pixels are: the dirty beam,
/// unnormalised.
///
/// Complexity: one non-uniform transform to make.
public struct ToeplitzKernel: Sendable {
  public let width: Int
  public let height: Int
  /// `[2 height, 2 width]`, no distance in the middle.
  let elements: [Double]

  /// The kernel of visibilities at (u, v), wavelengths, with these weights, for images like `image`.
  public init(_ image: SkyImage, at points: [SIMD2<Double>], weights: [Double]) {
    precondition(points.count == weights.count)
    let turn = 2 * Double.pi * image.pixelSize
    let plan = NonUniformFFT(modes: [2 * image.width, 2 * image.height], tolerance: 1e-13)
    // Columns run to the west.
    plan.setPoints(x: points.map { -turn * $0.x }, y: points.map { turn * $0.y })
    self.init(
      width: image.width, height: image.height,
      elements: plan.type1(weights.map { Complex($0) }, sign: .plus).map(\.real))
  }

  private init(width: Int, height: Int, elements: [Double]) {
    (self.width, self.height, self.elements) = (width, height, elements)
  }

  /// The kernel without some of its visibilities.
  public func removing(_ part: ToeplitzKernel) -> ToeplitzKernel {
    precondition(width == part.width && height == part.height)
    return ToeplitzKernel(
      width: width, height: height, elements: zip(elements, part.elements).map { $0 - $1 })
  }

  /// The element of two pixels, as indices into an image.
  public func element(_ a: Int, _ b: Int) -> Double {
    let rows = a / width - b / width + height
    let columns = a % width - b % width + width
    return elements[rows * 2 * width + columns]
  }
}

/// Products of a `ToeplitzKernel` with images, whatever the number of visibilities.
///
/// Complexity: two real Fourier transforms of 2 width × 2 height. Not for several threads at once.
public final class ToeplitzOperator {
  public let width: Int
  public let height: Int
  /// Of the kernel, divided by the number of pixels.
  private let spectrum: [Double]
  private let transform: RealFourierTransform
  private let pixels: UnsafeMutableBufferPointer<Complex<Double>>
  private let modes: UnsafeMutableBufferPointer<Complex<Double>>

  public init(_ kernel: ToeplitzKernel) {
    (width, height) = (kernel.width, kernel.height)
    let (columns, rows) = (2 * width, 2 * height)
    transform = RealFourierTransform(width: columns, height: rows, rows: height)
    pixels = FourierTransform.allocate(columns * height / 2)
    modes = FourierTransform.allocate(transform.spectrumCount)
    let whole = RealFourierTransform(width: columns, height: rows, rows: rows)
    let field = FourierTransform.allocate(columns * rows / 2)
    defer { field.deallocate() }
    let values = UnsafeMutableRawPointer(field.baseAddress!).assumingMemoryBound(to: Double.self)
    for row in 0..<rows {
      for column in 0..<columns {
        values[row * columns + column] =
          kernel.elements[(row + height) % rows * columns + (column + width) % columns]
      }
    }
    whole.forward(values, modes.baseAddress!)
    let scale = 1 / Double(columns * rows)
    spectrum = modes.map { $0.real * scale }
  }

  deinit {
    pixels.deallocate()
    modes.deallocate()
  }

  /// A bound of the eigenvalues: the largest of the doubled image's convolution.
  public var largestEigenvalue: Double {
    spectrum.reduce(0) { max($0, abs($1)) } * Double(4 * width * height)
  }

  /// The product with an image `[height, width]`.
  public func apply(_ image: [Double]) -> [Double] {
    precondition(image.count == width * height)
    let values = UnsafeMutableRawPointer(pixels.baseAddress!).assumingMemoryBound(to: Double.self)
    image.withUnsafeBufferPointer { image in
      for row in 0..<height {
        let start = values + row * 2 * width
        start.update(from: image.baseAddress! + row * width, count: width)
        (start + width).update(repeating: 0, count: width)
      }
    }
    transform.forward(values, modes.baseAddress!)
    spectrum.withUnsafeBufferPointer { spectrum in
      for k in 0..<spectrum.count {
        modes[k] = Complex(modes[k].real * spectrum[k], modes[k].imaginary * spectrum[k])
      }
    }
    transform.backward(modes.baseAddress!, values)
    return [Double](unsafeUninitializedCapacity: width * height) { product, count in
      for row in 0..<height {
        (product.baseAddress! + row * width).initialize(
          from: values + row * 2 * width, count: width)
      }
      count = width * height
    }
  }
}

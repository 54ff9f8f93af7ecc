import NumericalMethods
import Numerics

/// The linear map from the pixels of an image to visibilities, and its adjoint:
/// V(u, v) = Σ I exp(+2πi(ux + vy)), every pixel a point at its centre.
///
/// Complexity: that of a non-uniform fast Fourier transform.
public final class VisibilityOperator {
  private let plan: NonUniformFFT
  private let size: (width: Int, height: Int)
  /// exp(2πi(ux + vy)) at the pixel that is the transform's origin, for each visibility.
  private let phases: [Complex<Double>]

  /// A map for images like `image` and visibilities at (u, v), wavelengths.
  ///
  /// `tolerance` is the relative root-mean-square error of the transforms.
  public init(
    _ image: SkyImage, at points: [SIMD2<Double>], tolerance: Double = 1e-9, threads: Int = 1
  ) {
    size = (image.width, image.height)
    plan = NonUniformFFT(
      modes: [image.width, image.height], tolerance: tolerance, threads: threads)
    let turn = 2 * Double.pi * image.pixelSize
    // Columns run to the west.
    plan.setPoints(x: points.map { -turn * $0.x }, y: points.map { turn * $0.y })
    let origin = SIMD2(image.x(column: image.width / 2), image.y(row: image.height / 2))
    phases = points.map { Complex(length: 1, phase: 2 * .pi * ($0 * origin).sum()) }
  }

  /// Visibilities, Jy, of `pixels` `[height, width]`, Jy per pixel.
  public func visibilities(of pixels: [Double]) -> [Complex<Double>] {
    precondition(pixels.count == size.width * size.height)
    var values = plan.type2(pixels.map { Complex($0, 0) }, sign: .plus)
    for k in values.indices { values[k] *= phases[k] }
    return values
  }

  /// The adjoint: Σ Re(V exp(−2πi(ux + vy))) over the visibilities, `[height, width]`.
  public func image(of visibilities: [Complex<Double>]) -> [Double] {
    precondition(visibilities.count == phases.count)
    return plan.type1(zip(visibilities, phases).map { $0 * $1.conjugate }, sign: .minus)
      .map(\.real)
  }
}

import NumericalMethods
import Numerics
import Observations

/// The misfit ½ Σ w |v − Fβ|² of an image β to visibilities v, w = 1/sigma²: ½ (Σ w |v|² − 2 b·β + β·Hβ),
/// b the dirty image, unnormalised, and H the curvature.
///
/// Complexity: two non-uniform transforms to make, whatever follows.
public struct VisibilityMisfit: Sendable {
  /// Nothing is said about pixels but their size and place.
  public let image: SkyImage
  public let curvature: ToeplitzKernel
  /// b, `[height, width]`.
  public let dirty: [Double]
  /// Σ w |v|².
  public let dataSquare: Double
  /// Number of visibilities.
  public let count: Int

  /// Throws `ImagingError` without visibilities, and for a value or sigma beyond what can be squared.
  public init(_ visibilities: [Visibility], like image: SkyImage) throws {
    guard !visibilities.isEmpty else { throw ImagingError.noVisibilities }
    try ImagingError.check(visibilities)
    let points = visibilities.map { SIMD2($0.u, $0.v) }
    let weights = visibilities.map { 1 / ($0.sigma * $0.sigma) }
    let dirty = VisibilityOperator(image, at: points, tolerance: 1e-13).image(
      of: zip(visibilities, weights).map { Complex($1) * $0.value })
    self.init(
      image: image, curvature: ToeplitzKernel(image, at: points, weights: weights), dirty: dirty,
      dataSquare: zip(visibilities, weights).reduce(0) { $0 + $1.1 * $1.0.value.lengthSquared },
      count: visibilities.count)
  }

  init(
    image: SkyImage, curvature: ToeplitzKernel, dirty: [Double], dataSquare: Double, count: Int
  ) {
    self.image = image
    self.curvature = curvature
    self.dirty = dirty
    self.dataSquare = dataSquare
    self.count = count
  }

  /// The misfit to all visibilities but those of `part`, with no transform of theirs.
  public func removing(_ part: VisibilityMisfit) -> VisibilityMisfit {
    VisibilityMisfit(
      image: image, curvature: curvature.removing(part.curvature),
      dirty: zip(dirty, part.dirty).map { $0 - $1 }, dataSquare: dataSquare - part.dataSquare,
      count: count - part.count)
  }

  /// χ² of an image, twice the misfit, `curvature` being the operator of this misfit.
  public func chiSquared(_ pixels: [Double], _ curvature: ToeplitzOperator) -> Double {
    dataSquare - 2 * dot(dirty, pixels) + dot(pixels, curvature.apply(pixels))
  }

  /// Σ w, the curvature of one pixel.
  public var totalWeight: Double { curvature.element(0, 0) }
}

import Foundation
import NumericalMethods
import Numerics
import Observations

/// What visibilities show without any deconvolution: the sky blurred by the dirty beam.
///
/// Σ w Re(V exp(−2πi(ux + vy))) / Σ w, and the same of a point source of one jansky for the beam.
/// Visibilities may come by blocks: memory does not grow with their number.
///
/// Complexity: one non-uniform transform each for image and beam, a block.
public struct DirtyImage {
  private var sky: SkyImage
  private var beam: SkyImage
  private let density: WeightDensity
  private let weighting: VisibilityWeighting
  private let threads: Int
  private var total = 0.0
  private var lobe: MainLobe

  /// An empty image like `image`. `density` is that of all visibilities to come.
  ///
  /// Throws `ImagingError` if there are none, or if they all lie on one line through the origin of the uv
  /// plane.
  public init(
    like image: SkyImage, _ weighting: VisibilityWeighting, density: WeightDensity, threads: Int = 1
  ) throws {
    guard !density.isEmpty else { throw ImagingError.noVisibilities }
    lobe = try MainLobe(density)
    sky = image
    sky.pixels = [Double](repeating: 0, count: image.width * image.height)
    beam = sky
    self.density = density
    self.weighting = weighting
    self.threads = threads
  }

  /// The dirty image and beam of visibilities that are all in memory.
  public static func of(
    _ visibilities: [Visibility], like image: SkyImage, _ weighting: VisibilityWeighting,
    threads: Int = 1
  ) throws -> (image: SkyImage, beam: SkyImage) {
    var density = WeightDensity(image)
    try density.add(visibilities)
    var dirty = try DirtyImage(like: image, weighting, density: density, threads: threads)
    dirty.add(visibilities)
    return try dirty.result()
  }

  public mutating func add(_ visibilities: [Visibility]) {
    guard !visibilities.isEmpty else { return }
    let weights = density.weights(visibilities, weighting)
    let transform = VisibilityOperator(
      sky, at: visibilities.map { SIMD2($0.u, $0.v) }, tolerance: 1e-7, threads: threads)
    let weighted = zip(visibilities, weights).map { Complex($1, 0) * $0.value }
    for (pixel, value) in transform.image(of: weighted).enumerated() { sky.pixels[pixel] += value }
    let ones = weights.map { Complex($0, 0) }
    for (pixel, value) in transform.image(of: ones).enumerated() { beam.pixels[pixel] += value }
    total += weights.reduce(0, +)
    lobe.add(visibilities, weights)
  }

  /// The dirty image, Jy per beam, and the dirty beam, whose peak is one; their unit names the Gaussian
  /// that fits the beam's middle.
  ///
  /// Throws `NumericalError` if no Gaussian can be fitted.
  public func result() throws -> (image: SkyImage, beam: SkyImage) {
    var (image, beam) = (sky, beam)
    let fitted = try lobe.gaussian()
    for pixel in image.pixels.indices {
      image.pixels[pixel] /= total
      beam.pixels[pixel] /= total
    }
    image.unit = .janskyPerBeam(fitted)
    beam.unit = .janskyPerBeam(fitted)
    return (image, beam)
  }
}

import NumericalMethods
import Observations

/// Brightness at distances from a ring's centre, over all directions.
public struct RadialProfile: Codable, Sendable, Equatable {
  /// `[radii]`, from the centre to 2.5 times the ring's mean radius.
  public var radiiUas: [Double]
  /// In the image's unit, `[radii]`: the mean over 360 directions, and between what 16 and 84 % of them
  /// lie.
  public var mean: [Double]
  public var low: [Double]
  public var high: [Double]

  /// - Parameter ring: measured in this image.
  public init(_ image: SkyImage, around ring: RingMeasure) {
    let unit = image.pixelSize / RingMeasure.microarcsecond
    let spline = SplineImage(image)
    let rays = RingRays(
      spline, count: RingMeasure.directions,
      reach: RingSearch.relativeReach * ring.diameterUas / 2 / unit, samples: 125)
    let center =
      image.referencePixel + SIMD2(-ring.centerXUas, ring.centerYUas) / unit
    let profiles = rays.profiles(from: center)
    radiiUas = rays.radii.map { $0 * unit }
    (mean, low, high) = ([], [], [])
    for k in radiiUas.indices {
      let values = profiles.map { spline.unit * $0[k] }
      let quantiles = weightedQuantiles(values, at: [0.16, 0.84])
      mean.append(Statistics(values).mean)
      low.append(quantiles[0])
      high.append(quantiles[1])
    }
  }
}

import Foundation
import Observations

/// Size, width, orientation and contrast of a ring in an image, and whether there is one.
///
/// Seen from the centre, each of 360 directions has a radius r_pk at which the image is brightest. The
/// centre is where the r_pk differ least from their mean r̄, relative to it. Lengths that Paper IV fixes for
/// a ring of 40 µas scale with the ring here: rays end at 2.5 r̄ (50 µas) and the central disc at r̄/4
/// (5 µas). Nothing is corrected for the image's resolution, which makes rings wider and smaller.
///
/// Reference: Event Horizon Telescope Collaboration (2019), ApJL 875, L4 (Paper IV), section 9, equations
/// 18–24; their program is REx.
public struct RingMeasure: Codable, Sendable, Equatable {
  /// d: twice the mean of r_pk.
  public var diameterUas: Double
  /// Twice the standard deviation of r_pk over all directions.
  public var diameterDispersionUas: Double
  /// w: mean over all directions of the full width at half maximum of the radial profile, above the mean
  /// brightness where rays end.
  public var widthUas: Double
  public var widthDispersionUas: Double
  /// η: where the ring is brightest, degrees from north through east, −180 to 180. The circular mean over
  /// radii from (d − w)/2 to (d + w)/2 of the argument of ∫ I e^{iθ} dθ.
  public var orientationDegrees: Double
  /// Circular standard deviation over these radii, at most 180.
  public var orientationDispersionDegrees: Double
  /// A: mean over these radii of |∫ I e^{iθ} dθ| / ∫ I dθ: a/2 for a brightness of 1 + a cos(θ − η).
  public var asymmetry: Double
  public var asymmetryDispersion: Double
  /// f_C: mean brightness of the central disc, over all directions and radii, by that of the circle of
  /// diameter d.
  public var centralBrightness: Double
  /// Of the centre, to the east and north of the phase centre.
  public var centerXUas: Double
  public var centerYUas: Double
  /// The part of all directions in which r_pk lies within r̄/2 of r̄.
  public var ridgeCompleteness: Double
  /// The ridge, the greatest brightness of each direction within r̄/2 of r̄: its faintest part by its
  /// brightest.
  public var ridgeContrast: Double
  /// The ridge's mean by its brightest part: 1/(1 + a) for 1 + a cos(θ − η).
  public var ridgeUniformity: Double
  /// Why this is no ring; nothing for one.
  public var flaws: [RingFlaw]

  public var isRing: Bool { flaws.isEmpty }

  static let microarcsecond = Double.pi / 180 / 3600e6
  /// Pixels along each axis below which nothing is measured.
  static let leastPixels = 8
  static let directions = 360
  private static let samples = 200
  private static let circles = 41

  /// Measures the ring of an image of any unit.
  ///
  /// Throws `RingError` for images that have no finite numbers, no brightness, or no place from which
  /// they are brighter at a distance. Other images without a ring are measured all the same; see `flaws`.
  /// Complexity: O(n) for n pixels, and some 10⁶ interpolations whatever their number.
  public init(_ image: SkyImage) throws(RingError) {
    try RingError.check(image)
    let spline = SplineImage(image)
    guard let search = RingSearch(image, spline) else { throw .noRidge }
    let center = search.center
    let rays = RingRays(
      spline, count: Self.directions, reach: search.reach, samples: Self.samples)
    let profiles = rays.profiles(from: center)
    let peaks = profiles.map(rays.peak)
    let radius = Statistics(peaks.map(\.radius))
    let floor = Statistics(profiles.map { $0.last! }).mean
    let widths = zip(profiles, peaks).compactMap { rays.fullWidth($0, $1, above: floor) }
    guard !widths.isEmpty else { throw .noRidge }
    let width = Statistics(widths)

    let inner = max(radius.mean - width.mean / 2, 0)
    let mode = AzimuthalMode(
      (0..<Self.circles).map {
        let part = Double($0) / Double(Self.circles - 1)
        return rays.circle(
          around: center, radius: inner + part * (radius.mean + width.mean / 2 - inner))
      })
    let circle = Statistics(rays.circle(around: center, radius: radius.mean)).mean
    guard !mode.amplitudes.isEmpty, circle > 0 else { throw .noRidge }
    let asymmetries = Statistics(mode.amplitudes)

    let disc = rays.samples(within: 0...radius.mean / 4)
    let nearby = rays.samples(within: radius.mean / 2...1.5 * radius.mean)
    let ridge = profiles.map { $0[nearby].max()! }
    let brightest = ridge.max()!

    let unit = image.pixelSize / Self.microarcsecond
    let offset = unit * (center - image.referencePixel)
    diameterUas = 2 * unit * radius.mean
    diameterDispersionUas = 2 * unit * radius.deviation
    widthUas = unit * width.mean
    widthDispersionUas = unit * width.deviation
    orientationDegrees = mode.orientation * 180 / .pi
    orientationDispersionDegrees = mode.orientationDeviation * 180 / .pi
    asymmetry = asymmetries.mean
    asymmetryDispersion = asymmetries.deviation
    centralBrightness =
      Statistics(profiles.map { Statistics(Array($0[disc])).mean }).mean / circle
    (centerXUas, centerYUas) = (-offset.x, offset.y)
    ridgeCompleteness =
      Double(peaks.count { abs($0.radius - radius.mean) < radius.mean / 2 })
      / Double(peaks.count)
    (ridgeContrast, ridgeUniformity) = (
      ridge.min()! / brightest, Statistics(ridge).mean / brightest
    )
    flaws = []
    flaws = RingFlaw.allCases.filter { $0.applies(to: self, radiusInPixels: radius.mean) }
  }
}

import Foundation
import NumericalMethods
import Observations

/// Finds the point around which the brightest places of all directions lie on a circle.
///
/// The final centre minimises σ/r̄ of the peaks' radii (EHT Paper IV, equation 20). It has many minima, at
/// faint structure as well; the search starts where σ/r̄ is small and the ridge stands high above what it
/// encloses. Centres are tried where the image is bright, wherever that is in the field.
struct RingSearch {
  /// Pixels from the middle of the first one, (column, row).
  let center: SIMD2<Double>
  /// How far rays go, pixels.
  let reach: Double

  /// Parts of the greatest brightness below which nothing is a peak of the first search, as in REx.
  private static let threshold = 0.05
  /// Rays end at this multiple of the mean radius: at the 50 µas of Paper IV for a ring of 40.
  static let relativeReach = 2.5
  /// Places along the longer side of what is bright, and rays from each.
  private static let places = 24
  private static let coarseRays = 36
  private static let fineRays = 72
  private static let mostSamples = 128

  /// Nil where no point is found from which the image is brighter at a distance.
  init?(_ image: SkyImage, _ spline: SplineImage) {
    guard let start = Self.start(image, spline) else { return nil }
    var (center, radius) = start
    // The reach follows the radius that it helps to find.
    for _ in 0..<2 {
      let rays = RingRays(
        spline, count: Self.fineRays, reach: Self.relativeReach * radius, samples: 150)
      let found = try? SimplexMinimum.find(
        start: [center.x, center.y], step: max(radius / 8, 0.25), tolerance: 1e-4 * radius,
        maximumIterations: 80
      ) { Statistics(rays.peaks(from: SIMD2($0[0], $0[1])).map(\.radius)).relativeDeviation }
      guard let found else { return nil }
      center = SIMD2(found.point[0], found.point[1])
      radius = Statistics(rays.peaks(from: center).map(\.radius)).mean
      let shift = center - start.center
      // A centre that leaves the ring it began with has lost it, and so has one without a radius.
      guard (shift * shift).sum() < start.radius * start.radius, radius > 0.5 else { return nil }
    }
    (self.center, reach) = (center, Self.relativeReach * radius)
  }

  private static func start(
    _ image: SkyImage, _ spline: SplineImage
  ) -> (center: SIMD2<Double>, radius: Double)? {
    let brightest = image.pixels.max()!
    let bright = image.pixels.indices.filter { image.pixels[$0] >= threshold * brightest }
    let (columns, rows) = (bright.map { $0 % image.width }, bright.map { $0 / image.width })
    let low = SIMD2(Double(columns.min()!), Double(rows.min()!))
    let high = SIMD2(Double(columns.max()!), Double(rows.max()!))
    let spacing = max((high - low).max() / Double(places - 1), 0.5)
    let reach = Double(max(image.width, image.height)) / 2
    let search = CoarseRays(
      spline, reach: reach, samples: min(Int(reach), mostSamples), rays: coarseRays,
      brightest: brightest / spline.unit, threshold: threshold)
    var best: (score: Double, center: SIMD2<Double>, radius: Double)?
    for y in stride(from: low.y, through: high.y, by: spacing) {
      for x in stride(from: low.x, through: high.x, by: spacing) {
        let center = SIMD2(x, y)
        for (score, radius) in search.scores(from: center) where score < best?.score ?? .infinity {
          best = (score, center, radius)
        }
      }
    }
    return best.map { ($0.center, $0.radius) }
  }
}

/// Mean and standard deviation.
struct Statistics {
  let mean: Double
  let deviation: Double

  init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    self.mean = mean
    deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
  }

  var relativeDeviation: Double { mean > 0 ? deviation / mean : .infinity }
}

/// Rays of few samples that judge a centre at several reaches at once.
private struct CoarseRays {
  private let spline: SplineImage
  private let step: Double
  private let directions: [SIMD2<Double>]
  private let brightest: Double
  private let threshold: Double
  /// Numbers of the samples at which rays may end, from short to long.
  private let ends: [Int]

  init(
    _ spline: SplineImage, reach: Double, samples: Int, rays: Int, brightest: Double,
    threshold: Double
  ) {
    (self.spline, self.brightest, self.threshold) = (spline, brightest, threshold)
    step = reach / Double(samples)
    directions = (0..<rays).map {
      let angle = 2 * Double.pi * Double($0) / Double(rays)
      return SIMD2(-sin(angle), cos(angle))
    }
    // Steps of √2 down to three samples.
    ends = (0...).lazy.map { Int((Double(samples) * pow(0.5, Double($0) / 2)).rounded()) }
      .prefix { $0 >= 3 }.reversed()
  }

  /// Of each reach: the relative dispersion of the radii by the ridge's height over the centre, small where
  /// there is a ring, and the mean radius.
  func scores(from center: SIMD2<Double>) -> [(score: Double, radius: Double)] {
    let middle = spline(center)
    var sums = [SIMD3<Double>](repeating: .zero, count: ends.count)
    for direction in directions {
      var (best, highest) = (0, middle)
      var end = 0
      for k in 1...ends.last! {
        let value = spline(center + step * Double(k) * direction)
        if value > highest { (best, highest) = (k, value) }
        guard k == ends[end] else { continue }
        // At the end of a ray the image is still rising: no peak.
        if best > 0, best < k, highest >= threshold * brightest {
          let radius = step * Double(best)
          sums[end] += SIMD3(radius, radius * radius, (highest - middle) / brightest)
        }
        end += 1
      }
    }
    let count = Double(directions.count)
    return sums.compactMap { sum in
      let (mean, square, height) = (sum.x / count, sum.y / count, sum.z / count)
      guard mean > 0, height > 0 else { return nil }
      let variance = max(square - mean * mean, 0) + step * step / 12
      return (variance.squareRoot() / mean / height, mean)
    }
  }
}

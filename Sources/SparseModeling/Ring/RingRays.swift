import Foundation

/// Rays from a centre, evenly spread over all directions, and where the image is brightest along each.
///
/// Lengths are in pixels; the first ray points north and the others follow through east.
struct RingRays {
  struct Peak {
    /// Of the brightest sample.
    var index: Int
    var radius: Double
    var brightness: Double
  }

  private let image: SplineImage
  private let directions: [SIMD2<Double>]
  /// Distance of the samples along a ray, and the last of them.
  private let step: Double
  private let last: Int

  init(_ image: SplineImage, count: Int, reach: Double, samples: Int) {
    precondition(count > 0 && reach > 0 && samples > 1)
    (self.image, step, last) = (image, reach / Double(samples), samples)
    directions = (0..<count).map {
      let angle = 2 * Double.pi * Double($0) / Double(count)
      return SIMD2(-sin(angle), cos(angle))
    }
  }

  var radii: [Double] { (0...last).map { step * Double($0) } }

  /// Numbers of the samples at these radii.
  func samples(within radii: ClosedRange<Double>) -> ClosedRange<Int> {
    let first = min(Int((radii.lowerBound / step).rounded(.up)), last)
    return first...max(first, min(Int(radii.upperBound / step), last))
  }

  /// Brightness along each ray, `[rays][radii]`.
  func profiles(from center: SIMD2<Double>) -> [[Double]] {
    directions.map { direction in
      (0...last).map { image(center + step * Double($0) * direction) }
    }
  }

  /// Brightness on a circle, `[rays]`.
  func circle(around center: SIMD2<Double>, radius: Double) -> [Double] {
    directions.map { image(center + radius * $0) }
  }

  func peaks(from center: SIMD2<Double>) -> [Peak] {
    directions.map { direction in
      var best = -1
      // The sample before the highest, it, and the one after.
      var around = SIMD3(repeating: -Double.infinity)
      var previous = -Double.infinity
      for k in 0...last {
        let value = image(center + step * Double(k) * direction)
        if value > around.y {
          (best, around) = (k, SIMD3(previous, value, -.infinity))
        } else if k == best + 1 {
          around.z = value
        }
        previous = value
      }
      return peak(at: best, around)
    }
  }

  func peak(of profile: [Double]) -> Peak {
    let k = profile.indices.max { profile[$0] < profile[$1] }!
    return peak(
      at: k,
      SIMD3(k > 0 ? profile[k - 1] : -.infinity, profile[k], k < last ? profile[k + 1] : -.infinity)
    )
  }

  /// Full width at half maximum above a floor; nil for a peak that does not rise above it.
  ///
  /// Where the image does not fall to half the peak, the width ends with the ray.
  func fullWidth(_ profile: [Double], _ peak: Peak, above floor: Double) -> Double? {
    guard peak.brightness > floor else { return nil }
    let half = (peak.brightness + floor) / 2
    var (low, high) = (0.0, step * Double(last))
    if let k = profile[..<peak.index].lastIndex(where: { $0 < half }) {
      low = step * (Double(k) + (half - profile[k]) / (profile[k + 1] - profile[k]))
    }
    if let k = profile[peak.index...].firstIndex(where: { $0 < half }), k > peak.index {
      high = step * (Double(k) - (half - profile[k]) / (profile[k - 1] - profile[k]))
    }
    return high - low
  }

  /// The vertex of the parabola through three samples; at the ends of a ray the sample itself.
  private func peak(at k: Int, _ around: SIMD3<Double>) -> Peak {
    let curvature = around.x - 2 * around.y + around.z
    guard around.x.isFinite, around.z.isFinite, curvature < 0 else {
      return Peak(index: k, radius: step * Double(k), brightness: around.y)
    }
    let slope = (around.z - around.x) / 2
    return Peak(
      index: k, radius: step * (Double(k) - slope / curvature),
      brightness: around.y - slope * slope / (2 * curvature))
  }
}

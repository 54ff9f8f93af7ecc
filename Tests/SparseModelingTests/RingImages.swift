import Foundation
import Observations

let microarcsecond = Double.pi / 180 / 3600e6

/// Images of known brightness for the ring tests, lengths in microarcseconds.
struct RingImages {
  var pixels = 64
  var pixelSize = 2.0

  func callAsFunction(_ brightness: (_ east: Double, _ north: Double) -> Double) -> SkyImage {
    var image = SkyImage(
      width: pixels, height: pixels, pixelSize: pixelSize * microarcsecond)
    for k in image.pixels.indices {
      image.pixels[k] = brightness(
        image.x(column: k % pixels) / microarcsecond, image.y(row: k / pixels) / microarcsecond)
    }
    return image
  }
}

/// Distance and angle from north through east.
func polar(_ east: Double, _ north: Double) -> (radius: Double, angle: Double) {
  ((east * east + north * north).squareRoot(), atan2(east, north))
}

func gaussian(
  fwhm: Double, east: Double = 0, north: Double = 0
) -> (Double, Double) -> Double {
  { x, y in
    exp(-4 * log(2) * (pow(x - east, 2) + pow(y - north, 2)) / (fwhm * fwhm))
  }
}

/// An infinitely thin ring of brightness 1 + a cos(θ − η) convolved with a Gaussian.
///
/// ∫ exp(−|x − R e(φ)|²/2σ²) (1 + a cos(φ − η)) dφ/2π = exp(−(r² + R²)/2σ²) (I₀(z) + a I₁(z) cos(θ − η))
/// with z = r R/σ².
struct BlurredRing {
  var radius: Double
  var fwhm: Double
  var contrast = 0.0
  /// Radians.
  var orientation = 0.0
  var center = SIMD2<Double>.zero

  var sigma: Double { fwhm / (8 * log(2)).squareRoot() }

  /// I₀(z) e^{−z} and I₁(z) e^{−z} by the trapezoidal rule, which converges exponentially for periodic
  /// functions.
  static func bessel(_ z: Double) -> SIMD2<Double> {
    let count = 120
    return (0..<count).reduce(.zero) { sum, k in
      let cosine = cos(2 * .pi * Double(k) / Double(count))
      return sum + exp(z * (cosine - 1)) / Double(count) * SIMD2(1, cosine)
    }
  }

  /// I₀'s and I₁'s parts of the brightness.
  func parts(_ r: Double) -> SIMD2<Double> {
    let excess = (r - radius) / sigma
    return exp(-excess * excess / 2) * Self.bessel(r * radius / (sigma * sigma))
  }

  func callAsFunction(_ east: Double, _ north: Double) -> Double {
    let (r, angle) = polar(east - center.x, north - center.y)
    let parts = parts(r)
    return parts.x + contrast * parts.y * cos(angle - orientation)
  }

  /// Where the uniform ring is brightest: the root of r I₀(z) = R I₁(z), by bisection.
  var peakRadius: Double {
    Self.root(in: 0.3 * radius...radius) {
      let bessel = Self.bessel($0 * radius / (sigma * sigma))
      return radius * bessel.y - $0 * bessel.x
    }
  }

  static func root(in range: ClosedRange<Double>, _ function: (Double) -> Double) -> Double {
    var (low, high) = (range.lowerBound, range.upperBound)
    let sign = function(low).sign
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if function(middle).sign == sign { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

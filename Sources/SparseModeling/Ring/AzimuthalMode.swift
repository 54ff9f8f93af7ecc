import Foundation

/// The first Fourier mode of the brightness on circles around a centre.
struct AzimuthalMode {
  /// |∫ I e^{iθ} dθ| / ∫ I dθ, of each circle that is bright on the whole.
  private(set) var amplitudes: [Double] = []
  /// Of the directions in which the circles are brightest.
  private var phasors = SIMD2<Double>.zero

  /// - Parameter circles: brightness in even steps from north through east, `[circles][directions]`.
  init(_ circles: [[Double]]) {
    for circle in circles {
      let total = circle.reduce(0, +)
      guard total > 0 else { continue }
      var mode = SIMD2<Double>.zero
      for (k, value) in circle.enumerated() {
        let angle = 2 * Double.pi * Double(k) / Double(circle.count)
        mode += value * SIMD2(cos(angle), sin(angle))
      }
      let length = (mode * mode).sum().squareRoot()
      amplitudes.append(length / total)
      if length > 0 { phasors += mode / length }
    }
  }

  /// Circular mean of the circles' orientations, radians from north through east.
  var orientation: Double { atan2(phasors.y, phasors.x) }

  /// Their circular standard deviation, √(−2 ln R), at most half a turn.
  var orientationDeviation: Double {
    let length = (phasors * phasors).sum().squareRoot() / Double(amplitudes.count)
    // Rounding lifts R of equal directions above one.
    return length < 1 ? min((-2 * log(length)).squareRoot(), .pi) : 0
  }
}

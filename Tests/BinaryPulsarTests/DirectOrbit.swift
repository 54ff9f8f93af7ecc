import BinaryPulsar
import Foundation

/// Degradation factors by Simpson's rule at evenly spaced times and the published formulas of the orbit in
/// its true anomaly (Bagchi, Lorimer & Wolfe 2013, eqs. 10–13): slow, and nothing in common with the module.
struct DirectOrbit {
  let binary: PulsarBinary
  let duration: Double
  /// m ω_p / c.
  let scale: Double
  /// Phases at evenly spaced times from 0 to T, and weights that sum to 1.
  private var phases: [Double] = []
  private let weights: [Double]

  init(_ binary: PulsarBinary, duration: Double, harmonic: Int = 1, steps: Int) {
    self.binary = binary
    self.duration = duration
    scale = Double(harmonic) * 2 * .pi / (binary.spinPeriod * PulsarBinary.speedOfLight)
    let count = 2 * steps
    weights = (0...count).map { index in
      (index == 0 || index == count ? 1 : index % 2 == 1 ? 4 : 2) / Double(3 * count)
    }
    let start = position(0)
    phases = (0...count).map { index in
      scale * (position(duration * Double(index) / Double(count)) - start)
    }
  }

  private var motion: Double { 2 * .pi / (86_400 * binary.orbitalPeriod) }
  private var argument: Double { binary.periastronArgument * .pi / 180 }
  private var size: Double {
    let total = binary.pulsarMass + binary.companionMass
    let relative = cbrt(PulsarBinary.solarMassParameter * total / (motion * motion))
    return relative * binary.companionMass / total * sin(binary.inclination * .pi / 180)
  }

  /// f at a time, by bisection of Kepler's equation.
  func trueAnomaly(_ time: Double) -> Double {
    let e = binary.eccentricity
    let ratio = ((1 + e) / (1 - e)).squareRoot()
    let turns = (binary.trueAnomaly / 360).rounded()
    let half = (binary.trueAnomaly - 360 * turns) * .pi / 360
    let first = 2 * atan(tan(half) / ratio)
    let mean = first - e * sin(first) + motion * time
    var (low, high) = (mean - 1, mean + 1)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if middle - e * sin(middle) < mean { low = middle } else { high = middle }
    }
    let whole = (low / (2 * .pi)).rounded()
    let rest = low - 2 * .pi * whole
    return 2 * atan(ratio * tan(rest / 2)) + 2 * .pi * whole
  }

  func position(_ time: Double) -> Double {
    let (e, f) = (binary.eccentricity, trueAnomaly(time))
    return size * (1 - e * e) * sin(argument + f) / (1 + e * cos(f))
  }

  /// v, a and j along the line of sight.
  func derivatives(_ time: Double) -> (Double, Double, Double) {
    let (e, f, w) = (binary.eccentricity, trueAnomaly(time), argument)
    let width = 1 - e * e
    let near = 1 + e * cos(f)
    return (
      motion * size / width.squareRoot() * (cos(w + f) + e * cos(w)),
      -motion * motion * size / (width * width) * sin(w + f) * near * near,
      -pow(motion, 3) * size / pow(width, 3.5) * near * near * near
        * (cos(w + f) + e * cos(w) - 3 * e * sin(w + f) * sin(f))
    )
  }

  /// γ with v, a and j taken off.
  func factor(_ v: Double, _ a: Double, _ j: Double) -> Double {
    var (re, im) = (0.0, 0.0)
    for (index, phase) in phases.enumerated() {
      let t = duration * Double(index) / Double(phases.count - 1)
      let residual = phase - scale * t * (v + t * (a / 2 + t * j / 6))
      re += weights[index] * cos(residual)
      im += weights[index] * sin(residual)
    }
    return hypot(re, im)
  }
}

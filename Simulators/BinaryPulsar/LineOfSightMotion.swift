import Foundation

/// The pulsar's motion along the line of sight during an observation, as phase of its pulses.
///
/// Phases are in radians of the harmonic searched, m ω_p r_l / c; times τ in units of the observation's
/// length T, so that τ is in [0, 1]. Positions on the orbit are named by the eccentric anomaly since the
/// start, δ = E − E₀: phase and time are both elementary in it, and Kepler's equation is solved once, for
/// where the observation ends. Differences are taken as products, which short observations of long orbits
/// need.
struct LineOfSightMotion {
  /// δ at τ = 1.
  let end: Double
  /// δ / τ = 2π T / P_b at e = 0.
  private let meanMotion: Double
  private let e: Double
  /// E₀ and the phases of the semi-axes: r_l = A (cos E − e) + B sin E.
  private let start: Double
  private let a: Double
  private let b: Double

  /// - Parameters:
  ///   - duration: T, seconds.
  ///   - harmonic: m.
  init(_ binary: PulsarBinary, duration: Double, harmonic: Int) {
    let degree = Double.pi / 180
    e = binary.eccentricity
    meanMotion = 2 * Double.pi * duration / (86_400 * binary.orbitalPeriod)
    let half = binary.trueAnomaly * degree / 2
    start = 2 * atan2((1 - e).squareRoot() * sin(half), (1 + e).squareRoot() * cos(half))
    let size =
      Double(harmonic) * 2 * Double.pi / (binary.spinPeriod * PulsarBinary.speedOfLight)
      * binary.semimajorAxis * sin(binary.inclination * degree)
    let argument = binary.periastronArgument * degree
    a = size * sin(argument)
    b = size * cos(argument) * (1 - e * e).squareRoot()
    end = Self.span(meanMotion, e, start)
  }

  /// δ with δ − e (sin(E₀ + δ) − sin E₀) = M, by Newton's steps within shrinking bounds.
  private static func span(_ mean: Double, _ e: Double, _ start: Double) -> Double {
    // M / (1 + e) ≤ δ ≤ M / (1 − e), and |δ − M| ≤ 2e.
    var low = max(mean / (1 + e), mean - 2 * e)
    var high = min(mean / (1 - e), mean + 2 * e)
    var span = 0.5 * (low + high)
    for _ in 0..<200 {
      let value = span - 2 * e * cos(start + span / 2) * sin(span / 2) - mean
      if value > 0 { high = span } else { low = span }
      var next = span - value / (1 - e * cos(start + span))
      if !(next >= low && next <= high) { next = 0.5 * (low + high) }
      if abs(next - span) <= 2e-16 * next { return next }
      span = next
    }
    return span
  }

  /// τ at δ.
  func time(_ span: Double) -> Double {
    (span - 2 * e * cos(start + span / 2) * sin(span / 2)) / meanMotion
  }

  /// dτ/dδ.
  func pace(_ span: Double) -> Double { (1 - e * cos(start + span)) / meanMotion }

  /// m ω_p (r_l(t) − r_l(0)) / c.
  func phase(_ span: Double) -> Double {
    let middle = start + span / 2
    return 2 * sin(span / 2) * (b * cos(middle) - a * sin(middle))
  }

  /// The first three derivatives of the phase by τ.
  func derivatives(_ span: Double) -> (velocity: Double, acceleration: Double, jerk: Double) {
    let (s, c) = (sin(start + span), cos(start + span))
    let distance = 1 - e * c
    let speed = meanMotion / distance
    let velocity = (b * c - a * s) * speed
    // Newton's law along the line of sight: the acceleration is −n² r_l over the cube of the distance.
    let pull = meanMotion * meanMotion / (distance * distance * distance)
    let position = a * (c - e) + b * s
    return (
      velocity, -pull * position,
      -pull * (velocity - 3 * position * e * s * speed / distance)
    )
  }

  /// Where in [0, `end`] the acceleration is zero, and with it the velocity extreme.
  var velocityExtremes: [Double] {
    // a cos E + b sin E = a e.
    let size = hypot(a, b)
    guard size > 0 else { return [] }
    let centre = atan2(b, a)
    let width = acos(a * e / size)
    var found: [Double] = []
    for root in [centre - width - start, centre + width - start] {
      let turn = 2 * Double.pi
      var span = root - turn * (root / turn).rounded(.down)
      while span <= end {
        found.append(span)
        span += turn
      }
    }
    return found.sorted()
  }

  /// Least and largest velocity.
  var velocityRange: (least: Double, most: Double) {
    let velocities = ([0, end] + velocityExtremes).map { derivatives($0).velocity }
    return (velocities.min()!, velocities.max()!)
  }
}

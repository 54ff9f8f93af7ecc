import CVector
import Foundation

/// Eight orbits at once, as far as ``DegradationFeatures`` and ``LineEstimate`` need them.
///
/// The quantities are those of `LineOfSightMotion`: times τ in units of the observation's length, phases in radians of
/// the harmonic.
struct OrbitLanes {
  let e: Lanes
  /// ω, cosine and sine.
  let periastron: (cosine: Lanes, sine: Lanes)
  /// E₀, cosine and sine.
  let start: (cosine: Lanes, sine: Lanes)
  /// m ω_p a_p sin i / c, radians.
  let size: Lanes
  /// T / P_b.
  let orbits: Lanes
  /// δ = E − E₀ at τ = 1.
  let end: Lanes
  private let meanMotion: Lanes
  /// The phases of the semi-axes.
  private let a: Lanes
  private let b: Lanes

  /// A place on the orbits.
  struct Place {
    /// E, cosine and sine.
    let anomaly: (cosine: Lanes, sine: Lanes)
    let time: Lanes
    let phase: Lanes
  }
}

extension OrbitLanes {
  /// One of the orbits in all lanes.
  func only(_ lane: Int) -> OrbitLanes {
    OrbitLanes(
      e: Lanes(repeating: e[lane]),
      periastron: (
        Lanes(repeating: periastron.cosine[lane]), Lanes(repeating: periastron.sine[lane])
      ),
      start: (Lanes(repeating: start.cosine[lane]), Lanes(repeating: start.sine[lane])),
      size: Lanes(repeating: size[lane]), orbits: Lanes(repeating: orbits[lane]),
      end: Lanes(repeating: end[lane]), meanMotion: Lanes(repeating: meanMotion[lane]),
      a: Lanes(repeating: a[lane]), b: Lanes(repeating: b[lane]))
  }

  /// - Parameter parameters: in the order of `DegradationSimulator.parameterNames`.
  init(_ parameters: [Lanes]) {
    precondition(parameters.count == DegradationSimulator.parameterNames.count)
    let total = parameters[2] + parameters[3]
    let period = 86_400 * parameters[8]
    let turns = 1.0 / 360
    e = parameters[7]
    periastron = cosineAndSine(turns: parameters[5] * turns)
    let f = cosineAndSine(turns: parameters[9] * turns)
    let distance = 1 / (1 + e * f.0)
    let shape = f64x8_sqrt(1 - e * e)
    start = ((e + f.0) * distance, shape * f.1 * distance)
    let axis = Self.cubeRoot(
      PulsarBinary.solarMassParameter / (4 * .pi * .pi) * total * period * period)
    let inclined = cosineAndSine(turns: parameters[6] * turns).1
    size =
      f64x8_abs(
        parameters[0].rounded(.toNearestOrAwayFromZero) * (2 * .pi / PulsarBinary.speedOfLight)
          / parameters[4] * axis
          * parameters[3] / total * inclined)
    orbits = parameters[1] / period
    meanMotion = 2 * .pi * orbits
    a = size * periastron.sine
    b = size * periastron.cosine * shape
    end = Self.span(meanMotion, e, start)
  }

  /// By one of Newton's steps from six digits.
  private static func cubeRoot(_ x: Lanes) -> Lanes {
    let root = f64x8_rough_exp2(f64x8_rough_log2(x) * (1.0 / 3))
    let square = root * root
    return root - (root * square - x) / (3 * square)
  }

  /// Kepler's equation, as in `LineOfSightMotion`, for all lanes.
  private static func span(
    _ mean: Lanes, _ e: Lanes, _ start: (cosine: Lanes, sine: Lanes)
  ) -> Lanes {
    var low = f64x8_max(mean / (1 + e), mean - 2 * e)
    var high = f64x8_min(mean / (1 - e), mean + 2 * e)
    var span = 0.5 * (low + high)
    // Lanes that have converged stay as they are, whatever the others do.
    var isOpen = SIMDMask<SIMD8<Int64>>(repeating: true)
    for _ in 0..<60 {
      let (c, s) = cosineAndSine(turns: span * (0.5 / .pi))
      let sine = start.sine * c + start.cosine * s
      let cosine = start.cosine * c - start.sine * s
      let value = span - e * (sine - start.sine) - mean
      high.replace(with: span, where: value .> 0)
      low.replace(with: span, where: value .<= 0)
      var next = span - value / (1 - e * cosine)
      next.replace(with: 0.5 * (low + high), where: (next .< low) .| (next .> high))
      let change = f64x8_abs(next - span)
      span.replace(with: next, where: isOpen)
      isOpen .&= change .> 1e-13 * span
      if !any(isOpen) { break }
    }
    return span
  }

  /// At parts of the way to the end, counted in eccentric anomaly.
  func place(_ part: Lanes) -> Place {
    let span = part * end
    let (c, s) = cosineAndSine(turns: span * (0.5 / .pi))
    let cosine = start.cosine * c - start.sine * s
    let sine = start.sine * c + start.cosine * s
    let rise = sine - start.sine
    return Place(
      anomaly: (cosine, sine), time: (span - e * rise) / meanMotion,
      phase: a * (cosine - start.cosine) + b * rise)
  }

  /// The first three derivatives of the phase by τ.
  func derivatives(_ place: Place) -> (velocity: Lanes, acceleration: Lanes, jerk: Lanes) {
    let (c, s) = place.anomaly
    let inverse = 1 / (1 - e * c)
    let speed = meanMotion * inverse
    let velocity = (b * c - a * s) * speed
    let pull = speed * speed * inverse
    let position = a * (c - e) + b * s
    return (
      velocity, -pull * position, -pull * (velocity - 3 * position * e * s * speed * inverse)
    )
  }
}

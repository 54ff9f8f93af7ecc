import Foundation

/// The Kepler orbit of one body about another.
///
/// Angles in radians, in [0, 2π); where the orbit lies in the plane z = 0, Ω is 0, and where it is a circle,
/// ω is 0.
///
/// Reference: Murray & Dermott (1999), Solar System Dynamics, §2.8.
public struct OrbitalElements: Sendable, Equatable {
  /// a, negative for hyperbolas.
  public var semimajorAxis: Double
  /// e, not 1.
  public var eccentricity: Double
  /// i, in [0, π].
  public var inclination: Double
  /// Ω.
  public var ascendingNode: Double
  /// ω.
  public var pericentreArgument: Double
  /// M; of a hyperbola any number.
  public var meanAnomaly: Double

  public init(
    semimajorAxis: Double, eccentricity: Double, inclination: Double = 0, ascendingNode: Double = 0,
    pericentreArgument: Double = 0, meanAnomaly: Double = 0
  ) {
    self.semimajorAxis = semimajorAxis
    self.eccentricity = eccentricity
    self.inclination = inclination
    self.ascendingNode = ascendingNode
    self.pericentreArgument = pericentreArgument
    self.meanAnomaly = meanAnomaly
  }

  /// Of a relative position and velocity; nil for a parabola and a fall in a straight line.
  ///
  /// - Parameter strength: G times the sum of the masses.
  public init?(position r: SIMD3<Double>, velocity v: SIMD3<Double>, strength: Double) {
    let distance = length(r)
    let h = cross(r, v)
    let energy = dot(v, v) / 2 - strength / distance
    guard energy != 0, energy.isFinite, length(h) > 0 else { return nil }
    semimajorAxis = -strength / (2 * energy)
    let radial = dot(r, v)
    // e cos E and e sin E, or cosh and sinh: what is left of 1 loses no digits.
    let cosine = 1 - distance / semimajorAxis
    let root = (strength * abs(semimajorAxis)).squareRoot()
    let sine = radial / root
    eccentricity =
      semimajorAxis > 0
      ? hypot(cosine, sine) : (1 + dot(h, h) / (strength * -semimajorAxis)).squareRoot()
    guard eccentricity != 1 else { return nil }
    if semimajorAxis > 0 {
      meanAnomaly = wrapped(atan2(sine, cosine) - sine)
    } else {
      let anomaly = asinh(sine / eccentricity)
      meanAnomaly = sine - anomaly
    }
    let tilt = hypot(h.x, h.y)
    inclination = atan2(tilt, h.z)
    ascendingNode = tilt > 0 ? wrapped(atan2(h.x, -h.y)) : 0
    let node = SIMD3(cos(ascendingNode), sin(ascendingNode), 0)
    let across = cross(h / length(h), node)
    let latitude = atan2(dot(r, across), dot(r, node))
    let trueAnomaly = atan2(
      radial * length(h) / strength, dot(h, h) / strength - distance)
    if eccentricity > 0 {
      pericentreArgument = wrapped(latitude - trueAnomaly)
    } else {
      pericentreArgument = 0
      meanAnomaly = wrapped(latitude)
    }
  }

  /// The relative position and velocity.
  ///
  /// - Parameter strength: G times the sum of the masses.
  public func state(strength: Double) -> (position: SIMD3<Double>, velocity: SIMD3<Double>) {
    let (a, e) = (semimajorAxis, eccentricity)
    precondition(a > 0 ? (0..<1).contains(e) : a < 0 && e > 1)
    let motion = (strength / abs(a)).squareRoot()
    let x: Double
    let y: Double
    let vx: Double
    let vy: Double
    if a > 0 {
      let anomaly = Self.eccentricAnomaly(meanAnomaly, e)
      let (c, s) = (cos(anomaly), sin(anomaly))
      let width = ((1 - e) * (1 + e)).squareRoot()
      (x, y) = (a * (c - e), a * width * s)
      (vx, vy) = (-motion * s / (1 - e * c), motion * width * c / (1 - e * c))
    } else {
      let anomaly = Self.hyperbolicAnomaly(meanAnomaly, e)
      let (c, s) = (cosh(anomaly), sinh(anomaly))
      let width = ((e - 1) * (e + 1)).squareRoot()
      (x, y) = (a * (c - e), -a * width * s)
      (vx, vy) = (-motion * s / (e * c - 1), motion * width * c / (e * c - 1))
    }
    let (co, so) = (cos(ascendingNode), sin(ascendingNode))
    let (cw, sw) = (cos(pericentreArgument), sin(pericentreArgument))
    let (ci, si) = (cos(inclination), sin(inclination))
    let towards = SIMD3(co * cw - so * sw * ci, so * cw + co * sw * ci, sw * si)
    let across = SIMD3(-co * sw - so * cw * ci, -so * sw + co * cw * ci, cw * si)
    return (x * towards + y * across, vx * towards + vy * across)
  }

  /// E from Kepler's equation E − e sin E = M, by Newton within shrinking bounds.
  public static func eccentricAnomaly(_ meanAnomaly: Double, _ e: Double) -> Double {
    let turns = (meanAnomaly / (2 * .pi)).rounded()
    let mean = meanAnomaly - 2 * .pi * turns
    let sign = mean < 0 ? -1.0 : 1.0
    // Rises on [|M|, |M| + e].
    return sign
      * root(in: (abs(mean), abs(mean) + e)) { anomaly in
        (anomaly - e * sin(anomaly) - abs(mean), 1 - e * cos(anomaly))
      } + 2 * .pi * turns
  }

  /// F from e sinh F − F = M.
  public static func hyperbolicAnomaly(_ meanAnomaly: Double, _ e: Double) -> Double {
    let size = abs(meanAnomaly)
    let sign = meanAnomaly < 0 ? -1.0 : 1.0
    // e sinh F − F ≥ (e − 1) sinh F.
    return sign
      * root(in: (0, asinh(size / (e - 1)))) { anomaly in
        (e * sinh(anomaly) - anomaly - size, e * cosh(anomaly) - 1)
      }
  }
}

/// Of a function that rises between the bounds, by Newton's steps and halving where those leave them.
private func root(
  in bounds: (Double, Double), _ function: (Double) -> (value: Double, slope: Double)
) -> Double {
  var (low, high) = bounds
  var x = high
  for _ in 0..<200 {
    let (value, slope) = function(x)
    if value == 0 { return x }
    if value > 0 { high = x } else { low = x }
    var next = x - value / slope
    if !(next >= low && next <= high) { next = 0.5 * (low + high) }
    if abs(next - x) <= 1e-16 * abs(next) { return next }
    x = next
  }
  return x
}

extension GravitySystem {
  /// The orbit of body `second` about body `first`, as if they were alone.
  public func elements(
    of second: Int, about first: Int, gravitationalConstant: Double = 1
  ) -> OrbitalElements? {
    OrbitalElements(
      position: (positions[second] - positions[first])
        + (positionRemainders[second] - positionRemainders[first]),
      velocity: (velocities[second] - velocities[first])
        + (velocityRemainders[second] - velocityRemainders[first]),
      strength: gravitationalConstant * (masses[first] + masses[second]))
  }
}

func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }
func length(_ a: SIMD3<Double>) -> Double { dot(a, a).squareRoot() }
func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}
/// To [0, 2π).
private func wrapped(_ angle: Double) -> Double {
  let turned = angle - 2 * .pi * (angle / (2 * .pi)).rounded(.down)
  return turned < 2 * .pi ? turned : 0
}

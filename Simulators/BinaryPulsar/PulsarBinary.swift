import Foundation

/// A pulsar in a binary, at the moment when an observation of it begins.
///
/// Along the line of sight, r_l = a_p sin i (1 − e²) sin(ω + f) / (1 + e cos f) with a_p the semi-major axis
/// of the pulsar's own orbit about the centre of mass.
///
/// Reference: Bagchi, Lorimer & Wolfe (2013), MNRAS 432, 1303, §2.
public struct PulsarBinary: Sendable, Equatable {
  /// m₁, of the pulsar, solar masses.
  public var pulsarMass: Double
  /// m₂, of the companion, solar masses.
  public var companionMass: Double
  /// P_s, seconds.
  public var spinPeriod: Double
  /// P_b, days.
  public var orbitalPeriod: Double
  /// e, within 0…0.95.
  public var eccentricity: Double
  /// i between the orbit's plane and the sky, degrees; 90 is edge on.
  public var inclination: Double
  /// ω from the ascending node to periastron, degrees.
  public var periastronArgument: Double
  /// f₀ where the observation begins, degrees.
  public var trueAnomaly: Double

  public init(
    pulsarMass: Double, companionMass: Double, spinPeriod: Double, orbitalPeriod: Double,
    eccentricity: Double = 0, inclination: Double = 90, periastronArgument: Double = 0,
    trueAnomaly: Double = 0
  ) {
    self.pulsarMass = pulsarMass
    self.companionMass = companionMass
    self.spinPeriod = spinPeriod
    self.orbitalPeriod = orbitalPeriod
    self.eccentricity = eccentricity
    self.inclination = inclination
    self.periastronArgument = periastronArgument
    self.trueAnomaly = trueAnomaly
  }

  /// G M☉, m³ s⁻²: G = 6.67384e-11 (CODATA 2010) times 1.98892e30 kg, which published tables of the
  /// factors take. The nominal 1.3271244e20 makes orbits, and so all phases, 6.25e-5 smaller.
  public static let solarMassParameter = 6.673_84e-11 * 1.988_92e30
  /// c, m s⁻¹.
  public static let speedOfLight = 299_792_458.0

  /// a_p, semi-major axis of the pulsar's orbit about the centre of mass, metres.
  public var semimajorAxis: Double {
    let total = pulsarMass + companionMass
    let motion = 2 * Double.pi / (86_400 * orbitalPeriod)
    return cbrt(Self.solarMassParameter * total / (motion * motion)) * companionMass / total
  }

  /// - Throws: `PulsarError` for the first property that is out of range.
  func check() throws(PulsarError) {
    func require(
      _ name: String, _ value: Double, _ range: ClosedRange<Double>, _ expected: String
    ) throws(PulsarError) {
      guard range.contains(value) else { throw PulsarError(name, value, expected: expected) }
    }
    try require("m1_Msun", pulsarMass, 0.01...100, "a mass within 0.01…100 solar masses")
    try require("m2_Msun", companionMass, 1e-6...1e4, "a mass within 1e-6…1e4 solar masses")
    try require("Ps_s", spinPeriod, 1e-4...1000, "a spin period within 1e-4…1000 s")
    try require("Pb_d", orbitalPeriod, 1e-4...1e6, "an orbital period within 1e-4…1e6 days")
    try require("e", eccentricity, 0...0.95, "an eccentricity within 0…0.95")
    try require("inc_deg", inclination, 0...180, "an inclination within 0…180 degrees")
    try require("omega_deg", periastronArgument, -360...720, "an angle within −360…720 degrees")
    try require("f0_deg", trueAnomaly, -360...720, "an angle within −360…720 degrees")
  }
}

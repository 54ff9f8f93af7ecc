import Foundation
import Probability

/// Orbital degradation factors of pulsars in binaries, for training sets of surrogates.
///
/// Parameters in the order of ``parameterNames``: the harmonic m (rounded to the nearest integer, as priors
/// are continuous), the observation's length T in seconds, masses of pulsar and companion in solar masses, the
/// spin period in seconds, ω and i in degrees, e, the orbital period in days, and the true anomaly where the
/// observation begins, in degrees. The signal is the factors asked for, `[factors]`.
public struct DegradationSimulator: Simulator {
  public static let parameterNames = [
    "m", "T_s", "m1_Msun", "m2_Msun", "Ps_s", "omega_deg", "inc_deg", "e", "Pb_d", "f0_deg",
  ]

  public let factors: [DegradationFactor]

  public init(_ factors: [DegradationFactor]) {
    precondition(!factors.isEmpty)
    self.factors = factors
  }

  public var parameterNames: [String] { Self.parameterNames }
  public var signalCount: Int { factors.count }

  /// The binary and its observation, from parameters in the order of ``parameterNames``.
  ///
  /// - Throws: `PulsarError` for what is out of range.
  public static func degradation(of theta: [Double]) throws(PulsarError) -> OrbitalDegradation {
    let (binary, harmonic) = try observed(theta)
    return try OrbitalDegradation(binary, duration: theta[1], harmonic: harmonic)
  }

  /// `OrbitalDegradation.dopplerCycles` of parameters in the order of ``parameterNames``, at a small part of the cost
  /// of a factor.
  ///
  /// - Throws: `PulsarError` for what is out of range.
  public static func dopplerCycles(of theta: [Double]) throws(PulsarError) -> Double {
    let (binary, harmonic) = try observed(theta)
    return try OrbitalDegradation.dopplerCycles(
      of: binary, duration: theta[1], harmonic: harmonic)
  }

  private static func observed(
    _ theta: [Double]
  ) throws(PulsarError) -> (binary: PulsarBinary, harmonic: Int) {
    precondition(theta.count == parameterNames.count)
    guard let harmonic = Int(exactly: theta[0].rounded()) else {
      throw PulsarError("m", theta[0], expected: "a harmonic within 1…1000")
    }
    return (
      PulsarBinary(
        pulsarMass: theta[2], companionMass: theta[3], spinPeriod: theta[4],
        orbitalPeriod: theta[8], eccentricity: theta[7], inclination: theta[6],
        periastronArgument: theta[5], trueAnomaly: theta[9]), harmonic
    )
  }

  public func signal(
    of theta: [Double], into signal: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) throws(SimulationFailure) {
    let degradation: OrbitalDegradation
    do {
      degradation = try Self.degradation(of: theta)
    } catch {
      // Without the value, failures are counted together.
      throw SimulationFailure("\(error.name) is not \(error.expected)")
    }
    for (index, factor) in factors.enumerated() {
      signal[index] = Float(degradation.value(of: factor))
    }
  }
}

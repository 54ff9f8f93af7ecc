import Foundation

/// How much a search for a pulsar loses to its orbit.
///
/// γ is the part of the amplitude of the m-th harmonic that is left in one bin of the spectrum after the
/// search has taken a velocity off (γ₁), an acceleration as well (γ₂), a jerk as well (γ₃). With
/// ω_p = 2π / P_s,
///
///     γ = |(1/T) ∫₀ᵀ exp{i m ω_p [r_l(t) − r_l(0) − p(t)] / c} dt|,  p = vt + at²/2 + jt³/6.
///
/// Factors are exact to 1e-8. Maxima are global: what is not searched is excluded by bounds, and but for steep
/// polynomials on the line these are no estimates (see ``LineSearch`` and ``FreeSearch``).
///
/// References: Johnston & Kulkarni (1991), ApJ 368, 504; Bagchi, Lorimer & Wolfe (2013), MNRAS 432, 1303.
public struct OrbitalDegradation: Sendable {
  /// Which velocities, accelerations and jerks the search tries.
  public enum Definition: Sendable, CaseIterable {
    /// The orbit's own at one time t* in [0, T], the best one: the published definition.
    ///
    /// As p counts from the beginning of the observation and not from t*, more terms are not always better.
    case line
    /// All of them, independently.
    case free
  }

  /// The most `dopplerCycles` that are taken.
  public static let maximumDopplerCycles = 200.0

  /// T (v_max − v_min) m / (c P_s): the bins of the spectrum over which the orbit spreads the harmonic.
  public let dopplerCycles: Double
  private let landscape: PhaseLandscape

  /// - Parameters:
  ///   - duration: T, seconds, at most 100 orbital periods.
  ///   - harmonic: m, 1…1000.
  /// - Throws: `PulsarError` for what is out of range, and where the orbit spreads the harmonic over more
  ///   than `maximumDopplerCycles` bins.
  public init(_ binary: PulsarBinary, duration: Double, harmonic: Int = 1) throws(PulsarError) {
    dopplerCycles = try Self.dopplerCycles(of: binary, duration: duration, harmonic: harmonic)
    landscape = PhaseLandscape(
      LineOfSightMotion(binary, duration: duration, harmonic: harmonic))
  }

  /// ``dopplerCycles`` without what the factors need; throws what the initialiser throws.
  public static func dopplerCycles(
    of binary: PulsarBinary, duration: Double, harmonic: Int = 1
  ) throws(PulsarError) -> Double {
    try binary.check()
    guard (1...1000).contains(harmonic) else {
      throw PulsarError("m", Double(harmonic), expected: "a harmonic within 1…1000")
    }
    let longest = 100 * 86_400 * binary.orbitalPeriod
    guard duration > 0, duration <= longest else {
      throw PulsarError(
        "T_s", duration, expected: "a time above 0 s and up to 100 orbital periods, \(longest) s")
    }
    let motion = LineOfSightMotion(binary, duration: duration, harmonic: harmonic)
    let (least, most) = motion.velocityRange
    let cycles = (most - least) / (2 * Double.pi)
    guard cycles <= maximumDopplerCycles else {
      throw PulsarError(
        "T_s", duration,
        expected: "a time in which the orbit spreads the harmonic over at most "
          + "\(maximumDopplerCycles) bins of the spectrum, not \(cycles)")
    }
    return cycles
  }

  /// γ₀ of a search that takes nothing off: p = 0.
  ///
  /// Complexity: O(n), n the cycles of the harmonic's phase that the orbit makes.
  public func gamma0() -> Double {
    var landscape = landscape
    return min(1, landscape.moments(-landscape.reference).factor)
  }

  /// γ₁ of a search over velocities.
  ///
  /// Complexity: O(n²), n = `dopplerCycles` + 1.
  public func gamma1(_ definition: Definition) -> Double { gamma(1, definition) }

  /// γ₂ of a search over velocities and accelerations.
  ///
  /// Complexity: O(n²) on the line, up to O(n³) free.
  public func gamma2(_ definition: Definition) -> Double { gamma(2, definition) }

  /// γ₃ of a search over velocities, accelerations and jerks.
  ///
  /// Complexity: O(n²) on the line, up to O(n⁴) free. At n = 100 a line may take a second where the observation
  /// holds the periastron of an eccentric orbit, as the orbit's own jerk there sweeps over all phases.
  public func gamma3(_ definition: Definition) -> Double { gamma(3, definition) }

  private func gamma(_ degree: Int, _ definition: Definition) -> Double {
    switch definition {
    case .line:
      var search = LineSearch(landscape, degree: degree)
      return min(1, search.largest())
    case .free:
      var search = FreeSearch(landscape, degree: degree)
      return min(1, search.largest())
    }
  }
}

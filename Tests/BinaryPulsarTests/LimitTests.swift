import BinaryPulsar
import Foundation
import Testing

/// Orbits whose factors are known in closed form.
@Suite struct LimitTests {
  /// The phase amplitude x = m ω_p a_p sin i / c of a circular orbit.
  private func amplitude(_ binary: PulsarBinary) -> Double {
    2 * .pi / binary.spinPeriod / PulsarBinary.speedOfLight * binary.semimajorAxis
      * sin(binary.inclination * .pi / 180)
  }

  /// ∫ exp(ix sin θ) over whole turns is J₀(x); with a velocity of k bins taken off, J_k(x).
  @Test(arguments: [1, 2, 7])
  func circularOverWholeOrbits(orbits: Int) throws {
    for (inclination, spin) in [(2.0, 0.5), (10, 0.3), (70, 1.1), (90, 0.2)] {
      let binary = PulsarBinary(
        pulsarMass: 1.4, companionMass: 0.3, spinPeriod: spin, orbitalPeriod: 0.1,
        inclination: inclination, periastronArgument: 33, trueAnomaly: 120)
      let degradation = try OrbitalDegradation(binary, duration: 8640 * Double(orbits))
      let x = amplitude(binary)
      #expect(abs(degradation.gamma0() - abs(j0(x))) < 1e-9)
      // Velocities between whole bins can only be better.
      let bins = (0...Int(x) + 2).map { abs(jn(Int32($0), x)) }.max()!
      #expect(degradation.gamma1(.free) > bins - 1e-9)
      #expect(degradation.gamma1(.line) > bins - 1e-9 || bins == abs(jn(0, x)))
    }
  }

  /// What is left of a short observation is the next term of Taylor's series, less its own best fit: a
  /// phase cτⁿ has the variance c² (n!)⁴ / ((2n)!² (2n + 1)), and 1 − γ is half of it.
  @Test(arguments: [0.0, 0.3, 0.7])
  func shortObservations(eccentricity: Double) throws {
    let binary = PulsarBinary(
      pulsarMass: 1.4, companionMass: 1, spinPeriod: 0.01, orbitalPeriod: 1,
      eccentricity: eccentricity, inclination: 60, periastronArgument: 40, trueAnomaly: 80)
    for duration in [200.0, 300, 400] {
      let degradation = try OrbitalDegradation(binary, duration: duration)
      let orbit = DirectOrbit(binary, duration: duration, steps: 1)
      let (_, a, j) = orbit.derivatives(duration / 2)
      let second = orbit.scale * a * duration * duration / 2
      let third = orbit.scale * j * pow(duration, 3) / 6
      let one = 1 - degradation.gamma1(.free)
      #expect(abs(one / (second * second / 360) - 1) < 0.02 + second * second / 100)
      let two = 1 - degradation.gamma2(.free)
      if third * third / 5600 > 1e-10 {
        #expect(abs(two / (third * third / 5600) - 1) < 0.05)
      } else {
        #expect(two < 2e-9)
      }
    }
    let instant = try OrbitalDegradation(binary, duration: 1e-3)
    for factor in DegradationFactor.allCases { #expect(abs(instant.value(of: factor) - 1) < 1e-6) }
  }

  /// Seen face on, nothing moves.
  @Test func faceOn() throws {
    let binary = PulsarBinary(
      pulsarMass: 1.4, companionMass: 1, spinPeriod: 0.002, orbitalPeriod: 0.02, eccentricity: 0.6,
      inclination: 0)
    let degradation = try OrbitalDegradation(binary, duration: 3000, harmonic: 4)
    #expect(degradation.dopplerCycles == 0)
    for factor in DegradationFactor.allCases {
      #expect(abs(degradation.value(of: factor) - 1) < 1e-12)
    }
  }

  /// γ₀ of thousands of cycles, against ten nodes to each.
  @Test func manyCycles() throws {
    let binary = PulsarBinary(
      pulsarMass: 1.4, companionMass: 1, spinPeriod: 0.003, orbitalPeriod: 0.3, eccentricity: 0.4,
      inclination: 80, periastronArgument: 200, trueAnomaly: 50)
    let degradation = try OrbitalDegradation(binary, duration: 1500)
    let orbit = DirectOrbit(binary, duration: 1500, steps: 40_000)
    #expect(abs(degradation.gamma0() - orbit.factor(0, 0, 0)) < 1e-9)
  }
}

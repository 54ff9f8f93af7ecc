import BinaryPulsar
import Foundation
import Probability
import Testing

@Suite struct SymmetryTests {
  private let binaries: [(PulsarBinary, duration: Double)] = (0..<12).map { index in
    var stream = RandomStream(seed: 7, purpose: .simulation, index: UInt64(index))
    func draw(_ low: Double, _ high: Double) -> Double { low + (high - low) * stream.uniform() }
    let binary = PulsarBinary(
      pulsarMass: draw(1.2, 2), companionMass: draw(0.1, 3), spinPeriod: draw(0.05, 0.5),
      orbitalPeriod: draw(0.05, 0.2), eccentricity: draw(0, 0.8), inclination: draw(5, 85),
      periastronArgument: draw(0, 360), trueAnomaly: draw(0, 360))
    return (binary, draw(100, 1500))
  }

  /// More freedom, more signal, never more than all; and the line is one choice of the free ones.
  @Test func order() throws {
    for (binary, duration) in binaries {
      let degradation = try OrbitalDegradation(binary, duration: duration)
      let free = [degradation.gamma1(.free), degradation.gamma2(.free), degradation.gamma3(.free)]
      let line = [degradation.gamma1(.line), degradation.gamma2(.line), degradation.gamma3(.line)]
      #expect(degradation.gamma0() <= free[0] + 1e-8)
      #expect(free[0] <= free[1] + 1e-8 && free[1] <= free[2] + 1e-8 && free[2] <= 1)
      for (one, other) in zip(line, free) { #expect(one <= other + 1e-8 && one > 0) }
    }
  }

  /// A circle has no periastron: only ω + f₀ counts.
  @Test func circleHasNoPeriastron() throws {
    for (binary, duration) in binaries {
      var (one, other) = (binary, binary)
      (one.eccentricity, other.eccentricity) = (0, 0)
      other.periastronArgument += 77
      other.trueAnomaly -= 77
      expectEqual(one, duration, other, duration, DegradationFactor.allCases.dropLast())
    }
  }

  /// Backwards in time the mirrored orbit, ω → 180° − ω and f → −f, is run from the end; polynomials
  /// through the beginning become others, but velocities do not.
  @Test func timeReversal() throws {
    for (binary, duration) in binaries {
      let orbit = DirectOrbit(binary, duration: duration, steps: 1)
      var reversed = binary
      reversed.periastronArgument = 180 - binary.periastronArgument
      let end = -orbit.trueAnomaly(duration) * 180 / .pi
      reversed.trueAnomaly = end - 360 * (end / 360).rounded(.down)
      expectEqual(
        binary, duration, reversed, duration, [.gamma0, .gamma1Line, .gamma1Free, .gamma2Free])
    }
  }

  /// The far side of the sky, and a harmonic that is another pulsar's fundamental.
  @Test func equivalents() throws {
    for (binary, duration) in binaries {
      var other = binary
      other.inclination = 180 - binary.inclination
      expectEqual(binary, duration, other, duration, [.gamma0, .gamma1Line, .gamma2Line])
      other = binary
      other.spinPeriod /= 3
      let one = try OrbitalDegradation(binary, duration: duration, harmonic: 3)
      let fundamental = try OrbitalDegradation(other, duration: duration)
      #expect(abs(one.gamma3(.line) - fundamental.gamma3(.line)) < 1e-8)
    }
  }

  private func expectEqual(
    _ one: PulsarBinary, _ duration: Double, _ other: PulsarBinary, _ otherDuration: Double,
    _ factors: some Sequence<DegradationFactor>
  ) {
    for factor in factors {
      #expect(throws: Never.self) {
        let value = try OrbitalDegradation(one, duration: duration).value(of: factor)
        let again = try OrbitalDegradation(other, duration: otherDuration).value(of: factor)
        #expect(abs(value - again) < 1e-7, "\(factor): \(value), \(again) of \(one)")
      }
    }
  }
}

import BinaryPulsar
import Foundation
import Testing

/// Maxima against plain searches of fine grids, which can only be lower, and by what is between the samples.
@Suite struct SearchTests {
  static let binaries: [(binary: PulsarBinary, duration: Double, harmonic: Int)] = [
    (
      PulsarBinary(
        pulsarMass: 1.4, companionMass: 0.5, spinPeriod: 0.1, orbitalPeriod: 0.02,
        eccentricity: 0.5, inclination: 60, periastronArgument: 250, trueAnomaly: 150), 900, 1
    ),
    (
      PulsarBinary(
        pulsarMass: 1.7, companionMass: 1.5, spinPeriod: 0.4, orbitalPeriod: 0.03,
        eccentricity: 0.75, inclination: 40, periastronArgument: 10, trueAnomaly: 200), 1500, 2
    ),
    (
      PulsarBinary(
        pulsarMass: 1.3, companionMass: 0.2, spinPeriod: 0.02, orbitalPeriod: 0.3,
        eccentricity: 0.1, inclination: 75, periastronArgument: 100, trueAnomaly: 0), 2000, 1
    ),
    (
      PulsarBinary(
        pulsarMass: 1.5, companionMass: 0.8, spinPeriod: 0.9, orbitalPeriod: 0.01,
        inclination: 50, trueAnomaly: 90), 2500, 3
    ),
  ]

  @Test(arguments: binaries) func line(
    binary: PulsarBinary, duration: Double, harmonic: Int
  ) throws {
    let degradation = try OrbitalDegradation(binary, duration: duration, harmonic: harmonic)
    let orbit = DirectOrbit(binary, duration: duration, harmonic: harmonic, steps: 1000)
    let step = duration / 1000
    for (degree, exact) in [
      degradation.gamma1(.line), degradation.gamma2(.line), degradation.gamma3(.line),
    ].enumerated() {
      func factor(_ time: Double) -> Double {
        let (v, a, j) = orbit.derivatives(time)
        return orbit.factor(v, degree > 0 ? a : 0, degree > 1 ? j : 0)
      }
      let coarse = (0...1000).map { (value: factor(step * Double($0)), time: step * Double($0)) }
      // The highest again, at fifty times between their neighbours.
      let best = coarse.sorted { $0.value > $1.value }.prefix(20).flatMap { place in
        (-25...25).map {
          factor(min(duration, max(0, place.time + step * Double($0) / 25)))
        }
      }.max()!
      #expect(exact > best - 1e-6 && exact < best + 1e-3, "γ\(degree + 1): \(exact), \(best)")
    }
  }

  @Test(arguments: binaries) func freeVelocity(
    binary: PulsarBinary, duration: Double, harmonic: Int
  ) throws {
    let degradation = try OrbitalDegradation(binary, duration: duration, harmonic: harmonic)
    let orbit = DirectOrbit(binary, duration: duration, harmonic: harmonic, steps: 1000)
    let velocities = (0...100).map { orbit.derivatives(duration * Double($0) / 100).0 }
    let bin = 2 * Double.pi / (orbit.scale * duration)
    // Five bins on either side, twenty samples to each.
    let low = velocities.min()! - 5 * bin
    let count = Int(20 * ((velocities.max()! - low) / bin + 5))
    let sampled = (0...count).map { orbit.factor(low + bin * Double($0) / 20, 0, 0) }.max()!
    let exact = degradation.gamma1(.free)
    #expect(exact > sampled - 1e-6 && exact < sampled + 0.002, "\(exact), \(sampled)")
  }

  /// Near periastron the acceleration sweeps past its best value in a hundredth of the observation: an even
  /// grid of 500 times misses a quarter of γ₂.
  @Test func narrowPeak() throws {
    let binary = PulsarBinary(
      pulsarMass: 1.396008, companionMass: 2.590973, spinPeriod: 0.67014577,
      orbitalPeriod: 0.06964931,
      eccentricity: 0.742273, inclination: 74.05836, periastronArgument: 306.46718,
      trueAnomaly: 234.13039)
    let degradation = try OrbitalDegradation(binary, duration: 2512.6566, harmonic: 2)
    let exact = degradation.gamma2(.line)
    let orbit = DirectOrbit(binary, duration: 2512.6566, harmonic: 2, steps: 3000)
    func sampled(_ count: Int, from: Double, to: Double) -> Double {
      (0...count).map { index in
        let (v, a, _) = orbit.derivatives(
          orbit.duration * (from + (to - from) * Double(index) / Double(count)))
        return orbit.factor(v, a, 0)
      }.max()!
    }
    #expect(sampled(500, from: 0, to: 1) < exact - 0.1)
    let close = sampled(1000, from: 0.26, to: 0.27)
    #expect(exact > close - 1e-6 && exact < close + 1e-3)
  }

  /// Maxima among polynomials a hundred times as steep as the orbit itself: long before periastron, and where the
  /// observation begins, on a plateau.
  @Test(arguments: [
    (
      PulsarBinary(
        pulsarMass: 1.33258128, companionMass: 0.17339046, spinPeriod: 0.01510351,
        orbitalPeriod: 0.35550653, eccentricity: 0.79790484, inclination: 68.406537,
        periastronArgument: 280.40750548, trueAnomaly: 16.16306704), 2373.5163657, 2, 0.004,
      0.0041
    ),
    (
      PulsarBinary(
        pulsarMass: 1.45517280, companionMass: 0.64200606, spinPeriod: 0.017146344,
        orbitalPeriod: 0.010893580, eccentricity: 0.42234264, inclination: 58.206952,
        periastronArgument: 56.1650025, trueAnomaly: 6.5675259), 424.068865, 2, 0.0, 0.00012
    ),
  ])
  func steepPeak(
    binary: PulsarBinary, duration: Double, harmonic: Int, from: Double, to: Double
  ) throws {
    let exact = try OrbitalDegradation(binary, duration: duration, harmonic: harmonic).gamma3(.line)
    let orbit = DirectOrbit(binary, duration: duration, harmonic: harmonic, steps: 30_000)
    func factor(_ part: Double) -> Double {
      let (v, a, j) = orbit.derivatives(duration * part)
      return orbit.factor(v, a, j)
    }
    // Nothing is higher, and the highest of a few finer and finer samples is as high.
    for index in 0...100 { #expect(factor(Double(index) / 100) < exact + 1e-7) }
    var (best, place, width) = (0.0, 0.0, to - from)
    for round in 0..<4 {
      let start = round == 0 ? from : max(from, place - width / 2)
      for index in 0...30 {
        let part = start + width * Double(index) / 30
        let value = factor(part)
        if value > best { (best, place) = (value, part) }
      }
      width /= 10
    }
    #expect(abs(exact - best) < 1e-7, "\(exact), \(best) at \(place)")
  }
}

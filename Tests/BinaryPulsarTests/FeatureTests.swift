import BinaryPulsar
import Foundation
import Probability
import Testing

@Suite struct FeatureTests {
  /// Parameters in the order of the simulator's; T is a few hours of orbits of days.
  private let orbits: [[Double]] = (0..<11).map { index in
    var stream = RandomStream(seed: 3, purpose: .simulation, index: UInt64(index))
    func draw(_ low: Double, _ high: Double) -> Double { low + (high - low) * stream.uniform() }
    return [
      Double(1 + index % 4), draw(500, 3000), draw(1.2, 2), draw(0.1, 3), draw(0.1, 1),
      draw(0, 360), draw(5, 85), draw(0, 0.8), draw(0.05, 0.5), draw(0, 360),
    ]
  }

  private let factors: [DegradationFactor] = [
    .gamma0, .gamma1Line, .gamma2Line, .gamma3Line, .gamma2Free, .gamma3Free,
  ]

  private func features(_ orbit: [Double]) -> [String: Double] {
    Dictionary(
      uniqueKeysWithValues: zip(
        DegradationFeatures.names(factors), DegradationFeatures.features(of: orbit, for: factors)))
  }

  @Test func rowsDoNotSeeEachOther() {
    let count = DegradationFeatures.names(factors).count
    let together = DegradationFeatures.features(of: orbits.flatMap(\.self), for: factors)
    #expect(together.count == orbits.count * count)
    #expect(together.allSatisfy { $0.isFinite })
    for (row, orbit) in orbits.enumerated() {
      #expect(
        DegradationFeatures.features(of: orbit, for: factors)
          == Array(together[row * count..<(row + 1) * count]))
    }
  }

  /// The orbit on its own way: places by bisection of Kepler's equation.
  @Test func numbers() throws {
    for orbit in orbits {
      let path = DirectOrbit(
        try binary(orbit), duration: orbit[1], harmonic: Int(orbit[0]), steps: 1)
      let found = features(orbit)
      // cos E = (e + cos f) / (1 + e cos f).
      let f = path.trueAnomaly(orbit[1])
      let cosine = (orbit[7] + cos(f)) / (1 + orbit[7] * cos(f))
      #expect(abs(try #require(found["cos_E1"]) - cosine) < 1e-9)
      let velocities = (0...2000).map { step in
        path.derivatives(orbit[1] * Double(step) / 2000).0
      }
      let cycles =
        path.scale * orbit[1] * (velocities.max()! - velocities.min()!) / (2 * .pi)
      let spread = try #require(found["doppler_cycles"])
      #expect(spread <= cycles * (1 + 1e-6) && spread > 0.95 * cycles)
      // Logarithms have six digits.
      #expect(
        abs(try #require(found["ln_orbits"]) - log(orbit[1] / (86_400 * orbit[8]))) < 1e-5)
    }
  }

  private func binary(_ orbit: [Double]) throws -> PulsarBinary {
    PulsarBinary(
      pulsarMass: orbit[2], companionMass: orbit[3], spinPeriod: orbit[4],
      orbitalPeriod: orbit[8], eccentricity: orbit[7], inclination: orbit[6],
      periastronArgument: orbit[5], trueAnomaly: orbit[9])
  }

  /// Orbits of so many bins.
  private func population(_ bins: ClosedRange<Double>) -> [[Double]] {
    (0..<1000).compactMap { index in
      var stream = RandomStream(seed: 5, purpose: .simulation, index: UInt64(index))
      func draw(_ low: Double, _ high: Double) -> Double { low + (high - low) * stream.uniform() }
      let orbit = [
        Double(1 + index % 4), exp(draw(log(30), log(3600))), draw(1.2, 2), draw(0.1, 3),
        exp(draw(log(2e-3), 0)), draw(0, 360), acos(draw(0, 1)) * 180 / .pi, draw(0, 0.8),
        exp(draw(log(0.01), log(2))), draw(0, 360),
      ]
      guard let cycles = try? DegradationSimulator.dopplerCycles(of: orbit),
        bins.contains(cycles)
      else { return nil }
      return orbit
    }
  }

  /// Against global maxima: what a share of all orbits is estimated to; now and then, a maximum is missed.
  @Test(arguments: [
    (DegradationFactor.gamma0, 0.05...30, 0.95, 3e-3), (.gamma1Line, 0.05...30, 0.95, 2e-3),
    (.gamma1Line, 1...10, 0.75, 3e-4), (.gamma2Line, 0.05...30, 0.95, 2e-3),
    (.gamma2Line, 3...30, 0.9, 2e-3), (.gamma3Line, 0.05...30, 0.95, 2e-3),
    (.gamma1Free, 1...10, 0.75, 3e-4), (.gamma2Free, 1...10, 0.95, 1e-3),
    (.gamma3Free, 1...6, 0.95, 2e-4),
  ])
  func estimates(
    _ factor: DegradationFactor, _ bins: ClosedRange<Double>, _ share: Double, _ error: Double
  ) throws {
    let orbits = population(bins)
    #expect(orbits.count > 100)
    let estimates = DegradationFeatures.features(of: orbits.flatMap(\.self), for: [factor])
    let width = estimates.count / orbits.count
    let errors = try orbits.enumerated().map { row, orbit in
      let exact = try DegradationSimulator.degradation(of: orbit).value(of: factor)
      return abs(estimates[(row + 1) * width - 1] - exact)
    }.sorted()
    #expect(errors[Int(share * Double(errors.count))] < error)
  }

  /// The same motion away from the observer and towards him.
  @Test func mirrored() {
    for orbit in orbits {
      var mirrored = orbit
      mirrored[5] += 180
      let (one, other) = (features(orbit), features(mirrored))
      for name in DegradationFeatures.names(factors) {
        // Estimates are of six digits.
        #expect(abs(one[name]! - other[name]!) < 1e-4, "\(name)")
      }
    }
  }

  /// Edge on or not, what is seen of no motion is no motion, and nothing is lost.
  @Test func faceOn() {
    var orbit = orbits[0]
    orbit[6] = 0
    let found = features(orbit)
    #expect(found.values.allSatisfy { $0.isFinite })
    for factor in factors {
      #expect(abs(found["estimated_\(factor.rawValue)"]! - 1) < 1e-5)
    }
  }
}

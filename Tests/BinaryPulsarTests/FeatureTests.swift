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

  private func feature(_ name: String, _ orbit: [Double]) throws -> Double {
    let place = try #require(DegradationFeatures.names.firstIndex(of: name))
    return DegradationFeatures.features(of: orbit)[place]
  }

  private func direct(_ orbit: [Double]) -> DirectOrbit {
    DirectOrbit(
      PulsarBinary(
        pulsarMass: orbit[2], companionMass: orbit[3], spinPeriod: orbit[4],
        orbitalPeriod: orbit[8], eccentricity: orbit[7], inclination: orbit[6],
        periastronArgument: orbit[5], trueAnomaly: orbit[9]),
      duration: orbit[1], harmonic: Int(orbit[0]), steps: 1)
  }

  @Test func rowsDoNotSeeEachOther() {
    let count = DegradationFeatures.names.count
    let together = DegradationFeatures.features(of: orbits.flatMap(\.self))
    #expect(together.count == orbits.count * count)
    #expect(together.allSatisfy { $0.isFinite })
    for (row, orbit) in orbits.enumerated() {
      #expect(
        DegradationFeatures.features(of: orbit)
          == Array(together[row * count..<(row + 1) * count]))
    }
  }

  /// Phases on their own way: Legendre coefficients by Simpson's rule, derivatives by the published formulas.
  @Test func phases() throws {
    for orbit in orbits {
      let path = direct(orbit)
      let (duration, steps) = (orbit[1], 4000)
      func phase(_ t: Double) -> Double {
        path.scale * (path.position(t * duration) - path.position(0))
      }
      var sums = [Double](repeating: 0, count: 4)
      for index in 0...steps {
        let t = Double(index) / Double(steps)
        let weight = Double(index == 0 || index == steps ? 1 : index % 2 == 1 ? 4 : 2)
        let (z, value) = (2 * t - 1, weight / Double(3 * steps) * phase(t))
        for (k, p) in [1, z, (3 * z * z - 1) / 2, (5 * z * z * z - 3 * z) / 2].enumerated() {
          sums[k] += value * p * Double(2 * k + 1).squareRoot()
        }
      }
      let sign = sums[2] < 0 ? -1.0 : 1
      // Logarithms have six digits.
      func expect(_ name: String, _ value: Double, _ tolerance: Double = 1e-5) throws {
        let found = try feature(name, orbit)
        #expect(abs(found - value) < tolerance, "\(name)")
      }
      try expect("c2", asinh(sign * sums[2]))
      try expect("c3", asinh(sign * sums[3]))
      try expect("sqrt_c2", abs(sums[2]).squareRoot(), 1e-4)
      let (velocity, acceleration, jerk) = path.derivatives(0)
      let first = velocity * duration * path.scale
      try expect("v0", asinh(sign * (first - 2 * 3.0.squareRoot() * sums[1])))
      try expect("a0", asinh(sign * acceleration * duration * duration * path.scale))
      try expect("j0", asinh(sign * jerk * pow(duration, 3) * path.scale))
      let line = sign * (phase(1) - first)
      try expect("line04", asinh(line))
      try expect("cos_line04", cos(line))
      try expect("sin_line04", sin(line))
      let parabola = line - sign * acceleration * duration * duration * path.scale / 2
      try expect("parabola04", asinh(parabola))
    }
  }

  /// The same motion away from the observer and towards him.
  @Test func mirrored() {
    for orbit in orbits {
      var mirrored = orbit
      mirrored[5] += 180
      for (one, other) in zip(
        DegradationFeatures.features(of: orbit), DegradationFeatures.features(of: mirrored))
      {
        #expect(abs(one - other) < 1e-6)
      }
    }
  }

  /// Edge on or not, what is seen of no motion is no motion.
  @Test func faceOn() {
    var orbit = orbits[0]
    orbit[6] = 0
    #expect(DegradationFeatures.features(of: orbit).allSatisfy { $0.isFinite })
  }
}

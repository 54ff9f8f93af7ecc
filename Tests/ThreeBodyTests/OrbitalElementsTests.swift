import Foundation
import Testing
import ThreeBody

@Suite struct OrbitalElementsTests {
  /// Elements → state → elements, ellipses and hyperbolas in all orientations.
  @Test func roundTrip() throws {
    for (a, e) in [(1.0, 0.1), (3, 0.9), (0.2, 0.999), (-2, 1.3), (-0.1, 7)] {
      for inclination in [0.3, 1.4, 2.9] {
        for angle in [0.4, 2.2, 5.5] {
          let elements = OrbitalElements(
            semimajorAxis: a, eccentricity: e, inclination: inclination, ascendingNode: angle,
            pericentreArgument: 6 - angle, meanAnomaly: angle / 2)
          let (r, v) = elements.state(strength: 2.5)
          let again = try #require(OrbitalElements(position: r, velocity: v, strength: 2.5))
          #expect(abs(again.semimajorAxis / a - 1) < 1e-11)
          #expect(abs(again.eccentricity - e) < 1e-11 * e)
          #expect(abs(again.inclination - inclination) < 1e-11)
          #expect(abs(again.ascendingNode - angle) < 1e-11)
          #expect(abs(again.pericentreArgument - (6 - angle)) < 1e-10)
          #expect(abs(again.meanAnomaly - angle / 2) < 1e-10)
        }
      }
    }
  }

  /// Where a planet is is known by simple means: distances at both ends, speeds by vis viva.
  @Test func knownPlaces() throws {
    let orbit = OrbitalElements(semimajorAxis: 2, eccentricity: 0.5, inclination: .pi / 2)
    let (r, v) = orbit.state(strength: 1)
    #expect(abs(r.x - 1) < 1e-15 && r.y == 0 && abs(r.z) < 1e-15)
    // v² = 2/r − 1/a, straight up.
    #expect(abs(v.z - (1.5).squareRoot()) < 1e-15 && abs(v.x) < 1e-15 && abs(v.y) < 1e-15)
    var far = orbit
    far.meanAnomaly = .pi
    #expect(abs(far.state(strength: 1).position.x + 3) < 1e-14)
  }

  @Test func keplersEquation() {
    for e in [0, 0.1, 0.9, 0.9999999] {
      for mean in [-7, -1e-9, 0, 1e-6, 0.5, 3, 40] {
        let anomaly = OrbitalElements.eccentricAnomaly(mean, e)
        #expect(abs(anomaly - e * sin(anomaly) - mean) < 1e-15 * max(8, 8 * abs(mean)))
      }
    }
    for e in [1.0000001, 1.5, 30] {
      for mean in [-100, -1e-9, 0, 0.3, 1e6] {
        let anomaly = OrbitalElements.hyperbolicAnomaly(mean, e)
        #expect(abs(e * sinh(anomaly) - anomaly - mean) < 1e-13 * max(1, abs(mean)))
      }
    }
  }

  @Test func degenerateOrbitsHaveNone() throws {
    #expect(OrbitalElements(position: [1, 0, 0], velocity: [1, 0, 0], strength: 1) == nil)
    #expect(
      OrbitalElements(position: [2, 0, 0], velocity: [0, 1, 0], strength: 1) == nil)
  }
}

import Foundation
import Testing
import ThreeBody

/// Events of Kepler orbits come when Kepler says; those of three bodies are what they are defined to be.
@Suite struct EventTests {
  private func path(
    _ system: GravitySystem, times: [Double], precision: IntegrationPrecision,
    _ criteria: (inout EventCriteria) -> Void
  ) throws -> Trajectory {
    var integration = GravityIntegration()
    integration.precision = precision
    var events = EventCriteria()
    criteria(&events)
    integration.events = events
    return try integration.trajectories(of: [system], times: times)[0]
  }

  @Test(arguments: IntegrationPrecision.allCases)
  func pericentres(_ precision: IntegrationPrecision) throws {
    let orbit = OrbitalElements(
      semimajorAxis: 1, eccentricity: 0.9, inclination: 0.8, ascendingNode: 1,
      pericentreArgument: 2, meanAnomaly: 2)
    let system = try Systems.binary(orbit, masses: (0.25, 0.75))
    let period = 2 * Double.pi
    let path = try path(system, times: [-2 * period, 0, 3 * period], precision: precision) {
      $0.encounterDistance = 0.2
    }
    // M = 0 at t = −2, and every period.
    let expected = [-2 - period, -2, -2 + period, -2 + 2 * period, -2 + 3 * period]
    #expect(path.events.count == 5)
    for (event, time) in zip(path.events.sorted { $0.time < $1.time }, expected) {
      #expect(abs(event.time - time) < 1e-10)
      guard case .encounter(0, 1, let distance) = event.kind else {
        Issue.record("\(event.kind)")
        continue
      }
      #expect(abs(distance - 0.1) < 1e-12)
    }
    let none = try self.path(system, times: [3 * period], precision: precision) {
      $0.encounterDistance = 0.0999
    }
    #expect(none.events.isEmpty)
  }

  @Test(arguments: IntegrationPrecision.allCases)
  func surfacesMeet(_ precision: IntegrationPrecision) throws {
    let (e, radius) = (0.8, 0.5)
    let orbit = OrbitalElements(semimajorAxis: 1, eccentricity: e, meanAnomaly: 2)
    let system = try Systems.binary(orbit, masses: (0.5, 0.5))
    // r = 1 − e cos E is the sum of the radii on the way in.
    let anomaly = 2 * Double.pi - acos((1 - radius) / e)
    let time = anomaly - e * sin(anomaly) - 2
    let path = try path(
      system, times: [0.99 * time, time - 1e-9, time + 1e-9, 20], precision: precision
    ) { $0.radii = [0.2, 0.3] }
    #expect(path.end == .collision)
    #expect(path.reached == 2)
    #expect(!path.isConverged)
    #expect(path.events.count == 1)
    #expect(path.events.first?.kind == .collision(0, 1))
    #expect(abs((path.events.first?.time ?? 0) - time) < 1e-10)
    // Smaller bodies miss each other.
    let missed = try self.path(system, times: [20], precision: precision) {
      $0.radii = [0.1, 0.0999]
    }
    #expect(missed.end == .complete && missed.events.isEmpty)
    let grazing = try self.path(system, times: [20], precision: precision) {
      $0.radii = [0.1, 0.1001]
    }
    #expect(grazing.end == .collision)
  }

  @Test(arguments: IntegrationPrecision.allCases)
  func escapes(_ precision: IntegrationPrecision) throws {
    let orbit = OrbitalElements(semimajorAxis: -1, eccentricity: 1.5, meanAnomaly: -10)
    let system = try Systems.binary(orbit, masses: (0.4, 0.6))
    // r = e cosh F − 1 = 20 on the way out; on the way in it does not count.
    let anomaly = acosh(21 / 1.5)
    let time = 1.5 * sinh(anomaly) - anomaly + 10
    let path = try path(system, times: [50], precision: precision) { $0.escapeDistance = 20 }
    #expect(path.events.map(\.kind) == [.escape(0), .escape(1)])
    for event in path.events { #expect(abs(event.time - time) < 1e-10 * time) }
    // What is bound does not escape, however far it goes.
    let bound = try Systems.binary(
      OrbitalElements(semimajorAxis: 20, eccentricity: 0.9, meanAnomaly: 0), masses: (0.4, 0.6))
    let none = try self.path(bound, times: [400], precision: precision) {
      $0.escapeDistance = 20
    }
    #expect(none.events.isEmpty)
  }

  /// Burrau's problem ends with body 1 thrown out by the other two (Szebehely & Peters 1967, AJ 72, 876).
  @Test func pythagoreanEvents() throws {
    let system = try Systems.pythagorean()
    let path = try path(system, times: [70], precision: .converged) {
      $0.encounterDistance = 0.05
      $0.escapeDistance = 8
      $0.findsExchanges = true
    }
    #expect(path.isConverged)
    let kinds = path.events.map(\.kind)
    #expect(kinds.contains(.escape(0)))
    #expect(!kinds.contains(.escape(1)) && !kinds.contains(.escape(2)))
    // Their closest encounter: 4 × 10⁻⁴ between the heavier two at t = 15.83.
    let encounters = path.events.compactMap { event -> (Double, Double, [Int])? in
      guard case .encounter(let i, let j, let distance) = event.kind else { return nil }
      return (event.time, distance, [i, j])
    }
    let closest = try #require(encounters.min { $0.1 < $1.1 })
    #expect(abs(closest.0 - 15.83) < 0.005 && closest.1 < 5e-4)
    #expect(closest.1 <= path.leastSeparation)
    let exchanges = path.events.compactMap { event -> (Double, [Int], [Int])? in
      guard case .exchange(let old, let new) = event.kind else { return nil }
      return (event.time, old, new)
    }
    #expect(exchanges.last?.2 == [1, 2])
    // Each begins where the last ended, and at its moment both pairs are as tightly bound.
    for (last, next) in zip(exchanges, exchanges.dropFirst()) { #expect(last.2 == next.1) }
    let moments = exchanges.map(\.0)
    let states = try GravityIntegration().trajectories(of: [system], times: moments)[0]
    for (index, exchange) in exchanges.enumerated() {
      let now = states.system(at: index, masses: system.masses)
      let energies = try [exchange.1, exchange.2].map { pair -> Double in
        let orbit = try #require(now.elements(of: pair[1], about: pair[0]))
        return -system.masses[pair[0]] * system.masses[pair[1]] / (2 * orbit.semimajorAxis)
      }
      #expect(abs(energies[0] - energies[1]) < 1e-9 * max(1, abs(energies[0])))
    }
  }

  @Test func badCriteriaAreNamed() throws {
    let system = try Systems.pythagorean()
    for (change, text) in [
      ({ $0.encounterDistance = 0 }, "encounter distance: found 0.0, expected above 0"),
      ({ $0.escapeDistance = .nan }, "escape distance: found nan, expected above 0"),
      ({ $0.radii = [1, 1] }, "number of radii: found 2.0, expected 3, one a body"),
      ({ $0.radii = [1, -1, 1] }, "radius: found -1.0, expected a finite number, 0 or above"),
    ] as [((inout EventCriteria) -> Void, String)] {
      let error = #expect(throws: GravityError.self) {
        _ = try path(system, times: [1], precision: .double, change)
      }
      #expect(error?.description == text)
    }
  }
}

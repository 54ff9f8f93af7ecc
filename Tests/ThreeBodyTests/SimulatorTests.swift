import Foundation
import Probability
import Testing
import ThreeBody

@Suite struct SimulatorTests {
  /// Breen et al. (2020): equal masses fall from rest, none further out than the first.
  private static var falling: SystemParameters {
    var system = SystemParameters()
    system.fixed = ["m1": 1, "m2": 1, "m3": 1, "x1": 1]
    system.parameters = ["x2", "y2"]
    system.balancesLast = true
    system.largestDistance = 1
    return system
  }

  @Test func fallingSystems() throws {
    let simulator = try GravitySimulator(Self.falling, times: [0, 1, 2])
    #expect(simulator.signalCount == 3 * 3 * 4)
    #expect(simulator.signalNames.prefix(5) == ["x1", "y1", "vx1", "vy1", "x2"])
    let theta = [[-0.2, 0.3], [-0.9, 0.9], [-0.4, 0.5], [0.5, 0.9]]
    var streams = theta.indices.map {
      RandomStream(seed: 1, purpose: .simulation, index: UInt64($0))
    }
    let signals = simulator.signals(of: theta, using: &streams)
    let reference = try GravityIntegration().trajectories(
      of: [Systems.falling(-0.2, 0.3), Systems.falling(-0.4, 0.5)], times: [0, 1, 2])
    for (draw, trajectory) in [(0, reference[0]), (2, reference[1])] {
      let signal = try signals[draw].get()
      for time in 0..<3 {
        for body in 0..<3 {
          for (place, axis) in [0, 1, 3, 4].enumerated() {
            let truth = Float(trajectory.state[(time * 3 + body) * 6 + axis])
            #expect(abs(signal[(time * 3 + body) * 4 + place] - truth) < 1e-6)
          }
        }
      }
    }
    // Further out than the first: √(0.81 + 0.81), and the third at √(1.5² + 0.9²).
    for draw in [1, 3] {
      guard case .failure(let failure) = signals[draw] else {
        Issue.record("answered outside of the region")
        continue
      }
      #expect(failure.reason == "a body beyond the largest distance")
    }
  }

  /// One draw or many: the same digits.
  @Test func companyDoesNotMatter() throws {
    let simulator = try GravitySimulator(Self.falling, times: [3.9])
    let theta = (0..<20).map { [-0.1 - 0.02 * Double($0), 0.2 + 0.01 * Double($0)] }
    var streams = theta.map { _ in RandomStream(seed: 1, purpose: .simulation) }
    let together = simulator.signals(of: theta, using: &streams)
    for draw in [0, 7, 19] {
      var signal = [Float](repeating: 0, count: simulator.signalCount)
      try signal.withUnsafeMutableBufferPointer {
        try simulator.signal(of: theta[draw], into: $0, using: &streams[draw])
      }
      #expect(try together[draw].get() == signal)
    }
  }

  /// Two bodies at one distance from a third that is far and light: the draw that collides is not answered.
  @Test func collisionsAreCounted() throws {
    var system = SystemParameters()
    system.bodies = 2
    system.fixed = ["m1": 1, "m2": 1, "x1": 1]
    system.parameters = ["x2"]
    let simulator = try GravitySimulator(system, times: [10])
    var streams = [RandomStream(seed: 1, purpose: .simulation)]
    guard case .failure(let failure) = simulator.signals(of: [[-1]], using: &streams)[0] else {
      Issue.record("two bodies fell into each other and went on")
      return
    }
    #expect(failure.reason == "collision")
    guard case .failure(let coincident) = simulator.signals(of: [[1]], using: &streams)[0] else {
      Issue.record("two bodies in one place")
      return
    }
    #expect(coincident.reason.hasPrefix("no system"))
  }

  /// Elements are those of Jacobi's coordinates, in degrees.
  @Test func orbits() throws {
    var system = SystemParameters()
    system.fixed = [
      "m1": 1, "m2": 1e-3, "m3": 1e-4, "a2": 1, "a3": 2.5, "e3": 0.2, "omega3": 40, "M3": 20,
    ]
    system.parameters = ["e2", "inc2", "M2"]
    let made = try system.system([0.1, 30, 90])
    let inner = try #require(made.elements(of: 1, about: 0))
    #expect(abs(inner.eccentricity - 0.1) < 1e-12)
    #expect(abs(inner.inclination - .pi / 6) < 1e-12)
    #expect(abs(inner.meanAnomaly - .pi / 2) < 1e-12)
    let mass = 1.001
    let centre = (made.positions[0] + 1e-3 * made.positions[1]) / mass
    let drift = (made.velocities[0] + 1e-3 * made.velocities[1]) / mass
    let outer = try #require(
      OrbitalElements(
        position: made.positions[2] - centre, velocity: made.velocities[2] - drift,
        strength: mass + 1e-4))
    #expect(abs(outer.semimajorAxis - 2.5) < 1e-12)
    #expect(abs(outer.pericentreArgument - 40 * .pi / 180) < 1e-12)
  }

  @Test func badSettings() throws {
    func error(_ change: (inout SystemParameters) -> Void) -> String? {
      var system = Self.falling
      change(&system)
      do { try system.check() } catch { return error.description }
      return nil
    }
    #expect(error { _ in } == nil)
    #expect(error { $0.parameters = ["x4"] }?.contains("x4") == true)
    #expect(error { $0.parameters = ["x2", "x2"] }?.contains("twice") == true)
    #expect(error { $0.parameters = ["x2", "x1"] }?.contains("x1") == true)
    #expect(error { $0.fixed["m3"] = nil }?.contains("m3") == true)
    #expect(error { $0.fixed["a2"] = 1 }?.contains("body 2") == true)
    #expect(error { $0.fixed["e2"] = 0.1 }?.contains("body 2") == true)
    #expect(error { $0.fixed["x3"] = 1 }?.contains("x3") == true)
    #expect(error { $0.bodies = 1 } != nil)
    #expect(throws: GravityError.self) { try GravitySimulator(Self.falling, times: [1, 0.5, 2]) }
    #expect(throws: GravityError.self) { try GravitySimulator(Self.falling, times: []) }
  }

  @Test func noiseIsAsked() throws {
    let simulator = try GravitySimulator(Self.falling, times: [1], noise: 0.1)
    var stream = RandomStream(seed: 2, purpose: .noise)
    let signal = [Float](repeating: 3, count: simulator.signalCount)
    var sum = 0.0
    for _ in 0..<2_000 {
      var observation = signal
      signal.withUnsafeBufferPointer { signal in
        observation.withUnsafeMutableBufferPointer {
          simulator.observe(signal, into: $0, using: &stream)
        }
      }
      sum += observation.reduce(0) { $0 + pow(Double($1) - 3, 2) }
    }
    // 24,000 squares: 0.9 % of spread.
    #expect(abs(sum / 24_000 / 0.01 - 1) < 0.05)
  }
}

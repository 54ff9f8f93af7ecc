import Foundation
import Testing
import ThreeBody

/// What the chain is for: close encounters.
@Suite struct ChainTests {
  private let chain = AlgorithmicRegularization()

  /// Two bodies of a = 1 about each other, G (m + m) = 1, from apocentre on: a period takes 2π.
  private func binary(_ eccentricity: Double) throws -> GravitySystem {
    try Systems.binary(
      OrbitalElements(
        semimajorAxis: 1, eccentricity: eccentricity, inclination: 0.7, ascendingNode: 1.1,
        pericentreArgument: 4, meanAnomaly: .pi),
      masses: (0.25, 0.75))
  }

  /// However close the pericentre is, the phase is right after ten periods, and no step is spent on it.
  @Test func eccentricEllipses() throws {
    let periods = 20 * Double.pi
    let round = try chain.trajectory(of: binary(0.3), times: [periods])
    for eccentricity in [0.3, 0.9, 0.999, 1 - 1e-6, 1 - 1e-9] {
      let system = try binary(eccentricity)
      let path = try chain.trajectory(of: system, times: [periods])
      try #require(path.end == .complete)
      #expect(path.distance(at: 0, to: system) < 1e-9, "\(eccentricity)")
      #expect(path.steps <= 2 * round.steps, "\(eccentricity)")
    }
  }

  /// Two bodies that fall on each other come back by the way they went: the limit of ellipses.
  @Test func collision() throws {
    let system = try GravitySystem(
      masses: [1, 1], positions: [[1, 0.5, 0], [-1, 0.5, 0]], velocities: [.zero, .zero])
    // They meet at π √(2³ / (8 · 2)).
    let meeting = Double.pi / 2.squareRoot()
    let path = try chain.trajectory(
      of: system, times: [meeting - 0.3, meeting + 0.3, 2 * meeting])
    try #require(path.end == .complete)
    let before = path.system(at: 0, masses: [1, 1]).reversed
    #expect(path.distance(at: 1, to: before) < 1e-9)
    #expect(path.distance(at: 2, to: system) < 1e-9)
  }

  /// How far all of a state is off at most where the first body begins 1e-13 farther, the chain's tolerance:
  /// what a method of that accuracy is to stay below.
  private func growth(_ system: GravitySystem, times: [Double]) throws -> [Double] {
    var moved = system
    moved.positionRemainders[0].x += 1e-13
    let paths = try GravityIntegration().trajectories(of: [system, moved], times: times)
    try #require(paths.allSatisfy { $0.isConverged })
    return times.indices.map {
      paths[0].distance(at: $0, to: paths[1].system(at: $0, masses: system.masses))
    }
  }

  /// Burrau's problem after its many encounters, whose end is known to 18 digits.
  @Test func pythagorean() throws {
    let system = try Systems.pythagorean()
    let path = try chain.trajectory(of: system, times: [70])
    // Each step may err by the tolerance.
    let bound = try growth(system, times: [70])[0] * Double(path.steps)
    try #require(bound < 0.1)
    #expect(abs(path.value(0, 0, 0) - 6.93346359901188729) < bound)
    #expect(abs(path.value(0, 0, 1) - 20.2618043059517141) < bound)
    #expect(path.energyErrors(from: system)[0] < 1e-10)
  }

  /// Five bodies in space, two pairs among them, that move as a whole; the order that they are given in and
  /// the one that they are chained in do not matter.
  @Test func manyBodies() throws {
    let masses = [1, 0.5, 2, 1e-3, 1.5]
    let drift: SIMD3<Double> = [0.3, -0.1, 0.2]
    let positions: [SIMD3<Double>] = [
      [0, 0, 0], [3, 1, 0.5], [0.01, 0, 0.02], [3, 1.02, 0.5], [-2, 2, -1],
    ]
    let velocities: [SIMD3<Double>] = [
      [0, 8, 0], [-0.3, 0.2, 0], [0, -4, 0], [4.5, 0.2, 0.5], [0.2, -0.4, 0.3],
    ]
    func system(_ order: [Int]) throws -> GravitySystem {
      try GravitySystem(
        masses: order.map { masses[$0] }, positions: order.map { positions[$0] },
        velocities: order.map { velocities[$0] + drift })
    }
    let times = [0.5, 2]
    let first = try system([0, 1, 2, 3, 4])
    let exact = try GravityIntegration().trajectories(of: [first], times: times)[0]
    let bounds = try growth(first, times: times)
    for order in [[0, 1, 2, 3, 4], [3, 0, 4, 2, 1]] {
      let path = try chain.trajectory(of: system(order), times: times)
      for index in times.indices {
        try #require(bounds[index] < 1e-5)
        for (place, body) in order.enumerated() {
          for axis in 0..<6 {
            let error = abs(path.value(index, place, axis) - exact.value(index, body, axis))
            #expect(error < bounds[index], "\(body) \(axis)")
          }
        }
      }
    }
  }

  /// Of bodies that fall from rest, where encounters are close, the energy is what it was.
  @Test func encountersLoseNothing() throws {
    var closest = Double.infinity
    for (x, y) in [(-0.46802914535, 0.60734159238), (-0.33548276663, 0.35377323799), (-0.1, 0.05)] {
      let system = try Systems.falling(x, y)
      let path = try chain.trajectory(of: system, times: [10])
      try #require(path.end == .complete)
      #expect(path.energyErrors(from: system)[0] < 1e-9)
      closest = min(closest, path.leastSeparation)
    }
    #expect(closest < 1e-3)
  }

  @Test func limits() throws {
    var short = chain
    short.maximumSteps = 3
    #expect(try short.trajectory(of: Systems.pythagorean(), times: [60]).end == .stepLimit)
    var strict = chain
    (strict.tolerance, strict.maximumSteps) = (1e-30, 10_000)
    let path = try strict.trajectory(of: Systems.pythagorean(), times: [60])
    #expect(path.end != .complete && path.value(0, 0, 0).isNaN)
  }
}

import Foundation
import Testing
import ThreeBody

/// The methods to compare with, each by what it is known for.
@Suite struct ComparisonTests {
  /// Two bodies of a = 1 about each other, G (m + m) = 1: a period takes 2π.
  private func binary(_ eccentricity: Double, anomaly: Double = 1) throws -> GravitySystem {
    try Systems.binary(
      OrbitalElements(
        semimajorAxis: 1, eccentricity: eccentricity, inclination: 0.7, ascendingNode: 1.1,
        pericentreArgument: 4, meanAnomaly: anomaly),
      masses: (0.25, 0.75))
  }

  /// The largest error of the distance vector, relative to the semimajor axis.
  private func keplerError(
    _ path: Trajectory, at index: Int, time: Double, eccentricity: Double
  ) -> Double {
    let (r, _) = OrbitalElements(
      semimajorAxis: 1, eccentricity: eccentricity, inclination: 0.7, ascendingNode: 1.1,
      pericentreArgument: 4, meanAnomaly: 1 + time
    ).state(strength: 1)
    return (0..<3).map { abs(path.value(index, 1, $0) - path.value(index, 0, $0) - r[$0]) }.max()!
  }

  @Test func radauFollowsAnEccentricEllipse() throws {
    let times = [2 * Double.pi, 13, 20 * Double.pi]
    let path = try GaussRadau().trajectory(of: binary(0.9), times: times)
    #expect(path.end == .complete)
    // The rounding of the state that it begins with, 1e-16 of the energy, is 1e-14 of the phase
    // after ten periods; so is each rounding at a pericentre.
    for (index, time) in times.enumerated() {
      let error = keplerError(path, at: index, time: time, eccentricity: 0.9)
      #expect(error < 1e-13)
    }
  }

  /// Brouwer (1937): where only rounding is wrong, the energy walks at random, as √steps; a systematic
  /// error of a rounding a step would be 1e-12 here.
  @Test func radauEnergyWalksAtRandom() throws {
    let system = try binary(0.5)
    let times = (1...300).map { 10 * Double($0) }
    let path = try GaussRadau().trajectory(of: system, times: times)
    let errors = path.energyErrors(from: system)
    let early = errors[..<30].reduce(0) { $0 + $1 * $1 / 30 }.squareRoot()
    let late = errors[270...].reduce(0) { $0 + $1 * $1 / 30 }.squareRoot()
    #expect(early < 1e-15)
    #expect(late < 1e-16 * Double(path.steps).squareRoot())
  }

  /// Halving the steps makes the error smaller by 2^order.
  @Test(arguments: SymplecticScheme.allCases)
  func orders(_ scheme: SymplecticScheme) throws {
    // Long enough for rounding to be far, short enough for the leading term to rule.
    let steps = [2: 0.01, 4: 0.02, 6: 0.06, 8: 0.1]
    let step = try #require(steps[scheme.order])
    let time = 4.0
    func errors(_ make: (Double) -> any GravityIntegrator) throws -> Double {
      let system = try binary(0.3)
      let errors = try [1, 0.5].map { factor in
        let path = try make(factor * step).trajectory(of: system, times: [time])
        return keplerError(path, at: 0, time: time, eccentricity: 0.3)
      }
      return log2(errors[0] / errors[1])
    }
    let plain = try errors { SymplecticIntegrator(scheme: scheme, step: $0) }
    #expect(abs(plain - Double(scheme.order)) < 0.3)
    #expect(abs(scheme.weights.reduce(0, +) - 1) < 1e-15)
  }

  /// After 10⁴ periods the energy errs no more than in the first ones.
  @Test(arguments: [(SymplecticScheme.leapfrog, 1e-2), (.fourth, 1e-4), (.sixth, 1e-6)])
  func energyDoesNotDrift(_ scheme: SymplecticScheme, bound: Double) throws {
    let system = try binary(0.2)
    // In binary fractions, so that all steps are equal.
    let early = (1...200).map { 0.375 * Double($0) }
    let times = early + early.map { 62832 + $0 }
    let method = SymplecticIntegrator(scheme: scheme, step: 0.125)
    let path = try method.trajectory(of: system, times: times)
    let errors = path.energyErrors(from: system)
    let (first, last) = (errors[..<200].max()!, errors[200...].max()!)
    #expect(first < bound)
    #expect(last < 1.1 * first)
  }

  /// What goes forth and back by the same steps is where it was, but for rounding.
  @Test(arguments: SymplecticScheme.allCases)
  func stepsAreReversible(_ scheme: SymplecticScheme) throws {
    let system = try Systems.figureEight()
    let method = SymplecticIntegrator(scheme: scheme, step: 0.05)
    let there = try method.trajectory(of: system, times: [10]).system(at: 0, masses: [1, 1, 1])
    let back = try method.trajectory(of: there, times: [-10])
    #expect(back.distance(at: 0, to: system) < 1e-12)
  }

  /// Every method with the converged Taylor series, forth and back.
  @Test func figureEight() throws {
    let system = try Systems.figureEight()
    for times in [[0, 1.7, 6.3], [4, 1, -2]] {
      let exact = try GravityIntegration().trajectories(of: [system], times: times)[0]
      for method in ComparisonIntegrators.all(step: 0.005) {
        let path = try method.trajectory(of: system, times: times)
        try #require(path.end == .complete && path.reached == 3)
        let isSecond = method.name == "leapfrog"
        let bound = method is GaussRadau ? 1e-13 : isSecond ? 1e-3 : 1e-6
        for index in times.indices {
          let error = exact.distance(at: index, to: path.system(at: index, masses: [1, 1, 1]))
          #expect(error < bound, "\(method.name)")
        }
      }
    }
  }

  /// Units: the same orbit with another constant of gravity, four times as fast.
  @Test func gravitationalConstant() throws {
    let system = try Systems.figureEight()
    let fast = try GravitySystem(
      masses: system.masses, positions: system.positions,
      velocities: system.velocities.map { 4 * $0 })
    let methods = ComparisonIntegrators.all(step: 0.005)
    for (slow, quick) in zip(methods, ComparisonIntegrators.all(step: 0.00125)) {
      var quick = quick
      quick.gravitationalConstant = 16
      let path = try slow.trajectory(of: system, times: [3])
      let other = try quick.trajectory(of: fast, times: [0.75])
      for body in 0..<3 {
        for axis in 0..<3 {
          let difference = abs(path.value(0, body, axis) - other.value(0, body, axis))
          #expect(difference < 1e-12, "\(slow.name)")
        }
      }
    }
  }

  /// Bodies that fall on each other end the path, and nothing wrong is told of the time after.
  @Test func headOnCollision() throws {
    let system = try GravitySystem(
      masses: [1, 1], positions: [[1, 0, 0], [-1, 0, 0]], velocities: [.zero, .zero])
    // They meet at π √(2³ / (8 · 2)) = 2.22.
    let path = try GaussRadau().trajectory(of: system, times: [2, 3])
    #expect(path.end != .complete && path.reached == 1)
    #expect(path.value(1, 0, 0).isNaN)
    var short = GaussRadau()
    short.maximumSteps = 3
    #expect(try short.trajectory(of: Systems.figureEight(), times: [6]).end == .stepLimit)
  }

  @Test func badSettings() throws {
    let system = try Systems.figureEight()
    for value in [0, -1, .nan, .infinity] {
      for method in ComparisonIntegrators.all(step: value)
      where method.positiveSettings.contains(where: { $0.name == "step" }) {
        #expect(throws: GravityError.self) { try method.trajectory(of: system, times: [1]) }
      }
      var radau = GaussRadau()
      radau.tolerance = value
      #expect(throws: GravityError.self) { try radau.trajectory(of: system, times: [1]) }
    }
    for method in ComparisonIntegrators.all(step: 0.1) {
      #expect(throws: GravityError.self) { try method.trajectory(of: system, times: [1, 0.5, 2]) }
      #expect(throws: GravityError.self) { try method.trajectory(of: system, times: [.nan]) }
      #expect(try method.trajectory(of: system, times: []).reached == 0)
    }
  }
}

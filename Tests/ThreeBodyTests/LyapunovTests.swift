import Foundation
import Testing
import ThreeBody

@Suite struct LyapunovTests {
  private func exponents(_ system: GravitySystem, _ times: [Double]) throws -> [Double] {
    var integration = GravityIntegration()
    integration.precision = .double
    integration.findsLyapunovExponents = true
    return try #require(
      try integration.trajectories(of: [system], times: times)[0].lyapunovExponents)
  }

  /// Bodies too far apart to feel each other drift: a deviation grows as a straight line does.
  @Test func freeMotion() throws {
    let system = try GravitySystem(
      masses: [1e-30, 1e-30], positions: [.zero, [1, 1, 0]],
      velocities: [[0.1, 0, 0], [0, 0.2, 0]])
    let (t, found) = (100.0, try exponents(system, [0, 100]))
    #expect(found[0] == 0)
    // |δx + t δv| with components cos(1), cos(2); cos(4), cos(5); ... over their length.
    var (begin, end) = (0.0, 0.0)
    for angle: Double in [1, 2, 4, 5] {
      let (place, speed) = (cos(angle), cos(angle + 6))
      begin += place * place + speed * speed
      end += (place + t * speed) * (place + t * speed) + speed * speed
    }
    #expect(abs(found[1] - 0.5 * log(end / begin) / t) < 1e-12)
  }

  /// The distance of two converged neighbours, 10⁻²⁰ apart in the digits that a double does not hold, grows
  /// as the variational equations say.
  @Test(arguments: [10.0, -10])
  func neighboursPart(_ time: Double) throws {
    for (system, isChaotic) in [
      (try Systems.falling(-0.13735481315384868, 0.35702443647978654), true),
      (try Systems.figureEight(), false),
    ] {
      var neighbour = system
      let size = 1e-20
      var components: [Double] = []
      for index in 0..<6 {
        components.append(cos(Double(3 * index + 1)))
        components.append(cos(Double(3 * index + 2)))
      }
      let length = components.reduce(0) { $0 + $1 * $1 }.squareRoot()
      // Backwards, it is the reversed velocities that deviate.
      let turn: Double = time < 0 ? -1 : 1
      for body in 0..<3 {
        for axis in 0..<2 {
          neighbour.positionRemainders[body][axis] = size * components.removeFirst() / length
        }
      }
      for body in 0..<3 {
        for axis in 0..<2 {
          neighbour.velocityRemainders[body][axis] =
            turn * size * components.removeFirst() / length
        }
      }
      let paths = try GravityIntegration().trajectories(of: [system, neighbour], times: [time])
      #expect(paths.allSatisfy { $0.isConverged })
      var square = 0.0
      for place in 0..<18 {
        let difference =
          (paths[0].state[place] - paths[1].state[place])
          + (paths[0].remainder[place] - paths[1].remainder[place])
        square += difference * difference
      }
      let measured = log(square.squareRoot() / size) / abs(time)
      let found = try exponents(system, [time])[0]
      #expect(abs(found - measured) < 1e-6)
      #expect(found > (isChaotic ? 0.5 : 0))
    }
  }
}

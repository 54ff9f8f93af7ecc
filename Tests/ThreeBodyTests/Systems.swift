import Foundation
import ThreeBody

/// Systems of the literature.
enum Systems {
  /// Burrau's (1913): masses 3, 4, 5 at rest at the corners of a triangle of these sides.
  static func pythagorean() throws -> GravitySystem {
    try GravitySystem(
      masses: [3, 4, 5], positions: [[1, 3, 0], [-2, -1, 0], [1, -1, 0]],
      velocities: [.zero, .zero, .zero])
  }

  /// Chenciner & Montgomery (2000), Ann. Math. 152, 881.
  static func figureEight() throws -> GravitySystem {
    let (x, y) = (0.9700043566973448, -0.2430875315358333)
    let (u, v) = (0.46620368572052, 0.43236573046051)
    return try GravitySystem(
      masses: [1, 1, 1], positions: [[x, y, 0], [-x, -y, 0], .zero],
      velocities: [[u, v, 0], [u, v, 0], [-2 * u, -2 * v, 0]])
  }

  /// Breen et al. (2020), MNRAS 494, 2465: equal masses at rest.
  static func falling(_ x: Double, _ y: Double) throws -> GravitySystem {
    try GravitySystem(
      masses: [1, 1, 1], positions: [[1, 0, 0], [x, y, 0], [-(1 + x), -y, 0]],
      velocities: [.zero, .zero, .zero])
  }

  /// Two bodies on an orbit about each other, their centre at rest in the origin.
  static func binary(
    _ elements: OrbitalElements, masses: (Double, Double), gravitationalConstant: Double = 1
  ) throws -> GravitySystem {
    let total = masses.0 + masses.1
    let (r, v) = elements.state(strength: gravitationalConstant * total)
    let (near, far) = (-masses.1 / total, masses.0 / total)
    return try GravitySystem(
      masses: [masses.0, masses.1], positions: [near * r, far * r],
      velocities: [near * v, far * v])
  }
}

extension Trajectory {
  /// Coordinate `axis`, 0 ..< 6 with velocities last, of a body.
  func value(_ index: Int, _ body: Int, _ axis: Int) -> Double {
    state[(index * bodies + body) * 6 + axis]
  }

  /// The largest difference of two states, digits beyond a double included.
  func distance(at index: Int, to system: GravitySystem) -> Double {
    var largest = 0.0
    for body in 0..<bodies {
      for axis in 0..<6 {
        let place = (index * bodies + body) * 6 + axis
        let (high, low) =
          axis < 3
          ? (system.positions[body][axis], system.positionRemainders[body][axis])
          : (system.velocities[body][axis - 3], system.velocityRemainders[body][axis - 3])
        largest = max(largest, abs((state[place] - high) + (remainder[place] - low)))
      }
    }
    return largest
  }
}

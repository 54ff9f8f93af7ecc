/// Point masses with positions and velocities, in any units in which G is ``GravityIntegration`` is told.
public struct GravitySystem: Sendable {
  /// `[bodies]`
  public let masses: [Double]
  public internal(set) var positions: [SIMD3<Double>]
  public internal(set) var velocities: [SIMD3<Double>]
  /// What to add to positions and velocities for digits beyond those of a double: of a state of a trajectory,
  /// or of a decimal number.
  public var positionRemainders: [SIMD3<Double>]
  public var velocityRemainders: [SIMD3<Double>]

  /// - Throws: `GravityError` for fewer than two bodies, counts that differ, masses that are not above 0,
  ///   numbers that are not finite and two bodies in one place.
  public init(
    masses: [Double], positions: [SIMD3<Double>], velocities: [SIMD3<Double>]
  ) throws(GravityError) {
    guard masses.count == positions.count, masses.count == velocities.count else {
      throw .counts(
        masses: masses.count, positions: positions.count, velocities: velocities.count)
    }
    guard masses.count >= 2 else { throw .tooFewBodies(masses.count) }
    for body in masses.indices {
      guard masses[body] > 0, masses[body].isFinite else {
        throw .badMass(body: body, value: masses[body])
      }
      for (what, vector) in [("position", positions[body]), ("velocity", velocities[body])] {
        for axis in 0..<3 where !vector[axis].isFinite {
          throw .notFinite(
            "\(["x", "y", "z"][axis]) of the \(what)", body: body, value: vector[axis])
        }
      }
      for other in 0..<body where positions[other] == positions[body] {
        throw .coincident(other, body)
      }
    }
    self.init(unchecked: masses, positions: positions, velocities: velocities)
  }

  init(unchecked masses: [Double], positions: [SIMD3<Double>], velocities: [SIMD3<Double>]) {
    (self.masses, self.positions, self.velocities) = (masses, positions, velocities)
    positionRemainders = masses.map { _ in .zero }
    velocityRemainders = positionRemainders
  }

  /// The same places with all velocities turned round: its future is this one's past.
  public var reversed: GravitySystem {
    var system = self
    for body in masses.indices {
      system.velocities[body] = -velocities[body]
      system.velocityRemainders[body] = -velocityRemainders[body]
    }
    return system
  }

  /// Whether nothing leaves the plane z = 0.
  public var isPlanar: Bool {
    [positions, velocities, positionRemainders, velocityRemainders].allSatisfy { vectors in
      vectors.allSatisfy { $0.z == 0 }
    }
  }
}

/// What gravity leaves as it is.
public struct ConservedQuantities: Sendable, Equatable {
  /// Kinetic and potential energy, and what its rounding left out.
  public var energy: Double
  public var energyRemainder: Double
  public var momentum: SIMD3<Double>
  /// About the origin.
  public var angularMomentum: SIMD3<Double>
}

extension GravitySystem {
  /// Summed in double-double precision from all digits of the state.
  ///
  /// Complexity: O(bodies²).
  public func conserved(gravitationalConstant: Double = 1) -> ConservedQuantities {
    let position = masses.indices.map { LongVector(positions[$0], positionRemainders[$0]) }
    let velocity = masses.indices.map { LongVector(velocities[$0], velocityRemainders[$0]) }
    var energy = LongLanes.zero
    var momentum = LongVector(.zero, .zero)
    var angular = momentum
    for body in masses.indices {
      let mass = Lanes(repeating: masses[body])
      energy = energy + velocity[body].dot(velocity[body]) * (0.5 * mass)
      momentum = momentum + velocity[body] * mass
      angular = angular + position[body].cross(velocity[body]) * mass
      for other in 0..<body {
        let d = position[body] - position[other]
        let strength =
          LongLanes(Lanes(repeating: gravitationalConstant)) * mass
          * Lanes(repeating: masses[other])
        energy = energy - d.dot(d).inverseRoot * strength
      }
    }
    return ConservedQuantities(
      energy: energy.high[0], energyRemainder: energy.low[0], momentum: momentum.rounded,
      angularMomentum: angular.rounded)
  }
}

extension Trajectory {
  /// How far the energy is from that of the system it began as, relative to it, `[times]`; NaN after an
  /// early end.
  public func energyErrors(
    from system: GravitySystem, gravitationalConstant: Double = 1
  ) -> [Double] {
    let begin = system.conserved(gravitationalConstant: gravitationalConstant)
    return (0..<state.count / (6 * bodies)).map { index in
      guard !state[index * bodies * 6].isNaN else { return .nan }
      let now = self.system(at: index, masses: system.masses)
        .conserved(gravitationalConstant: gravitationalConstant)
      let difference = (now.energy - begin.energy) + (now.energyRemainder - begin.energyRemainder)
      return abs(difference / begin.energy)
    }
  }
}

/// Three double-double numbers, the same on all lanes.
private struct LongVector {
  var x: LongLanes
  var y: LongLanes
  var z: LongLanes

  init(_ high: SIMD3<Double>, _ low: SIMD3<Double>) {
    func long(_ axis: Int) -> LongLanes {
      LongLanes(Lanes(repeating: high[axis]), Lanes(repeating: low[axis]))
    }
    (x, y, z) = (long(0), long(1), long(2))
  }

  init(_ x: LongLanes, _ y: LongLanes, _ z: LongLanes) { (self.x, self.y, self.z) = (x, y, z) }

  static func + (a: Self, b: Self) -> Self { Self(a.x + b.x, a.y + b.y, a.z + b.z) }
  static func - (a: Self, b: Self) -> Self { Self(a.x - b.x, a.y - b.y, a.z - b.z) }
  static func * (a: Self, b: Lanes) -> Self { Self(a.x * b, a.y * b, a.z * b) }
  func dot(_ other: Self) -> LongLanes { x * other.x + y * other.y + z * other.z }
  func cross(_ other: Self) -> Self {
    Self(
      y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }
  var rounded: SIMD3<Double> { SIMD3(x.high[0], y.high[0], z.high[0]) }
}

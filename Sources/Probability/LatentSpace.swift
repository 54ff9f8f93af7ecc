import Foundation

/// The space that density estimators work in: one coordinate per parameter, in which the prior is a
/// standard normal (on the line) or uniform (on the circle), whatever it is in theta.
///
/// Nothing drawn here can leave the prior's support. On a circle both ends of a periodic prior are the
/// same point.
public struct LatentSpace: Sendable {
  public let prior: JointPrior
  public let coordinates: [Coordinate]

  /// - Parameter circles: whether periodic priors become circles; lines otherwise.
  public init(_ prior: JointPrior, circles: Bool) {
    self.prior = prior
    coordinates = prior.parameters.map { circles && $0.distribution.isPeriodic ? .circle : .line }
  }

  public var count: Int { coordinates.count }

  /// z of a value of one parameter, inside its prior's support.
  public func latent(_ value: Double, parameter: Int) -> Double {
    let distribution = prior.parameters[parameter].distribution
    switch coordinates[parameter] {
    case .line: return distribution.unbounded(value)
    case .circle:
      let (low, high) = (distribution.support.lowerBound, distribution.support.upperBound)
      return .pi * (2 * (value - low) / (high - low) - 1)
    }
  }

  /// The parameter's value at z, always inside its prior's support.
  public func value(_ z: Double, parameter: Int) -> Double {
    let distribution = prior.parameters[parameter].distribution
    switch coordinates[parameter] {
    case .line: return distribution.bounded(z)
    case .circle:
      let (low, high) = (distribution.support.lowerBound, distribution.support.upperBound)
      let turns = z / (2 * .pi) + 0.5
      return min(low + (high - low) * (turns - turns.rounded(.down)), high)
    }
  }

  /// ln |dz/dθ| at a value with image z: the ratio of the two priors.
  public func logJacobian(_ value: Double, z: Double, parameter: Int) -> Double {
    prior.parameters[parameter].distribution.logDensity(value)
      - coordinates[parameter].logPriorDensity(z)
  }

  /// z `[count]` of theta `[count]`.
  public func latent(_ theta: [Double]) -> [Double] {
    precondition(theta.count == count)
    return theta.indices.map { latent(theta[$0], parameter: $0) }
  }

  /// theta `[count]` of z `[count]`.
  public func theta(_ z: [Double]) -> [Double] {
    precondition(z.count == count)
    return z.indices.map { value(z[$0], parameter: $0) }
  }

  /// ln |dz/dtheta| at theta with image z.
  public func logJacobian(theta: [Double], z: [Double]) -> Double {
    theta.indices.reduce(0) { $0 + logJacobian(theta[$1], z: z[$1], parameter: $1) }
  }
}

extension Coordinate {
  /// ln of the prior density in latent space.
  public func logPriorDensity(_ z: Double) -> Double {
    switch self {
    case .line: PriorDistribution.standardLogDensity(z)
    case .circle: -PriorDistribution.logTwoPi
    }
  }
}

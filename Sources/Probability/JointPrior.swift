/// Independent priors of named parameters; their order is the order of the columns of theta.
public struct JointPrior: Codable, Sendable, Equatable {
  public struct Parameter: Codable, Sendable, Equatable {
    public let name: String
    public let distribution: PriorDistribution

    public init(name: String, distribution: PriorDistribution) {
      self.name = name
      self.distribution = distribution
    }
  }

  public let parameters: [Parameter]

  public init(_ parameters: [Parameter]) { self.parameters = parameters }

  public var count: Int { parameters.count }
  public var names: [String] { parameters.map(\.name) }

  /// A random theta `[count]`.
  public func sample(using generator: inout some RandomNumberGenerator) -> [Double] {
    var theta: [Double] = []
    for parameter in parameters {
      theta.append(parameter.distribution.sample(using: &generator))
    }
    return theta
  }

  /// ln p(theta); −∞ outside the support.
  public func logDensity(_ theta: [Double]) -> Double {
    precondition(theta.count == count)
    return zip(parameters, theta).reduce(0) { $0 + $1.0.distribution.logDensity($1.1) }
  }

  /// For each of `names`, the column of theta that holds it.
  ///
  /// - Throws: `PriorError` unless the prior has exactly these parameters.
  public func columns(of names: [String]) throws -> [Int] {
    for name in self.names where !names.contains(name) {
      throw PriorError(
        "the prior names '\(name)', which the simulator does not have (its "
          + "parameters: \(names.joined(separator: ", ")))")
    }
    return try names.map { name in
      guard let column = self.names.firstIndex(of: name) else {
        throw PriorError("the prior lacks the simulator's parameter '\(name)'")
      }
      return column
    }
  }
}

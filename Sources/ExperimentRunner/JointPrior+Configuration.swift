import Probability

extension JointPrior {
  /// A `prior` section: `{ q: { log_uniform: [1e-4, 1] }, … }`, in the order of the columns of theta.
  init(_ node: ConfigurationNode) throws {
    self.init(
      try node.mapping.map { name, distribution in
        guard let (kind, arguments) = try distribution.mapping.first,
          try distribution.mapping.count == 1
        else {
          throw ConfigurationError(
            at: distribution.location, key: "prior.\(name)",
            problem: "expected one distribution, as in { uniform: [0, 1] }")
        }
        do {
          return .init(
            name: name,
            distribution: try PriorDistribution(
              kind: kind, arguments: arguments.array.map { try $0.double }))
        } catch let error as PriorError {
          throw ConfigurationError(
            at: distribution.location, key: "prior.\(name)", problem: "'\(name)': \(error.problem)")
        }
      })
    if parameters.isEmpty {
      throw ConfigurationError(at: node.location, key: "prior", problem: "names no parameter")
    }
  }
}

/// What is wrong with a prior that came from outside.
public struct PriorError: Error, CustomStringConvertible, Sendable {
  public let problem: String
  public var description: String { problem }

  public init(_ problem: String) { self.problem = problem }
}

extension PriorDistribution {
  /// The names priors have in files, with what their numbers mean.
  public static let kinds: [(name: String, arguments: [String])] = [
    ("uniform", ["low", "high"]),
    ("log_uniform", ["low", "high"]),
    ("normal", ["mean", "standard deviation"]),
    ("log_normal", ["median", "standard deviation of ln"]),
    ("truncated_normal", ["mean", "standard deviation", "low", "high"]),
    ("periodic", ["low", "high"]),
  ]

  /// The prior that a file describes by a kind and its numbers, e.g. `log_uniform: [1e-4, 1]`.
  ///
  /// - Throws: `PriorError` for an unknown kind, a wrong count, low ≥ high, or a number outside its range.
  public init(kind: String, arguments: [Double]) throws {
    guard let expected = Self.kinds.first(where: { $0.name == kind })?.arguments else {
      let names = Self.kinds.map(\.name).joined(separator: ", ")
      throw PriorError("unknown distribution '\(kind)' (valid: \(names))")
    }
    guard arguments.count == expected.count, arguments.allSatisfy(\.isFinite) else {
      throw PriorError(
        "\(kind) takes [\(expected.joined(separator: ", "))], found \(arguments)")
    }
    switch kind {
    case "uniform": self = .uniform(low: arguments[0], high: arguments[1])
    case "log_uniform": self = .logUniform(low: arguments[0], high: arguments[1])
    case "normal": self = .normal(mean: arguments[0], standardDeviation: arguments[1])
    case "log_normal": self = .logNormal(median: arguments[0], sigma: arguments[1])
    case "periodic": self = .periodic(low: arguments[0], high: arguments[1])
    default:
      self = .truncatedNormal(
        mean: arguments[0], standardDeviation: arguments[1], low: arguments[2], high: arguments[3])
    }
    try validate(kind, arguments)
  }

  /// The kind and numbers that `init(kind:arguments:)` reads back.
  public var description: (kind: String, arguments: [Double]) {
    switch self {
    case .uniform(let low, let high): ("uniform", [low, high])
    case .logUniform(let low, let high): ("log_uniform", [low, high])
    case .normal(let mean, let deviation): ("normal", [mean, deviation])
    case .logNormal(let median, let sigma): ("log_normal", [median, sigma])
    case .truncatedNormal(let mean, let deviation, let low, let high):
      ("truncated_normal", [mean, deviation, low, high])
    case .periodic(let low, let high): ("periodic", [low, high])
    }
  }

  private func validate(_ kind: String, _ arguments: [Double]) throws {
    let names = Self.kinds.first { $0.name == kind }!.arguments
    if names.last == "high" {
      let (low, high) = (arguments[arguments.count - 2], arguments[arguments.count - 1])
      guard low < high else {
        throw PriorError("\(kind) has low \(low) and high \(high); low must be below high")
      }
    }
    switch self {
    case .logUniform(let low, _) where low <= 0:
      throw PriorError("log_uniform has low \(low); it must be above 0")
    case .normal(_, let deviation) where deviation <= 0,
      .truncatedNormal(_, let deviation, _, _) where deviation <= 0:
      throw PriorError("\(kind) has standard deviation \(deviation); it must be above 0")
    case .logNormal(let median, let sigma) where median <= 0 || sigma <= 0:
      throw PriorError("log_normal has [\(median), \(sigma)]; both must be above 0")
    case .truncatedNormal(let mean, let deviation, let low, let high)
    where low - mean > 30 * deviation || mean - high > 30 * deviation:
      throw PriorError(
        "truncated_normal keeps no probability: [\(low), \(high)] is over 30 standard deviations "
          + "from the mean \(mean)")
    default: break
    }
  }
}

extension PriorDistribution: Codable {
  public init(from decoder: any Decoder) throws {
    let pairs = try decoder.singleValueContainer().decode([String: [Double]].self)
    guard pairs.count == 1, let (kind, arguments) = pairs.first else {
      throw PriorError("a prior has one kind, found \(pairs.keys.sorted())")
    }
    try self.init(kind: kind, arguments: arguments)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    let (kind, arguments) = description
    try container.encode([kind: arguments])
  }
}

import Foundation
import Inference
import Probability

/// An experiment file, read and checked: everything its stages need.
public struct Experiment: Sendable {
  public struct InferConfiguration: Codable, Sendable, Equatable {
    /// Posterior samples.
    public var samples = 10_000

    public init() {}
  }

  static let keys = [
    "title", "seed", "simulator", "prior", "simulate", "network", "train", "calibrate", "infer",
  ]

  public let path: String
  public let title: String
  /// Topic and name, from the file's folder and name.
  public let topic: String
  public let name: String
  public let seed: UInt64
  public let subject: any ExperimentSubject
  public let simulatorName: String
  public let prior: JointPrior
  public let simulate: SimulationRun.Configuration
  public let architecture: Architecture
  public let train: PosteriorTraining.Configuration
  public let calibrate: Calibration.Configuration
  public let infer: InferConfiguration
  let configuration: ConfigurationFile

  /// Reads `path`, with `overrides` such as `train.epochs=30` laid over it.
  ///
  /// - Throws: `ConfigurationError` naming line and key, `FileError` for the data it names.
  public init(path: String, overrides: [String] = [], seed seedOverride: UInt64? = nil) throws {
    var file = try ConfigurationFile(path: path)
    for override in overrides { try file.set(override) }
    if let seedOverride { try file.set("seed=\(seedOverride)") }
    try file.requireOnly(keys: Self.keys)
    configuration = file
    self.path = path
    let url = URL(fileURLWithPath: path).standardizedFileURL
    name = url.deletingPathExtension().lastPathComponent
    topic = url.deletingLastPathComponent().lastPathComponent
    title = try file["title"]?.string ?? name
    let seedNode = try file.node("seed")
    guard let seed = UInt64(exactly: try seedNode.int) else {
      throw ConfigurationError(
        at: seedNode.location, key: "seed", problem: "'\(try seedNode.int)' is below 0")
    }
    self.seed = seed
    let priorNode = try file.node("prior")
    prior = try JointPrior(priorNode)
    simulate = try file.section("simulate", defaults: .init())
    architecture = try file.section("network", defaults: .init())
    train = try file.section("train", defaults: .init())
    calibrate = try file.section("calibrate", defaults: .init())
    infer = try file.section("infer", defaults: .init())
    try file.requirePositive([
      "simulate.count": simulate.count, "simulate.shard_size": simulate.shardSize,
      "network.residual_network.blocks": architecture.residualNetwork.blocks,
      "network.residual_network.width": architecture.residualNetwork.width,
      "network.residual_network.outputs": architecture.residualNetwork.outputs,
      "network.maf.transforms": architecture.maf.transforms,
      "network.maf.width": architecture.maf.width,
      "network.maf.hidden_layers": architecture.maf.hiddenLayers,
      "train.epochs": train.epochs, "train.batch_size": train.batchSize,
      "train.patience": train.patience, "calibrate.count": calibrate.count,
      "calibrate.samples": calibrate.samples, "infer.samples": infer.samples,
    ])
    try file.require("train.learning_rate", train.learningRate, in: 0...1, excluding: 0)
    try file.require("train.clip", train.clip, in: 0...1e6, excluding: 0)
    try file.require(
      "train.validation_fraction", train.validationFraction, in: 0...0.5, excluding: 0)
    // Settings first: a misspelt key is told before any data are read.
    let section = SimulatorSection(
      node: try file.node("simulator"), baseFolder: url.deletingLastPathComponent().path)
    subject = try Catalog.subject(section)
    simulatorName = try section.node.node("name").string
    do {
      _ = try prior.columns(of: subject.simulator.parameterNames)
    } catch let error as PriorError {
      throw ConfigurationError(at: priorNode.location, key: "prior", problem: error.problem)
    }
  }

  /// What a stage depends on, upstream stages included.
  func fingerprint(of stage: Stage) throws -> String {
    let keys = Array(["simulator", "prior", "simulate", "network", "train", "calibrate", "infer"])
    let sections: Set<String> =
      switch stage {
      case .simulate: ["simulator", "prior", "simulate"]
      case .train: ["simulator", "prior", "simulate", "network", "train"]
      case .calibrate: Set(keys).subtracting(["infer"])
      case .infer: Set(keys).subtracting(["calibrate"])
      }
    let text = try configuration.canonicalText(
      of: keys.filter(sections.contains), keepingOrderOf: ["prior"])
    return Sibyl.fingerprint([Sibyl.version, "\(seed)", subject.fingerprint, text])
  }
}

extension ConfigurationFile {
  /// The place of a dotted key; of the file where the key was left to its default.
  private func location(of key: String) -> ConfigurationLocation {
    let node = key.split(separator: ".").reduce(Optional(root)) { node, part in
      (try? node?[String(part)]) ?? nil
    }
    return node?.location ?? root.location
  }

  /// - Throws: `ConfigurationError` for the first value below 1.
  func requirePositive(_ values: KeyValuePairs<String, Int>) throws {
    for (key, value) in values where value < 1 {
      throw ConfigurationError(
        at: location(of: key), key: key, problem: "'\(value)' must be at least 1")
    }
  }

  /// - Throws: `ConfigurationError` unless the value is in the range and not the excluded end.
  func require(
    _ key: String, _ value: Double, in range: ClosedRange<Double>, excluding: Double
  ) throws {
    guard range.contains(value), value != excluding else {
      throw ConfigurationError(
        at: location(of: key), key: key,
        problem: "'\(value)' must be above \(excluding) and at most \(range.upperBound)")
    }
  }
}

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

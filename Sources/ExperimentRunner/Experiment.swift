import Foundation
import Inference
import NumericalMethods
import Probability

/// An experiment file, read and checked: everything its stages need.
public struct Experiment: Sendable {
  public struct InferConfiguration: CheckedSettings {
    /// Posterior samples.
    public var samples = 10_000

    public init() {}

    public var ranges: [SettingRange] { [SettingRange("samples", samples, 1...10_000_000)] }
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

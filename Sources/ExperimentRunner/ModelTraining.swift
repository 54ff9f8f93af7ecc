import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Plotting
import Probability

/// A model trained on simulations that are there: what `sibyl train` does.
public struct ModelTraining: Sendable {
  /// Values of x up to which the estimator sees them as they are, unless `network.embedding` says so.
  static let largestBareObservation = 32

  private let path: String
  private let prior: JointPrior?
  private let priorPath: String?
  private let configuration: ConfigurationFile
  private let train: PosteriorTraining.Configuration
  private let seed: UInt64
  private let folder: String

  /// - Parameters:
  ///   - simulations: a training set's folder or an `.npz` file.
  ///   - prior: a YAML file.
  ///   - settings: of the sections `network` and `train`, as in `train.epochs=30`.
  ///   - folder: for the model.
  /// - Throws: `ConfigurationError`; `ResultsError` when the folder holds a model, unless `force`, which
  ///   removes it.
  public init(
    simulations: String, prior: String?, settings: [String], seed: UInt64, folder: String,
    force: Bool
  ) throws {
    path = simulations
    priorPath = prior
    self.prior = try prior.map { try JointPrior(path: $0) }
    var configuration = try ConfigurationFile(text: "{}", name: "--set")
    for setting in settings { try configuration.set(setting) }
    try configuration.requireOnly(keys: ["network", "train"])
    self.configuration = configuration
    _ = try configuration.section("network", defaults: Architecture())
    train = try configuration.section("train", defaults: .init())
    self.seed = seed
    self.folder = folder
    try Self.claim(folder, force: force)
  }

  /// Trains, or goes on with an interrupted training of the same settings.
  ///
  /// - Throws: `FileError`, `PriorError`, `Interrupted`, `TrainingDiverged`.
  public func run(monitor: WorkMonitor) throws {
    let opened = try StoredSimulations.open(path, scratch: folder, monitor: monitor)
    try opened.requireEnough()
    let (simulations, prior) = try joined(opened, monitor: monitor)
    let count = simulations.signalCount
    monitor.note(
      "\(simulations.rowCount) simulations: \(prior.count) parameters "
        + "(\(prior.names.joined(separator: ", "))), \(count) values each")
    var defaults = Architecture()
    if count <= Self.largestBareObservation { defaults.embedding = .none }
    let training = try PosteriorTraining(
      simulations, model: StoredObservations(count: count), prior: prior,
      architecture: try configuration.section("network", defaults: defaults),
      configuration: train, seed: seed)
    let history = try training.run(
      in: folder, observationFingerprint: simulations.fingerprint,
      provenance: provenance(simulations), monitor: monitor
    ).history
    try TrainingFigure(history).write(toFile: "\(folder)/training.png")
    // The states served to go on with; the model is complete without them.
    for name in try Self.contents(folder) where Self.isState(name) {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  private func joined(
    _ simulations: Simulations, monitor: WorkMonitor
  ) throws -> (Simulations, JointPrior) {
    if let prior {
      do {
        return try simulations.joined(with: prior)
      } catch let error as PriorError {
        throw FileError(path: priorPath ?? path, problem: error.problem)
      }
    }
    monitor.note(
      "no prior given: parameters are taken to lie anywhere on the real line (--prior keeps "
        + "samples inside its ranges)")
    return (simulations, try simulations.realLine())
  }

  private func provenance(_ simulations: Simulations) -> [String: String] {
    [
      "simulations": path, "usable_simulations": "\(simulations.rowCount)",
      "excluded_simulations": "\(simulations.excludedCount)",
      "prior": priorPath ?? "none: coordinates on the real line", "seed": "\(seed)",
      "sibyl": Sibyl.version, "commit": Sibyl.commit, "host": ProcessInfo.processInfo.hostName,
    ]
  }

  // MARK: - The folder

  private static let files = [
    "model.json", "weights.safetensors", "metrics.jsonl", "training.png",
  ]

  private static func isState(_ name: String) -> Bool {
    name.hasPrefix("state-") && name.hasSuffix(".safetensors")
  }

  private static func contents(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// Refuses a folder with a model or with anything that is not a training's.
  private static func claim(_ folder: String, force: Bool) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else { throw FileError(path: folder, problem: "is not a folder") }
    let contents = try contents(folder)
    guard force else {
      if contents.contains("model.json") {
        throw ResultsError(folder, "holds a model already; --force replaces it")
      }
      // What an interrupted training leaves.
      let others = contents.filter {
        !isState($0) && !files.contains($0) && !$0.hasPrefix(".")
      }
      if let other = others.first {
        throw ResultsError(
          folder, "holds '\(other)', which is no part of a model; choose another --output")
      }
      return
    }
    for name in contents where isState(name) || files.contains(name) {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }
}

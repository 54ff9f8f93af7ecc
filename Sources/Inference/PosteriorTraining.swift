import ArrayFiles
import Foundation
import NeuralNetworks
import NumericalMethods
import Probability

/// Neural posterior estimation: learns q(theta | x) by maximising E[ln q] over a training set.
///
/// Reference: Papamakarios & Murray (2016), NeurIPS, arXiv:1605.06376, proposition 1.
public struct PosteriorTraining: Sendable {
  public let simulations: Simulations
  /// How a stored signal becomes an observation.
  public let model: any ObservationModel
  public let prior: JointPrior
  public let architecture: Architecture
  public let configuration: Configuration
  public let seed: UInt64
  private let windows: TrainingWindows

  /// - Throws: `FileError` when there are too few simulations to train and validate on.
  public init(
    _ simulations: Simulations, model: any ObservationModel, prior: JointPrior,
    architecture: Architecture,
    configuration: Configuration, seed: UInt64
  ) throws {
    precondition(simulations.signalCount == model.signalCount)
    precondition(simulations.names == prior.names)
    self.simulations = simulations
    self.model = model
    self.prior = prior
    self.architecture = architecture
    self.configuration = configuration
    self.seed = seed
    try simulations.requireEnough()
    windows = try TrainingWindows(
      simulations,
      latentSpace: architecture.latentSpace(prior),
      validationFraction: configuration.validationFraction)
  }

  /// Trains all members, keeping the state of each epoch in `folder`/state-<member>.safetensors, from
  /// which an interrupted training goes on to bitwise the same result.
  ///
  /// - Throws: `FileError`, `Interrupted`, `TrainingDiverged`.
  public func run(
    in folder: String, observationFingerprint: String, provenance: [String: String],
    monitor: WorkMonitor
  ) throws -> (model: PosteriorModel, history: [EpochLoss]) {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    let sample = try observationSample()
    let features = model.observationCount
    let standardization = Standardization(rows: sample, features: features)
    let settings = try self.settings(observationFingerprint)
    var states: [TrainingState] = []
    var densities: [[Double]] = []
    for member in 0..<configuration.ensemble {
      let training = MemberTraining(
        self, member: member, windows: windows, standardization: standardization)
      let path = "\(folder)/state-\(member).safetensors"
      let earlier = states.flatMap(\.history)
      var state = try training.state(at: path, settings: settings)
      func save(_ state: TrainingState) throws {
        try state.write(to: path, settings: settings, layout: training.layout)
        try writeMetrics(earlier + state.history, to: "\(folder)/metrics.jsonl")
      }
      try WholeEpochs.run(
        &state, isFinished: training.isFinished, isNew: \.history.isEmpty,
        advance: { try training.advance(&$0, monitor: monitor) }, save: save)
      if configuration.ensemble > 1 {
        densities.append(try training.validationLosses(&state.bestWeights, monitor).map { -$0 })
      }
      states.append(state)
    }
    let distance = ObservationDistance(
      rows: standardization.standardized(sample), features: features)
    let trained = PosteriorModel(
      description: .init(
        architecture: architecture, prior: prior,
        mixture: densities.isEmpty ? [1] : EnsembleWeights.stacked(densities),
        observationCount: model.observationCount, standardization: standardization,
        observationFingerprint: observationFingerprint, provenance: provenance,
        simulationDistance: distance.quantiles),
      weights: states.map(\.bestWeights), distance: distance)
    try trained.save(to: folder)
    return (trained, states.flatMap(\.history))
  }

  /// Everything that decides the result.
  private struct Settings: Codable {
    let simulations: String
    let prior: JointPrior
    let architecture: Architecture
    let configuration: Configuration
    let seed: UInt64
    let observationFingerprint: String
  }

  private func settings(_ observationFingerprint: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(
      decoding: try encoder.encode(
        Settings(
          simulations: simulations.fingerprint, prior: prior, architecture: architecture,
          configuration: configuration, seed: seed, observationFingerprint: observationFingerprint)),
      as: UTF8.self)
  }

  /// Observations `[rows, observationCount]` from all over a window, at most 64 MB of them.
  private func observationSample() throws -> [Float] {
    let features = model.observationCount
    let width = model.signalCount
    var stream = RandomStream(seed: seed, purpose: .shuffle, index: .max)
    let window = try windows.firstTrainingWindow(using: &stream)
    let count = min(window.rows.count, 10_000, max((64 << 20) / (4 * features), 64))
    var rows = [Float](repeating: 0, count: count * features)
    rows.withUnsafeMutableBufferPointer { rows in
      window.signals.withUnsafeBufferPointer { signals in
        for place in 0..<count {
          let index = place * window.rows.count / count
          var noise = RandomStream(
            seed: seed, purpose: .noise, index: UInt64(window.rows[index]))
          model.observe(
            UnsafeBufferPointer(rebasing: signals[index * width..<(index + 1) * width]),
            into: UnsafeMutableBufferPointer(
              rebasing: rows[place * features..<(place + 1) * features]),
            using: &noise)
        }
      }
    }
    return rows
  }

  private func writeMetrics(_ history: [EpochLoss], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    let lines = try history.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    try AtomicFile.write(Data(lines.joined().utf8), to: path)
  }
}

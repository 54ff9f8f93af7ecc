import ArrayFiles
import Foundation
import NeuralNetworks
import NumericalMethods
import Probability

/// Neural posterior estimation: learns q(theta | x) by maximising E[ln q] over a training set.
///
/// Reference: Papamakarios & Murray (2016), NeurIPS, arXiv:1605.06376, proposition 1.
public struct PosteriorTraining: Sendable {
  public struct Configuration: Codable, Sendable, Equatable {
    /// Most passes over the training rows; the learning rate falls to zero along a cosine over them.
    public var epochs = 60
    public var batchSize = 256
    public var learningRate = 1e-3
    /// Largest gradient norm.
    public var clip = 5.0
    /// Part of the set that only validates.
    public var validationFraction = 0.1
    /// Epochs without improvement after which training stops.
    public var patience = 20

    public init() {}
  }

  public let set: TrainingSet
  public let simulator: any Simulator
  public let prior: JointPrior
  public let architecture: Architecture
  public let configuration: Configuration
  public let seed: UInt64
  private let windows: TrainingWindows

  /// - Throws: `FileError` when the set is too small to train and validate on.
  public init(
    set: TrainingSet, simulator: any Simulator, prior: JointPrior, architecture: Architecture,
    configuration: Configuration, seed: UInt64
  ) throws {
    precondition(set.description.signalCount == simulator.signalCount)
    self.set = set
    self.simulator = simulator
    self.prior = prior
    self.architecture = architecture
    self.configuration = configuration
    self.seed = seed
    guard set.rowCount >= 20 else {
      throw FileError(
        path: set.folder,
        problem: "has \(set.rowCount) usable simulations; training needs at least 20")
    }
    windows = TrainingWindows(
      set: set, prior: prior, validationFraction: configuration.validationFraction)
  }

  /// Trains, keeping the state of each epoch in `folder`/state.safetensors, from which an interrupted
  /// training goes on to bitwise the same result.
  ///
  /// - Throws: `FileError`, `Interrupted`, `TrainingDiverged`.
  public func run(
    in folder: String, observationFingerprint: String, provenance: [String: String],
    monitor: WorkMonitor
  ) throws -> (model: PosteriorModel, history: [EpochLoss]) {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    let network = ConditionalNetwork(
      architecture, observationCount: simulator.observationCount, dimensions: prior.count)
    let statePath = "\(folder)/state.safetensors"
    let standardization = try makeStandardization()
    let workers = MinibatchWorkers(network, threads: monitor.threads)
    var state: TrainingState
    if FileManager.default.fileExists(atPath: statePath) {
      state = try TrainingState(path: statePath, layout: network.layout)
    } else {
      var stream = RandomStream(seed: seed, purpose: .initialization)
      state = TrainingState(weights: network.layout.initialValues(using: &stream))
    }
    while state.history.count < configuration.epochs,
      state.epochsSinceBest < configuration.patience
    {
      let loss = try epoch(&state, workers, standardization, monitor)
      state.history.append(loss)
      if loss.epoch == state.best!.epoch { state.bestWeights = state.weights }
      try state.write(to: statePath, layout: network.layout)
      try writeMetrics(state.history, to: "\(folder)/metrics.jsonl")
    }
    let model = PosteriorModel(
      description: .init(
        architecture: architecture, prior: prior, observationCount: simulator.observationCount,
        standardization: standardization, observationFingerprint: observationFingerprint,
        provenance: provenance),
      weights: state.bestWeights)
    try model.save(to: folder)
    return (model, state.history)
  }

  private func epoch(
    _ state: inout TrainingState, _ workers: MinibatchWorkers, _ standardization: Standardization,
    _ monitor: WorkMonitor
  ) throws -> EpochLoss {
    let epoch = state.history.count
    let source = ObservationSource(
      simulator: simulator, standardization: standardization, seed: seed, purpose: .noise,
      firstIndex: UInt64(epoch + 1) * UInt64(set.rowCount))
    var stream = RandomStream(seed: seed, purpose: .shuffle, index: UInt64(epoch))
    var sum = 0.0
    var seen = 0
    var rate = 0.0
    try windows.forEachTrainingWindow(using: &stream) { window in
      for start in stride(from: 0, to: window.rows.count, by: configuration.batchSize) {
        let rows = start..<min(start + configuration.batchSize, window.rows.count)
        let loss = workers.loss(
          window, rows, source, weights: &state.weights, withGradient: true)
        rate = learningRate(epoch: epoch, seen: seen)
        let norm = state.optimizer.step(
          &state.weights, gradient: workers.gradient, learningRate: Float(rate),
          maximumNorm: Float(configuration.clip))
        guard loss.isFinite, norm.isFinite else {
          throw TrainingDiverged(epoch: epoch, learningRate: configuration.learningRate)
        }
        sum += loss
        seen += rows.count
        try monitor.advance(progress(epoch, seen, state))
      }
    }
    let validation = try validationLoss(&state.weights, workers, standardization, monitor)
    guard validation.isFinite else {
      throw TrainingDiverged(epoch: epoch, learningRate: configuration.learningRate)
    }
    return EpochLoss(
      epoch: epoch, training: sum / Double(seen), validation: validation, learningRate: rate)
  }

  private func validationLoss(
    _ weights: inout [Float], _ workers: MinibatchWorkers, _ standardization: Standardization,
    _ monitor: WorkMonitor
  ) throws -> Double {
    let source = ObservationSource(
      simulator: simulator, standardization: standardization, seed: seed,
      purpose: .validationNoise, firstIndex: 0)
    var sum = 0.0
    try windows.forEachValidationWindow { window in
      for start in stride(from: 0, to: window.rows.count, by: 1024) {
        let rows = start..<min(start + 1024, window.rows.count)
        sum += workers.loss(window, rows, source, weights: &weights, withGradient: false)
        if monitor.isInterrupted { throw Interrupted() }
      }
    }
    return sum / Double(windows.validationCount)
  }

  /// A linear start over the first epoch, then half a cosine to zero.
  private func learningRate(epoch: Int, seen: Int) -> Double {
    let progress = Double(epoch) + Double(seen) / Double(windows.trainingCount)
    let cosine = 0.5 * (1 + cos(Double.pi * progress / Double(configuration.epochs)))
    return configuration.learningRate * cosine * min(1, 0.05 + progress)
  }

  private func makeStandardization() throws -> Standardization {
    let features = simulator.observationCount
    let width = simulator.signalCount
    var stream = RandomStream(seed: seed, purpose: .shuffle, index: .max)
    let window = try windows.firstTrainingWindow(using: &stream)
    var rows: [Float] = []
    var row = [Float](repeating: 0, count: features)
    for index in 0..<min(window.rows.count, 10_000) {
      var noise = RandomStream(seed: seed, purpose: .noise, index: UInt64(window.rows[index]))
      window.signals.withUnsafeBufferPointer { signals in
        row.withUnsafeMutableBufferPointer { row in
          simulator.observe(
            UnsafeBufferPointer(rebasing: signals[index * width..<(index + 1) * width]),
            into: row, using: &noise)
        }
      }
      rows.append(contentsOf: row)
    }
    return Standardization(rows: rows, features: features)
  }

  private func progress(_ epoch: Int, _ seen: Int, _ state: TrainingState) -> WorkProgress {
    let detail = state.history.last.map {
      String(
        format: "epoch %d, validation loss %.3f (best %.3f)", epoch + 1, $0.validation,
        state.best!.validation)
    }
    return WorkProgress(
      label: "train", completed: epoch * windows.trainingCount + seen,
      total: configuration.epochs * windows.trainingCount, detail: detail)
  }

  private func writeMetrics(_ history: [EpochLoss], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    let lines = try history.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    try AtomicFile.write(Data(lines.joined().utf8), to: path)
  }
}

/// The loss became infinite or not a number.
public struct TrainingDiverged: Error, CustomStringConvertible, Sendable {
  let epoch: Int
  let learningRate: Double

  public var description: String {
    "training diverged in epoch \(epoch + 1) at learning_rate \(learningRate); try a smaller one"
  }
}

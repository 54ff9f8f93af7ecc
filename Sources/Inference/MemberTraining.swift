import Foundation
import NeuralNetworks
import NumericalMethods
import Probability

/// The training of one member of an ensemble, epoch by epoch.
struct MemberTraining {
  private let training: PosteriorTraining
  private let member: Int
  private let windows: TrainingWindows
  private let standardization: Standardization
  private let network: ConditionalNetwork

  init(
    _ training: PosteriorTraining, member: Int, windows: TrainingWindows,
    standardization: Standardization
  ) {
    self.training = training
    self.member = member
    self.windows = windows
    self.standardization = standardization
    network = ConditionalNetwork(
      training.architecture, observationCount: training.model.observationCount,
      prior: training.prior)
  }

  private var configuration: PosteriorTraining.Configuration { training.configuration }
  var layout: ParameterLayout { network.layout }

  /// The state a file holds, or a new one with random weights.
  func state(at path: String, settings: String) throws -> TrainingState {
    if FileManager.default.fileExists(atPath: path) {
      return try TrainingState(path: path, settings: settings, layout: layout)
    }
    var stream = RandomStream(
      seed: training.seed, purpose: .initialization, index: UInt64(member))
    return TrainingState(weights: layout.initialValues(using: &stream), layout: layout)
  }

  func isFinished(_ state: TrainingState) -> Bool {
    state.history.count >= configuration.epochs || state.epochsSinceBest >= configuration.patience
  }

  /// One epoch: each training row once, in random order, then the validation rows.
  func advance(_ state: inout TrainingState, monitor: WorkMonitor) throws {
    let epoch = state.history.count
    // Every epoch of every member has its own order and noise.
    let number = UInt64(member) << 32 + UInt64(epoch)
    let source = ObservationSource(
      model: training.model, standardization: standardization, seed: training.seed,
      purpose: .noise, firstIndex: (number + 1) * UInt64(training.simulations.rowCount))
    var stream = RandomStream(seed: training.seed, purpose: .shuffle, index: number)
    let workers = MinibatchWorkers(network, threads: monitor.threads)
    let validationHistory = state.history.map(\.validation)
    var (sum, seen, rate) = (0.0, 0, 0.0)
    try windows.forEachTrainingWindow(using: &stream) { window in
      for start in stride(from: 0, to: window.rows.count, by: configuration.batchSize) {
        let rows = start..<min(start + configuration.batchSize, window.rows.count)
        let loss = workers.losses(
          window, rows, source, weights: &state.weights, withGradient: true
        ).reduce(0, +)
        rate =
          configuration.learningRate
          * configuration.schedule.factor(
            at: Double(epoch) + Double(seen) / Double(windows.trainingCount),
            epochs: configuration.epochs, warmup: configuration.warmup,
            validationLosses: validationHistory)
        let norm = state.optimizer.step(
          &state.weights, gradient: workers.gradient, learningRate: Float(rate),
          maximumNorm: Float(configuration.clip), weightDecay: Float(configuration.weightDecay),
          threads: monitor.threads)
        guard loss.isFinite, norm.isFinite else { throw diverged(epoch) }
        sum += loss
        seen += rows.count
        try monitor.advance(progress(epoch, seen, state))
      }
    }
    let validation =
      try validationLosses(&state.weights, monitor).reduce(0, +) / Double(windows.validationCount)
    guard validation.isFinite else { throw diverged(epoch) }
    state.append(
      EpochLoss(
        member: member, epoch: epoch, training: sum / Double(seen), validation: validation,
        learningRate: rate))
  }

  /// −ln q of each validation row.
  func validationLosses(_ weights: inout [Float], _ monitor: WorkMonitor) throws -> [Double] {
    let source = ObservationSource(
      model: training.model, standardization: standardization, seed: training.seed,
      purpose: .validationNoise, firstIndex: 0)
    let workers = MinibatchWorkers(network, threads: monitor.threads)
    var losses: [Double] = []
    try windows.forEachValidationWindow { window in
      for start in stride(from: 0, to: window.rows.count, by: 1024) {
        let rows = start..<min(start + 1024, window.rows.count)
        losses += workers.losses(window, rows, source, weights: &weights, withGradient: false)
        if monitor.isInterrupted { throw Interrupted() }
      }
    }
    return losses
  }

  private func diverged(_ epoch: Int) -> TrainingDiverged {
    TrainingDiverged(epoch: epoch, learningRate: configuration.learningRate)
  }

  private func progress(_ epoch: Int, _ seen: Int, _ state: TrainingState) -> WorkProgress {
    let detail = state.history.last.map {
      String(
        format: "epoch %d, validation loss %.3f (best %.3f)", epoch + 1, $0.validation,
        state.best!.validation)
    }
    let perMember = configuration.epochs * windows.trainingCount
    return WorkProgress(
      label: configuration.ensemble > 1
        ? "train \(member + 1)/\(configuration.ensemble)" : "train",
      completed: member * perMember + epoch * windows.trainingCount + seen,
      total: configuration.ensemble * perMember, detail: detail)
  }
}

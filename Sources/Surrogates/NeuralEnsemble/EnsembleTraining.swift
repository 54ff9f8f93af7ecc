import ArrayFiles
import Foundation
import NeuralNetworks
import NumericalMethods
import Probability

/// The training of all members, epoch by epoch: members on different threads, each with its minibatches in slices.
struct EnsembleTraining {
  private let method: NeuralEnsemble
  private let network: EnsembleNetwork
  private let data: NetworkData
  private let context: FittingContext
  /// Rows that train, and rows that only tell which epoch was the best.
  private let rows: (training: [Int], held: [Int])
  private let heldData: RegressionData

  init(_ method: NeuralEnsemble, _ data: RegressionData, _ context: FittingContext) {
    (self.method, self.context) = (method, context)
    network = EnsembleNetwork(method, features: data.featureCount, outputs: data.outputCount)
    self.data = NetworkData(data)
    let parts = min(max(Int((1 / method.heldFraction).rounded()), 2), data.rowCount)
    let folds = Folds(rows: data.rowCount, count: parts, evaluated: 1, seed: context.seed)
    rows = (folds.training(0, of: data.rowCount), folds.held[0])
    heldData = data.rows(folds.held[0])
  }

  func run() throws -> NeuralEnsembleFit {
    let settings = try self.settings()
    let paths = try self.paths(settings)
    var states = try (0..<method.members).map { try state($0, at: paths?[$0], settings) }
    try WholeEpochs.run(
      &states, isFinished: { $0.allSatisfy(isFinished) }, isNew: { $0[0].history.isEmpty },
      advance: advance,
      save: { states in
        guard let paths else { return }
        for (state, path) in zip(states, paths) {
          try state.write(to: path, settings: settings, layout: network.layout)
        }
      })
    let fit = NeuralEnsembleFit(network, weights: states.map(\.bestWeights))
    return method.loss.hasSpread
      ? fit : fit.calibratingSpread(on: heldData, threads: context.monitor.threads)
  }

  /// Everything that decides the result, as text.
  private func settings() throws -> String {
    struct Settings: Codable {
      let method: NeuralEnsemble
      let seed: UInt64
      let features: Int
      let data: [UInt32]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(
      decoding: try encoder.encode(
        Settings(
          method: method, seed: context.seed, features: data.featureCount, data: data.fingerprint)),
      as: UTF8.self)
  }

  /// A file for each member. Trainings on other data or with other settings have files of other names, so that
  /// those on different parts of the same rows can share a folder.
  private func paths(_ settings: String) throws -> [String]? {
    guard let folder = context.checkpoint else { return nil }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let number = String(Checksum.crc32(Data(settings.utf8)), radix: 16)
    return (0..<method.members).map { "\(folder)/state-\(number)-\($0).safetensors" }
  }

  private func state(_ member: Int, at path: String?, _ settings: String) throws -> TrainingState {
    if let path, FileManager.default.fileExists(atPath: path) {
      return try TrainingState(path: path, settings: settings, layout: network.layout)
    }
    var stream = RandomStream(
      seed: context.seed, purpose: .initialization, index: UInt64(member))
    return TrainingState(
      weights: network.layout.initialValues(using: &stream), layout: network.layout)
  }

  private func isFinished(_ state: TrainingState) -> Bool {
    state.history.count >= method.epochs || state.epochsSinceBest >= method.patience
  }

  /// One epoch of each member that is not finished.
  private func advance(_ states: inout [TrainingState]) throws {
    let unfinished = states.indices.filter { !isFinished(states[$0]) }
    let before = states
    let results = parallelMap(unfinished.count, threads: context.monitor.threads) { place in
      let member = unfinished[place]
      return Result { try epoch(member, before[member], reports: place == 0) }
    }
    for (member, result) in zip(unfinished, results) { states[member] = try result.get() }
  }

  /// One epoch: each training row once, in random order, then the held rows.
  private func epoch(
    _ member: Int, _ state: TrainingState, reports: Bool
  ) throws -> TrainingState {
    var state = state
    let epoch = state.history.count
    var stream = RandomStream(
      seed: context.seed, purpose: .shuffle, index: UInt64(member) << 32 + UInt64(epoch))
    let order = rows.training.shuffled(using: &stream)
    let slices = MinibatchSlices(network.layout, threads: context.monitor.threads)
    let validationHistory = state.history.map(\.validation)
    var (sum, rate) = (0.0, 0.0)
    for start in stride(from: 0, to: order.count, by: method.batchSize) {
      try report(state, seen: start, reports: reports)
      let batch = start..<min(start + method.batchSize, order.count)
      sum += losses(order, batch, &state.weights, slices, withGradient: true)
      rate =
        method.learningRate
        * method.schedule.factor(
          at: Double(epoch) + Double(start) / Double(order.count), epochs: method.epochs,
          warmup: Self.warmup, validationLosses: validationHistory)
      let norm = state.optimizer.step(
        &state.weights, gradient: slices.gradient, learningRate: Float(rate),
        maximumNorm: Self.clip, weightDecay: Float(method.weightDecay),
        threads: context.monitor.threads)
      guard sum.isFinite, norm.isFinite else {
        throw TrainingDiverged(epoch: epoch, learningRate: method.learningRate)
      }
    }
    var held = 0.0
    for start in stride(from: 0, to: rows.held.count, by: 1024) {
      let batch = start..<min(start + 1024, rows.held.count)
      held += losses(rows.held, batch, &state.weights, slices, withGradient: false)
    }
    guard held.isFinite else {
      throw TrainingDiverged(epoch: epoch, learningRate: method.learningRate)
    }
    state.append(
      EpochLoss(
        member: member, epoch: epoch, training: sum / Double(order.count),
        validation: held / Double(rows.held.count), learningRate: rate))
    return state
  }

  /// Epochs over which the learning rate rises.
  private static let warmup = 1.0
  /// Largest gradient norm.
  private static let clip: Float = 5

  /// The sum of the losses of rows `order[batch]`; the gradient is of their mean.
  private func losses(
    _ order: [Int], _ batch: Range<Int>, _ weights: inout [Float], _ slices: MinibatchSlices,
    withGradient: Bool
  ) -> Double {
    let (data, network, loss, beta) = (data, network.body, method.loss, Float(method.beta))
    return slices.losses(batch, weights: &weights, withGradient: withGradient) { part, pass in
      let (x, y) = data.columns(order[part], pass)
      let output = network.forward(x, pass)
      guard pass.isRecording else { return loss.evaluate(output, target: y, pass) }
      let gradient = pass.matrix(rows: output.rows, columns: output.columns)
      let losses = loss.evaluate(
        output, target: y, beta: beta, gradient: gradient, scale: 1 / Float(batch.count), pass)
      network.accumulate(gradient, pass)
      return losses
    }.reduce(0, +)
  }

  private func report(_ state: TrainingState, seen: Int, reports: Bool) throws {
    guard reports else { return try context.monitor.checkInterruption() }
    let detail = state.best.map {
      String(
        format: "epoch %d, loss of held rows %.4f (best %.4f)", state.history.count + 1,
        state.history.last!.validation, $0.validation)
    }
    try context.monitor.advance(
      WorkProgress(
        label: NeuralEnsemble.name, completed: state.history.count * rows.training.count + seen,
        total: method.epochs * rows.training.count, detail: detail))
  }
}

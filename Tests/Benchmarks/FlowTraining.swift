import ArrayFiles
import BenchmarkTasks
import Foundation
import Inference
import NumericalMethods
import Probability

/// A masked autoregressive flow on two moons: 5 transforms of width 50, no embedding.
enum FlowTraining {
  static let simulations = 10_000
  static let tests = 1000
  static let batchSize = 200
  /// The cost of an epoch is the difference of two runs, so that setting up does not count.
  static let epochs = (short: 2, long: 22)
  static let samples = 100_000

  static let prior = JointPrior([
    .init(name: "theta_1", distribution: .uniform(low: -1, high: 1)),
    .init(name: "theta_2", distribution: .uniform(low: -1, high: 1)),
  ])

  static func prepare(in folder: String) throws {
    _ = try simulate(simulations, seed: 1, to: "\(folder)/two-moons")
    _ = try simulate(tests, seed: 2, to: "\(folder)/two-moons-test")
  }

  static func measure(in folder: String) throws {
    let set = try TrainingSet(folder: "\(folder)/two-moons")
    try measureSteps(set, in: folder)
    let (model, seconds) = try train(set, .init(), in: folder)
    let parameters = model.network.layout.blocks.reduce(0) { sum, block in
      sum + (block.mask.map { $0.count { $0 } } ?? block.rows * block.columns)
    }
    try Measurement(
      "flow-convergence", setting: "defaults", seconds: seconds, units: 1,
      details: ["held_out_loss": try heldOutLoss(model, folder), "parameters": Double(parameters)]
    ).printLine()
    let (sampling, _) = medianSeconds {
      model.sample([0, 0], count: samples, seed: 1)
    }
    try Measurement("flow-sampling", setting: "MAF", seconds: sampling, units: samples).printLine()
  }

  private static func measureSteps(_ set: TrainingSet, in folder: String) throws {
    let seconds = try [epochs.short, epochs.long].map { epochs in
      var configuration = PosteriorTraining.Configuration()
      configuration.epochs = epochs
      configuration.patience = epochs
      configuration.batchSize = batchSize
      return try train(set, configuration, in: folder).seconds
    }
    let steps = (simulations * 9 / 10 + batchSize - 1) / batchSize
    try Measurement(
      "flow-training", setting: "MAF", seconds: seconds[1] - seconds[0],
      units: steps * (epochs.long - epochs.short)
    ).printLine()
  }

  private static func simulate(_ count: Int, seed: UInt64, to folder: String) throws -> TrainingSet
  {
    var configuration = SimulationRun.Configuration()
    configuration.count = count
    // One shard, which the peer reads as it is.
    configuration.shardSize = count
    return try SimulationRun(
      simulator: TwoMoons(), name: "two_moons", prior: prior, configuration: configuration,
      seed: seed, fingerprint: ""
    ).write(to: folder, monitor: WorkMonitor())
  }

  private static func train(
    _ set: TrainingSet, _ configuration: PosteriorTraining.Configuration, in folder: String
  ) throws -> (model: PosteriorModel, seconds: Double) {
    var architecture = Architecture()
    architecture.embedding = .none
    architecture.maf.transforms = 5
    architecture.maf.width = 50
    // The peer's "2 blocks" follow a first hidden layer.
    architecture.maf.hiddenLayers = 3
    let model = "\(folder)/model"
    // A finished training would be taken up where it ended.
    try? FileManager.default.removeItem(atPath: model)
    let start = processorSeconds()
    let result = try PosteriorTraining(
      set: set, simulator: TwoMoons(), prior: prior, architecture: architecture,
      configuration: configuration, seed: 1
    ).run(in: model, observationFingerprint: "", provenance: [:], monitor: WorkMonitor())
    return (result.model, processorSeconds() - start)
  }

  /// Mean −ln q(theta | x) of fresh simulations.
  private static func heldOutLoss(_ model: PosteriorModel, _ folder: String) throws -> Double {
    let shard = "\(folder)/two-moons-test/shard-00000"
    let theta = try NPY.read("\(shard).theta.npy", as: Double.self)
    let x = try NPY.read("\(shard).x.npy", as: Float.self)
    let densities = (0..<theta.rowCount).map { row in
      let pair = 2 * row..<2 * row + 2
      return model.logDensity(
        of: [Array(theta.values[pair])], observation: Array(x.values[pair]))[0]
    }
    return -densities.reduce(0, +) / Double(densities.count)
  }
}

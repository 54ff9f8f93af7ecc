import ArrayFiles
import BenchmarkTasks
import DensityEstimators
import Foundation
import Inference
import NumericalMethods
import Probability

/// A task that density estimators learn: simulations in a folder, which the peer reads as they are.
struct EstimatorTask {
  let name: String
  let simulator: any Simulator
  let prior: JointPrior
  /// What is inferred from when samples are drawn.
  let observation: [Float]

  static let simulations = 10_000
  static let tests = 1_000

  static let all = [
    EstimatorTask(
      name: "two_moons", simulator: TwoMoons(), prior: box(2, 1), observation: [0, 0]),
    EstimatorTask(
      name: "slcp", simulator: SLCP(), prior: box(5, 3),
      observation: [0.5, 1, -0.5, 0.3, 0.2, 0.8, -1, 0.1]),
  ]

  private static func box(_ count: Int, _ half: Double) -> JointPrior {
    JointPrior(
      (1...count).map {
        .init(name: "theta_\($0)", distribution: .uniform(low: -half, high: half))
      })
  }

  static func prepare(in folder: String) throws {
    for task in all {
      _ = try task.simulate(simulations, seed: 1, to: "\(folder)/\(task.name)")
      _ = try task.simulate(tests, seed: 2, to: "\(folder)/\(task.name)-test")
    }
  }

  private func simulate(_ count: Int, seed: UInt64, to folder: String) throws -> TrainingSet {
    var configuration = SimulationRun.Configuration()
    configuration.count = count
    // One shard, which the peer reads as it is.
    configuration.shardSize = count
    return try SimulationRun(
      simulator: simulator, name: name, prior: prior, configuration: configuration, seed: seed,
      fingerprint: ""
    ).write(to: folder, monitor: WorkMonitor())
  }
}

/// Estimators of the peer's default architectures.
enum EstimatorChoice: String, CaseIterable {
  case mdn, maf, nsf

  func choose(_ architecture: inout Architecture) {
    switch self {
    case .mdn: architecture.choose(MixtureDensityNetwork.self)
    case .maf:
      architecture.choose(MaskedAutoregressiveFlow.self) {
        // The peer's "2 blocks" follow a first hidden layer.
        ($0.transforms, $0.width, $0.hiddenLayers, $0.activation) = (5, 50, 3, .tanh)
      }
    case .nsf: architecture.choose(NeuralSplineFlow.self)
    }
  }
}

/// An estimator, trained and sampled from.
struct EstimatorWork {
  let task: EstimatorTask
  let estimator: EstimatorChoice
  let folder: String

  static let batchSizes = [50, 200, 1_000]
  /// The cost of a step is the difference of two runs, so that setting up does not count.
  static func epochs(_ batchSize: Int) -> (short: Int, long: Int) {
    batchSize == 50 ? (1, 4) : batchSize == 200 ? (1, 9) : (1, 21)
  }
  static let samples = 100_000
  static let observations = 1_000

  static func measure(in folder: String) throws {
    for task in EstimatorTask.all {
      for estimator in EstimatorChoice.allCases {
        let work = EstimatorWork(task: task, estimator: estimator, folder: folder)
        try work.measureSteps()
        if estimator == .nsf { try work.measureConvergence() }
        if task.name == "two_moons" { try work.measureSampling() }
      }
    }
  }

  private var name: String { "\(estimator.rawValue)-\(task.name)" }

  private func measureSteps() throws {
    for batchSize in Self.batchSizes {
      let epochs = Self.epochs(batchSize)
      let steps =
        (EstimatorTask.simulations * 9 / 10 + batchSize - 1) / batchSize
        * (epochs.long - epochs.short)
      for threads in batchSize == 200 ? [1, 2] : [1] {
        // Threads share the work: what counts with them is wall time.
        let seconds = try [epochs.short, epochs.long].map { epochs in
          var configuration = PosteriorTraining.Configuration()
          (configuration.epochs, configuration.patience) = (epochs, epochs)
          configuration.batchSize = batchSize
          return try train(configuration, threads: threads).seconds
        }
        try Measurement(
          "step-\(name)-\(batchSize)\(threads == 2 ? "-two-threads" : "")",
          setting: estimator.rawValue, seconds: seconds[1] - seconds[0], units: steps
        ).printLine()
      }
    }
  }

  private func measureConvergence() throws {
    let (model, seconds) = try train(Self.converging, threads: 1)
    let parameters = model.network.layout.blocks.reduce(0) { sum, block in
      sum + (block.mask.map { $0.count { $0 } } ?? block.rows * block.columns)
    }
    try Measurement(
      "converge-\(name)", setting: "to the end", seconds: seconds, units: 1,
      details: ["held_out_loss": try heldOutLoss(model), "parameters": Double(parameters)]
    ).printLine()
  }

  /// What `sibyl train` does by default.
  private static var converging: PosteriorTraining.Configuration { .init() }

  private func measureSampling() throws {
    let model = try PosteriorModel(folder: try trainedModel())
    let (one, _) = medianSeconds {
      model.sample(task.observation, count: Self.samples, seed: 1)
    }
    try Measurement(
      "samples-\(name)", setting: estimator.rawValue, seconds: one, units: Self.samples
    ).printLine()
    let test = try NPY.read("\(folder)/\(task.name)-test/shard-00000.x.npy", as: Float.self)
    let width = test.values.count / test.rowCount
    let observations = (0..<Self.observations).map {
      Array(test.values[$0 * width..<($0 + 1) * width])
    }
    let (many, _) = medianSeconds { model.sample(observations, count: 1_000, seed: 1) }
    try Measurement(
      "samples-\(name)-of-1000", setting: estimator.rawValue, seconds: many,
      units: 1_000 * Self.observations
    ).printLine()
  }

  private var modelFolder: String { "\(folder)/model-\(name)" }

  /// A model that has seen a few epochs.
  private func trainedModel() throws -> String {
    var configuration = PosteriorTraining.Configuration()
    configuration.epochs = 5
    _ = try train(configuration, threads: 1)
    return modelFolder
  }

  private func train(
    _ configuration: PosteriorTraining.Configuration, threads: Int
  ) throws -> (model: PosteriorModel, seconds: Double) {
    var architecture = Architecture()
    architecture.embedding = .none
    estimator.choose(&architecture)
    // A finished training would be taken up where it ended.
    try? FileManager.default.removeItem(atPath: modelFolder)
    let set = try TrainingSet(folder: "\(folder)/\(task.name)")
    let time = threads == 1 ? processorSeconds : wallSeconds
    let start = time()
    let result = try PosteriorTraining(
      set.simulations, model: task.simulator, prior: task.prior, architecture: architecture,
      configuration: configuration, seed: 1
    ).run(
      in: modelFolder, observationFingerprint: "", provenance: [:],
      monitor: WorkMonitor(threads: threads))
    return (result.model, time() - start)
  }

  /// Mean −ln q(theta | x) of fresh simulations.
  private func heldOutLoss(_ model: PosteriorModel) throws -> Double {
    let shard = "\(folder)/\(task.name)-test/shard-00000"
    let theta = try NPY.read("\(shard).theta.npy", as: Double.self)
    let x = try NPY.read("\(shard).x.npy", as: Float.self)
    let (p, d) = (theta.values.count / theta.rowCount, x.values.count / x.rowCount)
    let densities = model.logDensity(
      of: (0..<theta.rowCount).map { Array(theta.values[$0 * p..<($0 + 1) * p]) },
      observations: (0..<x.rowCount).map { Array(x.values[$0 * d..<($0 + 1) * d]) })
    return -densities.reduce(0, +) / Double(densities.count)
  }
}

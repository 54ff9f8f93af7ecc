import DensityEstimators
import Foundation
import Inference
import NeuralNetworks
import NumericalMethods
import Probability

/// x = θ + noise with known deviations: with normal priors the posterior is normal and known.
struct GaussianToy: Simulator {
  var deviations = [0.5, 2.0]
  var parameterNames: [String] { ["a", "b"] }
  var signalCount: Int { 2 }

  /// In no natural order, to see that columns find their parameters.
  static let normalPrior = JointPrior([
    .init(name: "b", distribution: .normal(mean: -3, standardDeviation: 1)),
    .init(name: "a", distribution: .normal(mean: 10, standardDeviation: 1.5)),
  ])

  static let uniformPrior = JointPrior([
    .init(name: "b", distribution: .logUniform(low: 0.1, high: 10)),
    .init(name: "a", distribution: .uniform(low: -1, high: 2)),
  ])

  func signal(
    of theta: [Double], into signal: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) throws(SimulationFailure) {
    for index in 0..<2 { signal[index] = Float(theta[index]) }
  }

  func observe(
    _ signal: UnsafeBufferPointer<Float>, into observation: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) {
    for index in 0..<2 {
      observation[index] = signal[index] + Float(deviations[index] * stream.normal())
    }
  }

  /// Mean and deviation of the exact posterior under `normalPrior`, per parameter (a, b).
  ///
  /// Reference: Gelman et al. (2013), Bayesian Data Analysis, eq. 2.10.
  func posterior(_ x: [Float]) -> [(mean: Double, deviation: Double)] {
    [(10.0, 1.5), (-3.0, 1.0)].enumerated().map { index, prior in
      let (mean, deviation) = prior
      let (priorWeight, dataWeight) = (
        1 / (deviation * deviation), 1 / (deviations[index] * deviations[index])
      )
      let total = priorWeight + dataWeight
      return (
        (priorWeight * mean + dataWeight * Double(x[index])) / total, 1 / total.squareRoot()
      )
    }
  }
}

/// A simulated set and a training on it, small enough for a test.
struct ToyExperiment {
  var simulator = GaussianToy()
  var prior = GaussianToy.normalPrior
  var count = 1_000
  var training = PosteriorTraining.Configuration()
  var architecture = Architecture()

  init() {
    architecture.embed(ResidualNetwork.self) { ($0.width, $0.blocks, $0.outputs) = (24, 1, 8) }
    architecture.choose(MaskedAutoregressiveFlow.self) { ($0.transforms, $0.width) = (2, 16) }
    training.batchSize = 64
    training.learningRate = 3e-3
  }

  func simulation(seed: UInt64 = 1) throws -> SimulationRun {
    var configuration = SimulationRun.Configuration()
    (configuration.count, configuration.shardSize) = (count, 700)
    return try SimulationRun(
      simulator: simulator, name: "toy", prior: prior, configuration: configuration, seed: seed,
      fingerprint: "toy")
  }

  /// Trains in `folder`/model on a set in `folder`/simulations.
  func train(
    in folder: String, model: String = "model", monitor: WorkMonitor = WorkMonitor()
  ) throws -> (model: PosteriorModel, history: [EpochLoss]) {
    let set = try simulation().write(to: "\(folder)/simulations", monitor: WorkMonitor())
    let training = try PosteriorTraining(
      set.simulations, model: simulator, prior: prior, architecture: architecture,
      configuration: training, seed: 2)
    return try training.run(
      in: "\(folder)/\(model)", observationFingerprint: "toy", provenance: ["seed": "2"],
      monitor: monitor)
  }
}

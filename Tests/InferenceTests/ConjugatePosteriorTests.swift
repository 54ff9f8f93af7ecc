import Foundation
import Inference
import NumericalMethods
import Probability
import Testing

/// The whole of inference against a posterior known in closed form.
@Suite struct ConjugatePosteriorTests {
  /// Trained once for all tests of this suite.
  private static let trained: Result<PosteriorModel, any Error> = Result {
    try withTemporaryFolder { folder in
      var experiment = ToyExperiment()
      experiment.count = 30_000
      experiment.training.epochs = 20
      experiment.training.batchSize = 128
      return try experiment.train(in: folder, monitor: WorkMonitor(threads: 2)).model
    }
  }

  private static let observations: [[Float]] = [[10, -3], [8.5, -4.5], [12, 0.5], [10.5, -6]]

  @Test(arguments: observations) func meanAndDeviationAreExact(x: [Float]) throws {
    let model = try Self.trained.get()
    let samples = model.sample(x, count: 20_000, seed: 3, threads: 2)
    for (name, exact) in zip(["a", "b"], GaussianToy().posterior(x)) {
      let values = samples.column(name)
      let mean = values.reduce(0, +) / Double(values.count)
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (square / Double(values.count)).squareRoot()
      #expect(abs(mean - exact.mean) < 0.08 * exact.deviation)
      #expect(abs(deviation / exact.deviation - 1) < 0.06)
    }
  }

  @Test(arguments: observations) func densityIsExact(x: [Float]) throws {
    let model = try Self.trained.get()
    let exact = GaussianToy().posterior(x)
    for offsets in [[0.0, 0], [1, 0], [0, -1], [-1, 1], [1.5, 1.5]] {
      let a = exact[0].mean + offsets[0] * exact[0].deviation
      let b = exact[1].mean + offsets[1] * exact[1].deviation
      let expected =
        -0.5 * (offsets[0] * offsets[0] + offsets[1] * offsets[1])
        - log(2 * .pi * exact[0].deviation * exact[1].deviation)
      let found = model.logDensity(of: [[b, a]], observation: x)[0]
      #expect(abs(found - expected) < 0.15)
    }
  }

  /// The exact posterior as the target of importance weights: nearly every sample counts.
  @Test func importanceWeightsAreNearlyEqual() throws {
    let model = try Self.trained.get()
    let x: [Float] = [11, -2]
    let samples = model.sample(x, count: 5_000, seed: 4)
    let exact = GaussianToy().posterior(x)
    let target = (0..<samples.count).map { sample in
      zip([samples[sample][1], samples[sample][0]], exact).reduce(0) {
        $0 - 0.5 * pow(($1.0 - $1.1.mean) / $1.1.deviation, 2)
      }
    }
    let weights = ImportanceWeights(logTarget: target, logProposal: samples.logDensity)
    #expect(weights.effectiveSampleSize > 0.95 * 5_000)
  }

  @Test func samplesDoNotDependOnThreads() throws {
    let model = try Self.trained.get()
    let one = model.sample([10, -3], count: 3_000, seed: 5, threads: 1)
    let two = model.sample([10, -3], count: 3_000, seed: 5, threads: 2)
    #expect(one == two)
    // Fewer samples are the first of many; another seed gives others.
    let fewer = model.sample([10, -3], count: 1_024, seed: 5)
    #expect(fewer.columns == one.columns.map { Array($0.prefix(1_024)) })
    #expect(Set((0..<3_000).map { one[$0] }).count == 3_000)
    let other = model.sample([10, -3], count: 10, seed: 6)
    #expect(other.columns != one.columns.map { Array($0.prefix(10)) })
  }

  /// Many observations at once are the same as one after the other, and densities of pairs too.
  @Test func batchesAreTheirParts() throws {
    let model = try Self.trained.get()
    let batch = model.sample(Self.observations, count: 700, seed: 5, index: 3, threads: 2)
    #expect(batch.count == Self.observations.count)
    for (index, x) in Self.observations.enumerated() {
      #expect(model.sample(x, count: 700, seed: 5, index: 3 + index) == batch[index])
    }
    let pairs = model.logDensity(of: batch.map { $0[0] }, observations: Self.observations)
    for (index, x) in Self.observations.enumerated() {
      let alone = model.logDensity(of: [batch[index][0]], observation: x)[0]
      #expect(abs(alone - pairs[index]) < 1e-5)
    }
  }

  /// The mode of a normal law is its mean.
  @Test(arguments: observations) func modeIsTheMean(x: [Float]) throws {
    let model = try Self.trained.get()
    let exact = GaussianToy().posterior(x)
    let (theta, logDensity) = model.mode(x, seed: 8, threads: 2)
    #expect(abs(theta[1] - exact[0].mean) < 0.25 * exact[0].deviation)
    #expect(abs(theta[0] - exact[1].mean) < 0.25 * exact[1].deviation)
    let samples = model.sample(x, count: 5_000, seed: 9)
    #expect(logDensity >= samples.logDensity.max()! - 1e-3)
  }

  private func calibrate(_ simulator: GaussianToy, threads: Int = 2) throws -> Calibration {
    var experiment = ToyExperiment()
    experiment.simulator = simulator
    var configuration = Calibration.Configuration()
    (configuration.count, configuration.samples) = (600, 250)
    return try Calibration.run(
      Self.trained.get(), simulation: experiment.simulation(), configuration: configuration,
      seed: 7, monitor: WorkMonitor(threads: threads))
  }

  @Test func calibratedModelIsFoundCalibrated() throws {
    let calibration = try calibrate(GaussianToy())
    #expect(calibration.names == ["b", "a"] && calibration.failures.isEmpty)
    #expect(calibration.credibilities.count == 600)
    for level in [0.5, 0.68, 0.9, 0.95] {
      let error = (level * (1 - level) / 600).squareRoot()
      #expect(abs(calibration.coverage(level) - level) < 3.5 * error)
    }
    for parameter in 0..<2 {
      #expect(calibration.ranks[parameter].allSatisfy { (0...250).contains($0) })
      #expect(calibration.rankDeviation(parameter) < 1.95 / 600.0.squareRoot())
    }
    #expect(calibration.tarpCredibilities.count == 600)
    for test in [calibration.statistics.coverage, calibration.statistics.tarp] {
      #expect(test.pValue > 1e-3)
    }
    let again = try calibrate(GaussianToy(), threads: 1)
    #expect(again.tarpCredibilities == calibration.tarpCredibilities)
    #expect(again.ranks == calibration.ranks)
  }

  /// Data three times as noisy as the model was taught: its posteriors are far too narrow.
  @Test func overconfidenceIsDetected() throws {
    let calibration = try calibrate(GaussianToy(deviations: [1.5, 6]))
    #expect(calibration.coverage(0.9) < 0.7 && calibration.coverage(0.68) < 0.5)
    #expect(calibration.statistics.tarp.pValue < 1e-3)
    #expect(calibration.rankDeviation(0) > 1.95 / 600.0.squareRoot())
    #expect(calibration.rankDeviation(1) > 1.95 / 600.0.squareRoot())
  }

  /// Data a third as noisy: its posteriors are too wide, its coverage too high.
  @Test func underconfidenceIsDetected() throws {
    let calibration = try calibrate(GaussianToy(deviations: [0.15, 0.6]))
    #expect(calibration.coverage(0.5) > 0.65)
  }

  /// The prior in place of the posterior: ranks and highest-density regions are exact all the same,
  /// points that depend on the observation are not fooled (Lemos et al. 2023).
  @Test func randomPointsTellThePriorFromThePosterior() throws {
    try withTemporaryFolder { folder in
      var experiment = ToyExperiment()
      experiment.count = 2_000
      let set = try experiment.simulation(seed: 9).write(to: folder, monitor: WorkMonitor())
      // Untrained, it is the prior.
      let model = try Self.trained.get()
      let prior = PosteriorModel(
        description: model.description,
        weights: [
          [Float](repeating: 0, count: model.weights[0].count)
        ])
      var configuration = Calibration.Configuration()
      (configuration.count, configuration.samples) = (1_000, 250)
      let calibration = try Calibration.run(
        prior, simulations: set.simulations, configuration: configuration, seed: 7,
        monitor: WorkMonitor(threads: 2))
      #expect(calibration.credibilities.count == 1_000)
      for name in calibration.names {
        #expect(calibration.statistics.ranks[name]!.pValue > 1e-3)
      }
      #expect(calibration.statistics.coverage.pValue > 1e-3)
      #expect(calibration.statistics.tarp.pValue < 1e-6)
    }
  }
}

import Foundation
import Inference
import NumericalMethods
import Probability
import Testing

@Suite struct EnsembleTests {
  private func withEnsemble(_ body: (PosteriorModel, _ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      var experiment = ToyExperiment()
      (experiment.training.epochs, experiment.training.ensemble) = (3, 3)
      let result = try experiment.train(in: folder)
      #expect(result.history.map(\.member) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
      try body(result.model, "\(folder)/model")
    }
  }

  /// Draws from 0.7 N(−1, 1) + 0.3 N(2, 1), told to members that are its parts, one of them twice, and
  /// to one that is far off.
  @Test func stackingFindsTheMixture() {
    var stream = RandomStream(seed: 5, purpose: .noise)
    let draws = (0..<20_000).map { _ in
      (stream.uniform() < 0.7 ? -1 : 2) + stream.normal()
    }
    func logDensity(_ mean: Double) -> [Double] {
      draws.map { -0.5 * ($0 - mean) * ($0 - mean) - 0.5 * log(2 * .pi) }
    }
    let weights = EnsembleWeights.stacked([-1, 2, 2, 12].map(logDensity))
    #expect(abs(weights[0] - 0.7) < 0.015)
    #expect(abs(weights[1] + weights[2] - 0.3) < 0.015 && weights[1] == weights[2])
    #expect(weights[3] < 1e-3)
    #expect(EnsembleWeights.stacked([logDensity(2)]) == [1])
  }

  @Test func densityIsTheMixtureOfItsMembers() throws {
    try withEnsemble { model, _ in
      let mixture = model.description.mixture
      #expect(mixture.count == 3 && abs(mixture.reduce(0, +) - 1) < 1e-9)
      #expect(Set(model.weights).count == 3)
      let x: [Float] = [10, -3]
      let theta = [[-3.0, 10], [-2, 11], [-4.5, 8]]
      var sum = [Double](repeating: 0, count: 3)
      for (member, weight) in mixture.enumerated() {
        var description = model.description
        description.mixture = [1]
        let alone = PosteriorModel(description: description, weights: [model.weights[member]])
        for (row, value) in alone.logDensity(of: theta, observation: x).enumerated() {
          sum[row] += weight * exp(value)
        }
      }
      for (found, expected) in zip(model.logDensity(of: theta, observation: x), sum) {
        #expect(abs(found - log(expected)) < 1e-5)
      }
    }
  }

  @Test func samplesCarryTheDensityOfTheMixture() throws {
    try withEnsemble { model, folder in
      let samples = model.sample([10, -3], count: 1_200, seed: 1)
      let found = model.logDensity(
        of: (0..<1_200).map { samples[$0] }, observation: [10, -3], threads: 2)
      for (claimed, found) in zip(samples.logDensity, found) {
        #expect(abs(claimed - found) < 1e-3)
      }
      let loaded = try PosteriorModel(folder: folder)
      #expect(loaded.sample([10, -3], count: 1_200, seed: 1) == samples)
    }
  }

  @Test func interruptedEnsemblesGoOnToTheSameWeights() throws {
    try withTemporaryFolder { folder in
      var experiment = ToyExperiment()
      (experiment.training.epochs, experiment.training.ensemble) = (2, 2)
      let whole = try experiment.train(in: folder, model: "whole")
      // 15 minibatches an epoch: in the second member's second epoch.
      #expect(throws: Interrupted.self) {
        try experiment.train(in: folder, model: "parts", monitor: monitor(interruptedAfter: 55))
      }
      let parts = try experiment.train(in: folder, model: "parts")
      #expect(parts.model.weights == whole.model.weights && parts.history == whole.history)
      #expect(parts.model.description == whole.model.description)
    }
  }
}

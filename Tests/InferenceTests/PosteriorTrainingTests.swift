import ArrayFiles
import Foundation
import Inference
import NeuralNetworks
import NumericalMethods
import Probability
import Testing

@Suite struct PosteriorTrainingTests {
  private func experiment(epochs: Int) -> ToyExperiment {
    var experiment = ToyExperiment()
    experiment.training.epochs = epochs
    return experiment
  }

  @Test func weightsDoNotDependOnThreads() throws {
    try withTemporaryFolder { folder in
      let experiment = experiment(epochs: 3)
      let one = try experiment.train(in: folder, model: "one", monitor: WorkMonitor(threads: 1))
      let two = try experiment.train(in: folder, model: "two", monitor: WorkMonitor(threads: 2))
      #expect(one.history == two.history)
      #expect(one.model.weights == two.model.weights)
      for name in ["model.json", "weights.safetensors", "metrics.jsonl", "state-0.safetensors"] {
        #expect(try bytes("\(folder)/one/\(name)") == bytes("\(folder)/two/\(name)"), "\(name)")
      }
    }
  }

  /// 900 training rows are 15 minibatches: the interruption falls into the third epoch.
  @Test(arguments: [20, 35, 44]) func interruptedTrainingGoesOnToTheSameWeights(
    steps: Int
  ) throws {
    try withTemporaryFolder { folder in
      let experiment = experiment(epochs: 4)
      let whole = try experiment.train(in: folder, model: "whole")
      #expect(throws: Interrupted.self) {
        try experiment.train(
          in: folder, model: "parts", monitor: monitor(interruptedAfter: steps))
      }
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/parts/model.json"))
      let kept = try EpochLoss.read("\(folder)/parts/metrics.jsonl")
      #expect((1..<4).contains(kept.count) && kept == Array(whole.history.prefix(kept.count)))
      let parts = try experiment.train(in: folder, model: "parts")
      #expect(parts.history == whole.history)
      #expect(parts.model.weights == whole.model.weights)
      #expect(try EpochLoss.read("\(folder)/parts/metrics.jsonl") == whole.history)
    }
  }

  @Test func lossAndLearningRateFall() throws {
    try withTemporaryFolder { folder in
      let result = try experiment(epochs: 8).train(in: folder)
      #expect(result.history.map(\.epoch) == Array(0..<8))
      #expect(result.history.last!.validation < result.history[0].validation)
      #expect(result.history.last!.training < result.history[0].training)
      #expect(result.history.last!.learningRate < 0.1 * result.history[1].learningRate)
    }
  }

  /// A hundred simulations are soon overfitted: the model is that of the best epoch, not of the last.
  @Test func bestEpochIsKept() throws {
    try withTemporaryFolder { folder in
      var experiment = experiment(epochs: 40)
      (experiment.count, experiment.training.patience) = (100, 40)
      experiment.training.learningRate = 0.02
      let whole = try experiment.train(in: folder, model: "whole")
      let best = whole.history.min { $0.validation < $1.validation }!.epoch
      try #require(best < 39)
      // An epoch asks the monitor after its two minibatches and its validation.
      #expect(throws: Interrupted.self) {
        try experiment.train(
          in: folder, model: "best", monitor: monitor(interruptedAfter: 3 * (best + 1)))
      }
      #expect(try EpochLoss.read("\(folder)/best/metrics.jsonl").count == best + 1)
      let state = try SafetensorsFile.read("\(folder)/best/state-0.safetensors")
      let weights = try SafetensorsFile.read("\(folder)/whole/weights.safetensors").tensors
      for tensor in weights where tensor.name.hasPrefix("member0.") {
        let wanted = state.tensors.first {
          "member0." + $0.name.dropFirst("weights/".count) == tensor.name
        }
        #expect(wanted?.values == tensor.values, "\(tensor.name)")
      }
    }
  }

  /// A learning rate too small to improve anything visible ends after `patience` epochs.
  @Test func patienceEndsTraining() throws {
    try withTemporaryFolder { folder in
      var experiment = experiment(epochs: 50)
      experiment.training.learningRate = 0
      experiment.training.patience = 2
      let history = try experiment.train(in: folder).history
      #expect(history.count == 3)
    }
  }

  @Test func divergenceIsAnError() throws {
    try withTemporaryFolder { folder in
      var experiment = experiment(epochs: 3)
      experiment.training.learningRate = 1e30
      let error = try #require(throws: TrainingDiverged.self) {
        try experiment.train(in: folder)
      }
      #expect(error.description.contains("learning_rate"))
    }
  }

  @Test func tooFewSimulationsAreRefused() throws {
    try withTemporaryFolder { folder in
      var experiment = experiment(epochs: 1)
      experiment.count = 19
      let error = try #require(throws: FileError.self) { try experiment.train(in: folder) }
      #expect(error.description.contains("19"))
    }
  }

  @Test func damagedStateIsRefused() throws {
    try withTemporaryFolder { folder in
      let experiment = experiment(epochs: 1)
      _ = try experiment.train(in: folder)
      let path = "\(folder)/model/state-0.safetensors"
      try bytes(path).dropLast(100).write(to: URL(fileURLWithPath: path))
      let error = try #require(throws: FileError.self) { try experiment.train(in: folder) }
      #expect(error.path == path)
    }
  }
}

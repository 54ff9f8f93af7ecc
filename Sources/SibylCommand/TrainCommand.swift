import ArgumentParser
import ExperimentRunner
import Inference

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on simulations of your own.",
    discussion: """
      SIMULATIONS is an .npz file with theta [simulations, parameters] and x [simulations, …], one \
      row each, or the folder of a training set. An array names [parameters] may name the \
      parameters. Dimensions of x after the first are flattened. A file larger than memory is read \
      in parts; numpy.savez is best then, because compressed arrays are expanded first, into the \
      output folder. Rows that are not finite are left out and counted.

      PRIOR is a YAML file of the distributions theta was drawn from, as in experiments:

        q: { log_uniform: [1.0e-4, 1] }
        u0: { uniform: [0, 1] }
        alpha: { periodic: [0, 360] }

      Distributions: uniform, log_uniform, normal, log_normal, truncated_normal, periodic. No sample \
      of the model leaves them. Without --prior, parameters may lie anywhere on the real line.

      --set changes the settings of the sections network and train of experiments \
      (Experiments/README.md). Up to 32 values of x go to the density estimator as they are; more \
      pass an embedding network first, unless --set network.embedding=none.

      OUT becomes a folder with model.json, weights.safetensors, metrics.jsonl (the loss of each \
      epoch) and training.png. After Ctrl-C the same command goes on with the epoch it stopped in.

      Example: sibyl train sims.npz --prior prior.yaml --set train.epochs=100 -o model
      """)

  @Argument(help: "An .npz file with theta and x, or a training set's folder.")
  var simulations: String

  @Option(help: "The density estimator; the same as --set network.estimator=….")
  var estimator: Architecture.EstimatorName?

  @Option(help: "The prior of theta, a YAML file.")
  var prior: String?

  @Option(
    name: .customLong("set"), help: "Change a setting, e.g. train.epochs=30; may be repeated.")
  var settings: [String] = []

  @Option(
    help: "Networks whose mixture is the posterior; the same as --set train.ensemble=….")
  var ensemble: Int?

  @Option(help: "Seed of everything random.")
  var seed: UInt64 = 1

  @Option(name: .shortAndLong, help: "The model's folder to write.")
  var output: String

  @Flag(help: "Replace a model in the output folder, or discard an interrupted training.")
  var force = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let chosen =
      [
        estimator.map { "network.estimator=\($0.rawValue)" },
        ensemble.map { "train.ensemble=\($0)" },
      ].compactMap(\.self)
    try common.withMonitor { monitor in
      try ModelTraining(
        simulations: simulations, prior: prior, settings: settings + chosen, seed: seed,
        folder: output, force: force
      ).run(monitor: monitor)
    }
    print(output)
  }
}

extension Architecture.EstimatorName: ExpressibleByArgument {}

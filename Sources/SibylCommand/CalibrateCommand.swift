import ArgumentParser
import ExperimentRunner
import Inference

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Whether a model's posteriors can be believed, on fresh simulations.",
    discussion: """
      SIMULATIONS are as in sibyl train, drawn from the same prior, and none that the model was \
      trained on. Each is inferred, and its true parameters are looked for in the posterior:

        ranks     of the truth among the samples, by parameter (Talts et al. 2018)
        coverage  of highest-density regions (Hermans et al. 2022)
        TARP      coverage of regions around random points (Lemos et al. 2023)

      All three are uniform for exact posteriors. OUT becomes a folder with calibration.json (all \
      values, and their distances from uniform with p-values) and the figures ranks, coverage and \
      tarp.

      Example: sibyl calibrate model fresh.npz -o calibration
      """)

  @Argument(help: "The model's folder.")
  var model: String

  @Argument(help: "An .npz file with theta and x, or a training set's folder.")
  var simulations: String

  @Option(help: "Simulations to infer from, evenly spread over the file; all if there are fewer.")
  var count = 1_000

  @Option(help: "Posterior samples for each.")
  var samples = 1_000

  @Option(help: "Seed of the samples.")
  var seed: UInt64 = 1

  @Option(name: .shortAndLong, help: "The folder to write.")
  var output: String

  @Flag(help: "Replace files of the same names in the output folder.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    for (name, value) in [("--count", count), ("--samples", samples)] where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
  }

  func run() throws {
    let output = try OutputFolder(output, force: force)
    var configuration = Calibration.Configuration()
    (configuration.count, configuration.samples) = (count, samples)
    try common.withMonitor { monitor in
      try output.fill {
        let statistics = try ModelCalibration.write(
          model: model, simulations: simulations, configuration: configuration, seed: seed,
          to: $0, monitor: monitor
        ).statistics
        monitor.note(ModelCalibration.summary(statistics))
      }
    }
    print("\(output.path)/calibration.json")
  }
}

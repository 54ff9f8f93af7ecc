import ArgumentParser
import ExperimentRunner

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run an experiment of any kind, stage by stage, and report.",
    discussion: """
      Results go to Results/<topic>/<name>. Finished stages whose inputs did not change are skipped.

      Example: sibyl run Experiments/microlensing/first-light.yaml --set train.epochs=30
      """)

  @Argument(help: "The experiment, a YAML file.")
  var experiment: String

  @Option(
    name: .customLong("set"), help: "Override a setting, e.g. train.epochs=30; may be repeated.")
  var overrides: [String] = []

  @Option(help: "Override the experiment's seed.")
  var seed: UInt64?

  @Option(name: .shortAndLong, help: "The results folder; Results/<topic>/<name> when left out.")
  var output: String?

  @Flag(help: "Go on with a run that was interrupted.")
  var resume = false

  @Flag(help: "Replace results of another configuration.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if resume && force { throw ValidationError("--resume and --force exclude each other") }
  }

  func run() throws {
    let experiment = try Experiment(path: experiment, overrides: overrides, seed: seed)
    let folder = output ?? "Results/\(experiment.topic)/\(experiment.name)"
    try common.withMonitor { monitor in
      try ExperimentRun(experiment, folder: folder, monitor: monitor)
        .run(existing: force ? .replace : resume ? .resume : .keep)
    }
    print("\(folder)/report.html")
  }
}

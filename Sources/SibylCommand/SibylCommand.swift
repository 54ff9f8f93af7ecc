import ArgumentParser
import ExperimentRunner

@main
struct SibylCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sibyl",
    abstract: "Simulation-based inference for astronomy: simulate, learn, infer, check.",
    discussion: """
      Example: sibyl run Experiments/microlensing/first-light.yaml
      """,
    version: Sibyl.version,
    subcommands: [
      RunCommand.self, TrainCommand.self, SampleCommand.self, LogProbCommand.self,
      CalibrateCommand.self, PosteriorCommand.self, MagnificationCommand.self,
      LightCurveCommand.self, VisibilitiesCommand.self, ObserveCommand.self, ImageCommand.self,
      PeriodogramCommand.self, IntegrateCommand.self, SurrogateCommand.self,
      DegradationCommand.self, RunsCommand.self,
    ])

  /// Ctrl-C is installed first, and every error leaves as one line with the right exit status.
  static func main() {
    Interruption.install()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      CommandFailure.exit(with: error)
    }
  }
}

import ArgumentParser

struct SurrogateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "surrogate",
    abstract: "Learn an expensive function from samples, with error bars that hold.",
    discussion: """
      Example: sibyl surrogate train samples.npz -o model
               sibyl surrogate predict model inputs.npy -o predictions.npz
      """,
    subcommands: [SurrogateTrainCommand.self, SurrogatePredictCommand.self])
}

import ArgumentParser
import ExperimentRunner

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Posterior samples of observations from a trained model.",
    discussion: """
      OBSERVATION is an .npy file, an .npz file with an array x, or a table of numbers (.csv), \
      with one observation in any shape of as many values as the model was trained on, or with a \
      batch of m, [m, …].

      OUT is an .npz file with samples [m, count, parameters], log_prob [m, count], the log-density \
      of each sample in the parameters' own units, and names [parameters]; m is 1 for one \
      observation. An observation that is farther from the simulations than 99.9 % of them is \
      answered with a warning.

      Example: sibyl sample model --observation x.npy --count 10000 -o samples.npz
      """)

  @Argument(help: "The model's folder.")
  var model: String

  @Option(help: "The observation or batch of observations: .npy, .npz or .csv.")
  var observation: String

  @Option(help: "Samples of each posterior.")
  var count = 10_000

  @Option(help: "Seed of the samples.")
  var seed: UInt64 = 1

  @Option(name: .shortAndLong, help: "The .npz file to write.")
  var output: String

  @Flag(help: "Replace the output file if it exists.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if count < 1 { throw ValidationError("--count is \(count); it must be at least 1") }
  }

  func run() throws {
    let output = try OutputFile(output, force: force)
    let answers = try ModelAnswers(model: model, observations: observation)
    try common.withMonitor {
      try answers.writeSamples(count, seed: seed, to: output.path, monitor: $0)
    }
  }
}

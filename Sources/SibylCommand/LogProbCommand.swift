import ArgumentParser
import ExperimentRunner

struct LogProbCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-prob",
    abstract: "Posterior log-densities of given parameters from a trained model.",
    discussion: """
      OBSERVATION is one observation or a batch of m, as in sibyl sample. PARAMETERS is an .npy \
      file, an .npz file with an array theta, parameters or samples, or a .csv table, with the \
      parameters in the model's order and in their own units; a table may name its columns.

      OUT is an .npy file of ln q(theta | x), per unit of theta and -inf outside the prior:

        one observation, parameters [n, d]           [n]
        m observations, parameters [n, d]            [m, n], each of each
        m observations, parameters [m, n, d]         [m, n], each observation its own
        m observations, parameters [m, d], --paired  [m], one each

      Example: sibyl log-prob model --observation x.npy --parameters theta.npy -o log_prob.npy
      """)

  @Argument(help: "The model's folder.")
  var model: String

  @Option(help: "The observation or batch of observations: .npy, .npz or .csv.")
  var observation: String

  @Option(help: "The parameters: .npy, .npz or .csv.")
  var parameters: String

  @Flag(help: "Take row i of the parameters with observation i alone.")
  var paired = false

  @Option(name: .shortAndLong, help: "The .npy file to write.")
  var output: String

  @Flag(help: "Replace the output file if it exists.")
  var force = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let output = try OutputFile(output, force: force)
    let answers = try ModelAnswers(model: model, observations: observation)
    try common.withMonitor {
      try answers.writeLogDensities(
        of: parameters, isPaired: paired, to: output.path, monitor: $0)
    }
  }
}

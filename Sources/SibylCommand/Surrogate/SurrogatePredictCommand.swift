import ArgumentParser
import ArrayFiles
import Foundation
import Surrogates

struct SurrogatePredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Outputs of a trained surrogate, with their error bars.",
    discussion: """
      INPUTS is an .npy file, an .npz file with an array x, or a table of numbers (.csv), with the features \
      the model was trained on, [n, features].

      OUT is an .npz file with mean, standard_deviation and flag, all [n, outputs], and names. flag is 0, or the \
      sum of 1, outside of the training set, where error bars grow with the distance from it, and 2, an error \
      bar as wide as what the outputs of the training set spread: the model does not know.

      Example: sibyl surrogate predict model inputs.npy -o predictions.npz
      """)

  @Argument(help: "The model's folder.")
  var model: String

  @Argument(help: "The inputs: .npy, .npz or .csv.")
  var inputs: String

  @Option(name: .shortAndLong, help: "The .npz file to write.")
  var output: String

  @Flag(help: "Replace the output file if it exists.")
  var force = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let output = try OutputFile(output, force: force)
    let surrogate = try SurrogateModel.read(model)
    let x = try RegressionFile.inputs(inputs, names: surrogate.inputNames)
    let rows = x.count / surrogate.inputNames.count
    let outputs = surrogate.outputCount
    try common.withMonitor { monitor in
      let answer = surrogate.predict(x, threads: common.threads)
      try monitor.checkInterruption()
      let spreads = surrogate.outputSpreads
      let flags = answer.prediction.standardDeviation.indices.map { index -> UInt8 in
        let isOutside = answer.excess[index / outputs] > 0
        let isLost = answer.prediction.standardDeviation[index] >= spreads[index % outputs]
        return (isOutside ? 1 : 0) + (isLost ? 2 : 0)
      }
      var archive = NPZWriter()
      let shape = [rows, outputs]
      archive.add("mean", NDArray(shape: shape, values: answer.prediction.mean))
      archive.add(
        "standard_deviation",
        NDArray(shape: shape, values: answer.prediction.standardDeviation))
      archive.add("flag", NDArray(shape: shape, values: flags))
      archive.add("names", surrogate.outputNames)
      try archive.write(to: output.path)
      let outside = answer.excess.count { $0 > 0 }
      if outside > 0 {
        monitor.note(
          "\(outside) of \(rows) inputs lie outside of the training set, by up to "
            + String(format: "%.2g", answer.excess.max()!)
            + " standard deviations: their error bars are wide and a guess")
      }
      let lost = flags.count { $0 >= 2 }
      if lost > 0 {
        monitor.note(
          "\(lost) of \(flags.count) values have error bars as wide as the training set: the model "
            + "does not know them")
      }
    }
  }
}

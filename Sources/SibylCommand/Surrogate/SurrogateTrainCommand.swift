import ArgumentParser
import ArrayFiles
import ExperimentRunner
import Foundation
import NumericalMethods
import Surrogates

struct SurrogateTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Try methods on rows left out, and train the simplest that is as good as the best.",
    discussion: """
      DATA is an .npz file with x [rows, features] and y [rows] or [rows, outputs]. Arrays x_names and \
      y_names may name the columns. Rows that are not finite are left out and counted.

      Methods, from the simplest on: \(SurrogateCatalog.methods.map { $0.name }.joined(separator: ", ")). Each \
      is tried with several settings on rows left out: five times a fifth of up to 5000 rows, once a \
      fifth of more. Taken is the simplest whose mean squared error is within one standard error of the \
      least; --best takes the least. Error bars are scaled so that nine of ten rows left out lie within \
      those of 90 %.

      MODEL becomes a folder with model.json, arrays.npz, comparison.csv (a line for each that was tried), \
      learning_curve.csv, held_out.npz (predictions of rows that the method had not seen) and figures. \
      After Ctrl-C the same command goes on with a neural network where it stopped.

      Example: sibyl surrogate train samples.npz --periodic phase=360 -o model
      """)

  @Argument(help: "An .npz file with x and y.")
  var data: String

  @Option(help: "Methods to try, separated by commas (default: all).")
  var methods: String?

  @Option(
    help: "A feature that is periodic, by name or number from 1, and its period; may be repeated.")
  var periodic: [String] = []

  @Flag(help: "Take the least error, whatever the method.")
  var best = false

  @Option(help: "Rows to train on at most, evenly chosen; all by default.")
  var rows: Int?

  @Option(help: "Seed of everything random.")
  var seed: UInt64 = 1

  @Option(name: .shortAndLong, help: "The model's folder to write.")
  var output: String

  @Flag(help: "Replace a model in the output folder.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let rows, rows < 10 { throw ValidationError("--rows is \(rows); it must be at least 10") }
    _ = try chosenMethods
  }

  private var chosenMethods: [any SurrogateMethod.Type] {
    get throws {
      guard let methods else { return SurrogateCatalog.methods }
      let names = methods.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      for name in names where SurrogateCatalog.method(named: name) == nil {
        let known = SurrogateCatalog.methods.map { $0.name }
        let hint = NearestName.suggest(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        throw ValidationError(
          "--methods names '\(name)'\(hint) (valid: \(known.joined(separator: ", ")))")
      }
      return SurrogateCatalog.methods.filter { names.contains($0.name) }
    }
  }

  func run() throws {
    let folder = try OutputFolder(output, force: force)
    let methods = try chosenMethods
    try common.withMonitor { monitor in
      let file = try RegressionFile(data, mostRows: rows)
      for note in file.notes { monitor.note(note) }
      var training = SurrogateTraining(
        file.data, methods: methods, periods: try file.periods(periodic))
      training.takesBest = best
      training.seed = seed
      // Beside the output, because an unfinished folder is none.
      let checkpoint = "\(folder.path).training"
      training.checkpoint = checkpoint
      let outcome: SurrogateTraining.Outcome
      do {
        outcome = try training.run(
          file.data, inputNames: file.inputNames, outputNames: file.outputNames, monitor: monitor)
      } catch let error as SurrogateError {
        throw FileError(path: data, problem: "\(error)")
      }
      try folder.fill {
        try SurrogateAnswer(outcome: outcome, file: file).write(to: $0, version: Sibyl.version)
      }
      try? FileManager.default.removeItem(atPath: checkpoint)
      monitor.note(SurrogateAnswer.sentence(outcome))
      SurrogateAnswer.warning(outcome).map(monitor.note)
    }
    print(output)
  }
}

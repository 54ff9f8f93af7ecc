import ArgumentParser
import ArrayFiles
import ExperimentRunner
import Foundation
import MicrolensingEvents

struct PosteriorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "posterior",
    abstract: "The posterior of a binary microlensing event from its photometry.",
    discussion: """
      Each FILE is one data set of the event; a folder is one event. A model trained for exactly these \
      data is used when there is one in Results/ or in the cache (SIBYL_CACHE, or .cache/sibyl in the \
      home folder); otherwise one is trained first, which takes minutes.

      Example: sibyl posterior Experiments/data/OB03235/*.tbl.txt -o ob03235
      """)

  @Argument(help: "Photometry files, or one folder of them.")
  var files: [String]

  @Option(help: "A trained model's folder.")
  var model: String?

  @Option(help: "Posterior samples.")
  var count = 10_000

  @Option(help: "Seed of the samples, and of training where it is needed.")
  var seed: UInt64 = 1

  @Option(name: .shortAndLong, help: "The folder to write.")
  var output: String

  @Flag(help: "Replace files of the same names in the output folder.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if count < 1 { throw ValidationError("--count is \(count); it must be at least 1") }
  }

  func run() throws {
    let paths = try photometry()
    let output = try OutputFolder(output, force: force)
    let event = try MicrolensingEvent(files: paths)
    try common.withMonitor { monitor in
      event.warnings.forEach(monitor.note)
      let experiment = EventExperiment(event: event, cache: EventExperiment.defaultCache)
      let folder: String
      if let model {
        folder = model
      } else if let existing = experiment.existingModel(results: "Results") {
        monitor.note("using the model in \(existing)")
        folder = existing
      } else {
        monitor.note("no model for these data yet: training one at their epochs")
        folder = try experiment.train(seed: seed, monitor: monitor)
      }
      try output.fill {
        _ = try EventRun.write(
          event, modelFolder: folder, samples: count, seed: seed, to: $0, monitor: monitor)
      }
    }
    print("\(output.path)/report.html")
  }

  /// The files; those of a folder in the order of their names.
  private func photometry() throws -> [String] {
    var isFolder: ObjCBool = false
    guard files.count == 1,
      FileManager.default.fileExists(atPath: files[0], isDirectory: &isFolder),
      isFolder.boolValue
    else { return files }
    let names = try FileManager.default.contentsOfDirectory(atPath: files[0]).sorted().filter {
      !$0.hasPrefix(".") && !$0.uppercased().contains("README")
    }
    guard !names.isEmpty else { throw FileError(path: files[0], problem: "holds no photometry") }
    return names.map { "\(files[0])/\($0)" }
  }
}

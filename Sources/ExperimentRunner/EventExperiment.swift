import ArrayFiles
import Foundation
import Inference
import MicrolensingEvents
import NumericalMethods
import Plotting
import Probability

/// Finds or trains the model of an event, by an experiment that is written for it.
public struct EventExperiment: Sendable {
  public let event: MicrolensingEvent
  /// Where models of events are kept between calls.
  public let cache: String

  public init(event: MicrolensingEvent, cache: String) {
    self.event = event
    self.cache = cache
  }

  /// Where models are kept unless told: $SIBYL_CACHE, or .cache/sibyl in the home folder.
  public static var defaultCache: String {
    ProcessInfo.processInfo.environment["SIBYL_CACHE"]
      ?? FileManager.default.homeDirectoryForCurrentUser.path + "/.cache/sibyl"
  }

  private var folder: String { "\(cache)/\(event.fingerprint)" }

  /// The folder of a model trained for this event, among finished experiments in `results` and then in
  /// the cache; nil where there is none.
  public func existingModel(results: String) -> String? {
    let manager = FileManager.default
    var candidates: [String] = []
    for topic in ((try? manager.contentsOfDirectory(atPath: results)) ?? []).sorted() {
      for name in ((try? manager.contentsOfDirectory(atPath: "\(results)/\(topic)")) ?? []).sorted()
      {
        candidates.append("\(results)/\(topic)/\(name)/train")
      }
    }
    candidates.append("\(folder)/train")
    // Models that cannot be read, or were interrupted before their calibration, are passed over.
    return candidates.first { candidate in
      manager.fileExists(atPath: "\(candidate)/../calibrate/calibration.json")
        && (try? PosteriorModel(folder: candidate))?.description.observationFingerprint
          == event.fingerprint
    }
  }

  /// Simulates, trains and calibrates at the event's epochs, going on where the same call stopped.
  public func train(seed: UInt64, monitor: WorkMonitor) throws -> String {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/experiment.yaml"
    try AtomicFile.write(Data(yaml(seed: seed).utf8), to: path)
    let run = ExperimentRun(try Experiment(path: path), folder: folder, monitor: monitor)
    try run.run(through: .calibrate, existing: .renew)
    return "\(folder)/train"
  }

  /// The experiment, as a user would write it.
  private func yaml(seed: UInt64) -> String {
    let data = event.files.map { "    - '\(absolute($0).replacing("'", with: "''"))'" }
    let prior = event.defaultPrior.parameters.map { parameter in
      let (kind, arguments) = parameter.distribution.description
      return
        "  \(parameter.name): { \(kind): [\(arguments.map { "\($0)" }.joined(separator: ", "))] }"
    }
    return """
      title: \(event.lightCurves[0].name)
      seed: \(seed)
      simulator:
        name: microlensing_event
        data:
      \(data.joined(separator: "\n"))
      prior:
      \(prior.joined(separator: "\n"))
      simulate:
        count: 300000
      train:
        epochs: 16
        batch_size: 256
        learning_rate: 1.0e-3
      calibrate:
        count: 500

      """
  }

  private func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

/// One event answered from a trained model, with its report.
public enum EventRun {
  /// Samples the posterior and writes samples, summary, figures and `report.html` into `folder`.
  ///
  /// - Throws: `ResultsError` when the model is for another event.
  public static func write(
    _ event: MicrolensingEvent, modelFolder: String, samples: Int, seed: UInt64, to folder: String,
    monitor: WorkMonitor
  ) throws -> EventSummary {
    let model = try PosteriorModel(folder: modelFolder)
    guard model.description.observationFingerprint == event.fingerprint else {
      throw ResultsError(
        modelFolder,
        "was trained for other photometry than these files; leave --model out to "
          + "train for them")
    }
    let posterior = model.sample(
      event.simulator.observedData, count: samples, seed: seed, threads: monitor.threads)
    let summary = try EventAnswer.write(
      posterior, of: event, prior: model.prior, to: folder, monitor: monitor)
    var report = Report(
      title: event.lightCurves[0].name,
      subtitle: "\(event.lightCurves.count) data sets, \(event.pointCount) points")
    for warning in event.warnings { report.addWarning(warning) }
    try EventAnswer.describe(folder, in: &report)
    // A model that was copied elsewhere may have left its calibration behind.
    let calibrate = "\(modelFolder)/../calibrate"
    if FileManager.default.fileExists(atPath: "\(calibrate)/calibration.json") {
      try PosteriorExperiment.describeCalibration(calibrate, figures: folder, in: &report)
    } else {
      report.addWarning("The model came without its calibration.")
    }
    report.section("Provenance")
    report.addKeyValues(
      [
        ("Sibyl", "\(Sibyl.version), commit \(Sibyl.commit)"), ("Seed", "\(seed)"),
        ("Model", modelFolder),
      ]
        + event.files.map { ("Photometry", $0) })
    try report.write(to: "\(folder)/report.html")
    return summary
  }
}

import ArrayFiles
import Foundation
import Inference
import Plotting

/// Writes `manifest.json`, `metrics.json` and `report.html` of a finished experiment.
struct ExperimentReport {
  /// What `sibyl runs` reads.
  struct Manifest: Codable {
    let title: String
    let topic: String
    let name: String
    /// Nil in those written before there were kinds: `posterior`.
    let kind: String?
    let simulator: String
    let seed: UInt64
    let sibylVersion: String
    let commit: String
    let host: String
    let finishedAt: String
    let secondsByStage: [String: Double]
    let configuration: String
  }

  private let run: ExperimentRun
  private var experiment: Experiment { run.experiment }

  init(_ run: ExperimentRun) { self.run = run }

  func write() throws {
    let records = try experiment.stages.compactMap { stage in
      try StageRecord.read(in: run.folder(stage)).map { (name: stage.name, record: $0) }
    }
    let metrics = Dictionary(uniqueKeysWithValues: records.map { ($0.name, $0.record.metrics) })
    try JSONFile.write(metrics, to: "\(run.folder)/metrics.json")
    try writeReport(records)
    let configuration = try FileContents.text("\(run.folder)/experiment.yaml")
    try JSONFile.write(
      Manifest(
        title: experiment.file.title, topic: experiment.topic, name: experiment.name,
        kind: type(of: experiment.kind).name, simulator: experiment.kind.simulatorName,
        seed: experiment.file.seed, sibylVersion: Sibyl.version, commit: Sibyl.commit,
        host: ProcessInfo.processInfo.hostName, finishedAt: Date().ISO8601Format(),
        secondsByStage: Dictionary(
          uniqueKeysWithValues: records.map { ($0.name, $0.record.seconds) }),
        configuration: configuration),
      to: "\(run.folder)/manifest.json")
  }

  private func writeReport(_ records: [(name: String, record: StageRecord)]) throws {
    var report = Report(
      title: experiment.file.title, subtitle: "\(experiment.topic)/\(experiment.name)")
    for warning in experiment.kind.warnings { report.addWarning(warning) }
    try experiment.kind.describe(run, in: &report)
    report.section("Provenance")
    report.addKeyValues([
      ("Sibyl", "\(Sibyl.version), commit \(Sibyl.commit)"), ("Seed", "\(experiment.file.seed)"),
      ("Experiment", experiment.file.path), ("Host", ProcessInfo.processInfo.hostName),
      (
        "Wall time",
        records.map { String(format: "%@ %.0f s", $0.name, $0.record.seconds) }
          .joined(separator: ", ")
      ),
    ])
    try report.write(to: "\(run.folder)/report.html")
  }
}

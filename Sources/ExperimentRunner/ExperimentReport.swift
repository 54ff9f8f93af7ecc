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
    var records: [Stage: StageRecord] = [:]
    for stage in Stage.allCases { records[stage] = try StageRecord.read(in: run.folder(stage)) }
    let metrics = Dictionary(
      uniqueKeysWithValues: records.map { ($0.key.rawValue, $0.value.metrics) })
    try JSONFile.write(metrics, to: "\(run.folder)/metrics.json")
    try writeReport(records)
    let configuration = try FileContents.text("\(run.folder)/experiment.yaml")
    try JSONFile.write(
      Manifest(
        title: experiment.title, topic: experiment.topic, name: experiment.name,
        simulator: experiment.simulatorName, seed: experiment.seed, sibylVersion: Sibyl.version,
        commit: Sibyl.commit, host: ProcessInfo.processInfo.hostName,
        finishedAt: Date().ISO8601Format(),
        secondsByStage: Dictionary(
          uniqueKeysWithValues: records.map { ($0.key.rawValue, $0.value.seconds) }),
        configuration: configuration),
      to: "\(run.folder)/manifest.json")
  }

  private func writeReport(_ records: [Stage: StageRecord]) throws {
    var report = Report(
      title: experiment.title, subtitle: "\(experiment.topic)/\(experiment.name)")
    for warning in experiment.subject.warnings { report.addWarning(warning) }
    try experiment.subject.describe(run.folder(.infer), in: &report)
    let calibrate = run.folder(.calibrate)
    try Self.describeCalibration(calibrate, figures: calibrate, in: &report)
    try describeTraining(in: &report)
    report.section("Provenance")
    report.addKeyValues([
      ("Sibyl", "\(Sibyl.version), commit \(Sibyl.commit)"), ("Seed", "\(experiment.seed)"),
      ("Experiment", experiment.path), ("Host", ProcessInfo.processInfo.hostName),
      (
        "Wall time",
        Stage.allCases.compactMap { stage in
          records[stage].map { String(format: "%@ %.0f s", stage.rawValue, $0.seconds) }
        }.joined(separator: ", ")
      ),
    ])
    try report.write(to: "\(run.folder)/report.html")
  }

  /// Adds what the calibrate stage left in `folder`, drawing its figures into `figures`.
  static func describeCalibration(
    _ folder: String, figures: String, in report: inout Report
  ) throws {
    let calibration = try JSONFile.read(Calibration.self, "\(folder)/calibration.json")
    let figures = try CalibrationFigures(calibration, folder: figures)
    report.section("Belief")
    report.addParagraph(
      "\(calibration.credibilities.count) fresh simulations from the prior, "
        + "\(calibration.samples) posterior samples each.")
    report.addTable(
      headers: ["credibility", "expected coverage"],
      rows: [0.5, 0.68, 0.9].map { level in
        [
          String(format: "%.0f %%", 100 * level),
          String(format: "%.1f %%", 100 * calibration.coverage(level)),
        ]
      },
      caption: "How often the truth lies in the posterior's highest-density region of a "
        + "credibility.")
    try report.addFigure(
      pngPath: figures.coverage, caption: "Expected coverage with its 95 % sampling band.")
    try report.addFigure(
      pngPath: figures.tarp,
      caption: "Coverage of TARP regions, around random points, with its 95 % sampling band.")
    try report.addFigure(
      pngPath: figures.ranks,
      caption: "Simulation-based calibration: the ECDF of each parameter's ranks minus the "
        + "uniform law, with the simultaneous 95 % band.")
  }

  private func describeTraining(in report: inout Report) throws {
    let folder = run.folder(.train)
    let history = try EpochLoss.read("\(folder)/metrics.jsonl")
    let figure = try TrainingFigure(history).write(to: "\(folder)/training")
    report.section("Training")
    let set = try TrainingSet(folder: run.folder(.simulate), verify: false)
    report.addParagraph(
      "\(set.rowCount) simulations, of which \(Int(100 * experiment.train.validationFraction)) % "
        + "only validate; \(history.count) epochs.")
    for (reason, count) in set.failures.sorted(by: { $0.key < $1.key }) {
      report.addParagraph("\(count) further draws were excluded: \(reason).")
    }
    try report.addFigure(
      pngPath: figure.png, caption: "Mean −ln q of the parameters, in latent space.")
  }
}

extension TrainingFigure {
  /// The losses of all members.
  public init(_ history: [EpochLoss]) {
    let members = Dictionary(grouping: history, by: \.member).sorted { $0.key < $1.key }
    self.init(
      training: members.map { $0.value.map(\.training) },
      validation: members.map { $0.value.map(\.validation) })
  }
}

import ArrayFiles
import Foundation
import Inference
import NumericalMethods

/// Runs the stages of an experiment into a results folder.
public struct ExperimentRun: Sendable {
  public let experiment: Experiment
  /// Results/<topic>/<name>
  public let folder: String
  let monitor: WorkMonitor

  public init(_ experiment: Experiment, folder: String, monitor: WorkMonitor) {
    self.experiment = experiment
    self.folder = folder
    self.monitor = monitor
  }

  func folder(_ stage: Stage) -> String { "\(folder)/\(stage.name)" }

  /// Runs what is not finished yet, up to and including `last`; after all stages also writes manifest,
  /// metrics and report.
  ///
  /// - Throws: `ResultsError` when results are in the way, whatever a stage throws, `Interrupted`.
  public func run(through last: Stage? = nil, existing: ExistingResults) throws {
    try claimFolder()
    experiment.kind.warnings.forEach(monitor.note)
    let stages =
      last.map { experiment.stages.prefix(through: experiment.stages.firstIndex(of: $0)!) }
      ?? experiment.stages[...]
    // All refusals come before any work.
    for stage in stages {
      _ = try isFinished(stage, existing: existing)
    }
    for stage in stages {
      if try isFinished(stage, existing: existing) {
        monitor.note("\(stage.name): unchanged, skipped")
        continue
      }
      try discardStale(stage, existing: existing)
      try FileManager.default.createDirectory(
        atPath: folder(stage), withIntermediateDirectories: true)
      var record = StageRecord(fingerprint: try experiment.fingerprint(of: stage))
      try record.write(in: folder(stage))
      let start = ContinuousClock.now
      record.metrics = try experiment.kind.perform(stage, of: self)
      record.finished = true
      record.seconds = (ContinuousClock.now - start) / .seconds(1)
      try record.write(in: folder(stage))
      monitor.note(
        String(format: "%@: done in %.1f s", stage.name, record.seconds))
    }
    if stages.count == experiment.stages.count { try ExperimentReport(self).write() }
  }

  var provenance: [String: String] {
    [
      "experiment": experiment.file.path, "seed": "\(experiment.file.seed)", "sibyl": Sibyl.version,
      "commit": Sibyl.commit, "host": ProcessInfo.processInfo.hostName,
    ]
  }

  /// Refuses a folder that holds something else.
  private func claimFolder() throws {
    let manager = FileManager.default
    let contents = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
    if !contents.isEmpty, !contents.contains("experiment.yaml") {
      throw ResultsError(folder, "exists and holds no Sibyl results; choose another --output")
    }
    do {
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ResultsError(folder, "cannot be created (\(error.localizedDescription))")
    }
    if let text = manager.contents(atPath: experiment.file.path) {
      try AtomicFile.write(text, to: "\(folder)/experiment.yaml")
    }
  }

  private func isFinished(_ stage: Stage, existing: ExistingResults) throws -> Bool {
    guard let record = try StageRecord.read(in: folder(stage)) else {
      // Every stage writes its record first: what stands here without one is somebody else's.
      let contents = (try? FileManager.default.contentsOfDirectory(atPath: folder(stage))) ?? []
      guard contents.isEmpty else {
        throw ResultsError(
          folder(stage), "holds files that are not Sibyl's; choose another --output")
      }
      return false
    }
    let isCurrent = record.fingerprint == (try experiment.fingerprint(of: stage))
    switch (record.finished, isCurrent) {
    case (true, true): return true
    case _ where existing == .replace || existing == .renew: return false
    case (true, false):
      throw ResultsError(
        folder(stage), "holds results of another configuration; --force replaces them")
    case (false, true):
      if existing == .resume { return false }
      throw ResultsError(
        folder(stage), "was interrupted; --resume goes on, --force starts it again")
    case (false, false):
      throw ResultsError(
        folder(stage),
        "was interrupted under another configuration; --force starts it again")
    }
  }

  /// Removes a stage's folder where it is to be made anew.
  private func discardStale(_ stage: Stage, existing: ExistingResults) throws {
    guard let record = try StageRecord.read(in: folder(stage)) else { return }
    let isCurrent = record.fingerprint == (try experiment.fingerprint(of: stage))
    if existing == .replace || (existing == .renew && !isCurrent) {
      try FileManager.default.removeItem(atPath: folder(stage))
    }
  }
}

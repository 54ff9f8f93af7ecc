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

  func folder(_ stage: Stage) -> String { "\(folder)/\(stage.rawValue)" }

  /// Runs what is not finished yet, up to and including `last`, and writes manifest, metrics and report.
  ///
  /// - Throws: `ResultsError` when results are in the way, whatever a stage throws, `Interrupted`.
  public func run(through last: Stage = .infer, existing: ExistingResults) throws {
    try claimFolder()
    experiment.subject.warnings.forEach(monitor.note)
    // All refusals come before any work.
    for stage in Stage.allCases.prefix(through: last) {
      _ = try isFinished(stage, existing: existing)
    }
    var seconds: [Stage: Double] = [:]
    for stage in Stage.allCases.prefix(through: last) {
      if try isFinished(stage, existing: existing) {
        monitor.note("\(stage.rawValue): unchanged, skipped")
        continue
      }
      try discardStale(stage, existing: existing)
      try FileManager.default.createDirectory(
        atPath: folder(stage), withIntermediateDirectories: true)
      var record = StageRecord(fingerprint: try experiment.fingerprint(of: stage))
      try record.write(in: folder(stage))
      let start = ContinuousClock.now
      record.metrics = try perform(stage)
      record.finished = true
      record.seconds = (ContinuousClock.now - start) / .seconds(1)
      try record.write(in: folder(stage))
      seconds[stage] = record.seconds
      monitor.note(
        String(format: "%@: done in %.1f s", stage.rawValue, record.seconds))
    }
    if last == .infer { try ExperimentReport(self).write() }
  }

  public func model() throws -> PosteriorModel { try PosteriorModel(folder: folder(.train)) }

  private func simulation() throws -> SimulationRun {
    try SimulationRun(
      simulator: experiment.subject.simulator, name: experiment.simulatorName,
      prior: experiment.prior, configuration: experiment.simulate, seed: experiment.seed,
      fingerprint: try experiment.fingerprint(of: .simulate))
  }

  /// Does a stage's work and returns its metrics.
  private func perform(_ stage: Stage) throws -> [String: Double] {
    switch stage {
    case .simulate:
      let set = try simulation().write(to: folder(.simulate), monitor: monitor)
      for (reason, count) in set.failures.sorted(by: { $0.key < $1.key }) {
        monitor.note("excluded \(count) simulations: \(reason)")
      }
      return [
        "rows": Double(set.rowCount), "failures": Double(set.failures.values.reduce(0, +)),
      ]
    case .train:
      let training = try PosteriorTraining(
        TrainingSet(folder: folder(.simulate)).simulations, model: experiment.subject.simulator,
        prior: experiment.prior, architecture: experiment.architecture,
        configuration: experiment.train, seed: experiment.seed)
      let history = try training.run(
        in: folder(.train), observationFingerprint: experiment.subject.fingerprint,
        provenance: provenance, monitor: monitor
      ).history
      let best = history.min { $0.validation < $1.validation }!
      return [
        "epochs": Double(history.count), "best_epoch": Double(best.epoch + 1),
        "best_validation_loss": best.validation,
      ]
    case .calibrate:
      let calibration = try Calibration.run(
        model(), simulation: simulation(), configuration: experiment.calibrate,
        seed: experiment.seed, monitor: monitor)
      try JSONFile.write(calibration, to: "\(folder(.calibrate))/calibration.json")
      var metrics: [String: Double] = [:]
      for level in [0.5, 0.68, 0.9] {
        metrics[String(format: "coverage_%.0f", 100 * level)] = calibration.coverage(level)
      }
      for (index, name) in calibration.names.enumerated() {
        metrics["rank_deviation_\(name)"] = calibration.rankDeviation(index)
      }
      return metrics
    case .infer:
      let samples = try model().sample(
        experiment.subject.observation, count: experiment.infer.samples, seed: experiment.seed,
        threads: monitor.threads)
      return try experiment.subject.answer(
        samples, prior: experiment.prior, folder: folder(.infer), monitor: monitor)
    }
  }

  var provenance: [String: String] {
    [
      "experiment": experiment.path, "seed": "\(experiment.seed)", "sibyl": Sibyl.version,
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
    if let text = manager.contents(atPath: experiment.path) {
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

extension Array where Element == Stage {
  fileprivate func prefix(through last: Stage) -> ArraySlice<Stage> {
    prefix(through: firstIndex(of: last)!)
  }
}

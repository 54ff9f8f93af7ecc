import Inference
import Probability

extension ExperimentRun {
  /// Draws from a prior and simulates, into a folder; draws without an answer are told by their reason.
  ///
  /// - Throws: `FileError`, `Interrupted`.
  func simulations(
    of simulator: any Simulator, _ prior: JointPrior, _ configuration: SimulationRun.Configuration,
    seed: UInt64, to folder: String, for stage: Stage
  ) throws -> TrainingSet {
    let set = try SimulationRun(
      simulator: simulator, name: experiment.kind.simulatorName, prior: prior,
      configuration: configuration, seed: seed,
      fingerprint: try experiment.fingerprint(of: stage)
    ).write(to: folder, monitor: monitor)
    for (reason, count) in set.failures.sorted(by: { $0.key < $1.key }) {
      monitor.note("excluded \(count) draws: \(reason)")
    }
    return set
  }

  /// A seed whose streams share no random number with those of the experiment's own.
  func seed(for purpose: String) -> UInt64 {
    UInt64(Sibyl.fingerprint(["\(experiment.file.seed)", purpose]), radix: 16)!
  }
}

import Inference
import NumericalMethods
import Plotting
import Probability

/// What an experiment is about: a simulator, perhaps real data, and what is made of their posterior.
public protocol ExperimentSubject: Sendable {
  var simulator: any Simulator { get }
  /// Changes when the subject's own files do, so that finished stages are known to be stale.
  var fingerprint: String { get }
  /// What the user should know about the input.
  var warnings: [String] { get }
  /// The data to infer from `[observationCount]`.
  var observation: [Float] { get }

  /// Writes samples, tables and figures of the posterior into `folder`; returns its metrics.
  func answer(
    _ samples: PosteriorSamples, prior: JointPrior, folder: String, monitor: WorkMonitor
  ) throws -> [String: Double]

  /// Adds what `answer` left in `folder` to a report.
  func describe(_ folder: String, in report: inout Report) throws
}

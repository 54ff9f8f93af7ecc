import Plotting

/// What experiments of one kind do: their stages, the sections of the file these take, and what is
/// reported. A file names its kind as in `kind: blind_imaging`.
public protocol ExperimentKind: Sendable {
  /// As files spell it.
  static var name: String { get }
  /// In order. The file's sections are those of the stages.
  static var stages: [Stage] { get }

  /// Reads the sections.
  ///
  /// - Throws: `ConfigurationError` naming line and key, `FileError` for the data they name.
  init(_ file: ExperimentFile) throws

  /// What is simulated, in a word.
  var simulatorName: String { get }
  /// Changes when files that the experiment names do, so that finished stages are known to be stale.
  var fingerprint: String { get }
  /// What the user should know about the input.
  var warnings: [String] { get }

  /// Does a stage's work in its folder of the run, going on where it was interrupted; returns its
  /// metrics.
  func perform(_ stage: Stage, of run: ExperimentRun) throws -> [String: Double]

  /// Adds what all stages left to a report.
  func describe(_ run: ExperimentRun, in report: inout Report) throws
}

extension ExperimentKind {
  static var sections: Set<String> { Set(stages.flatMap(\.sections)) }
}

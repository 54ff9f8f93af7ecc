/// Where a configuration value was written: a line of a file, or a `--set` assignment.
public struct ConfigurationLocation: Sendable, Hashable, CustomStringConvertible {
  /// The file as the user named it, or the assignment, `--set a.b=value`.
  public let source: String
  /// Counted from 1; nil for an assignment.
  public let line: Int?
  /// Counted from 1 in Unicode scalars; nil for an assignment.
  public let column: Int?

  public init(source: String, line: Int? = nil, column: Int? = nil) {
    self.source = source
    self.line = line
    self.column = column
  }

  /// `experiment.yaml:14`, or the assignment.
  public var description: String { source + (line.map { ":\($0)" } ?? "") }
}

/// A configuration that cannot be used: where, which key, and what would be right.
public struct ConfigurationError: Error, CustomStringConvertible, Sendable {
  /// The file as the user named it, or the assignment, `--set a.b=value`.
  public let file: String
  /// Counted from 1; nil for an assignment or a file that cannot be read.
  public let line: Int?
  /// Counted from 1; only syntax errors carry it.
  public let column: Int?
  /// The dotted path of the key, `train.epochs`; nil where no key is concerned.
  public let key: String?
  /// One line, starting in lower case, without the location.
  public let problem: String

  public init(
    file: String, line: Int? = nil, column: Int? = nil, key: String? = nil, problem: String
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.key = key
    self.problem = problem.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  init(at location: ConfigurationLocation, key: String?, problem: String) {
    self.init(file: location.source, line: location.line, key: key, problem: problem)
  }

  /// The error for a name that is not among `valid`, with the nearest one suggested.
  static func unknownKey(
    _ key: String, in path: String, at location: ConfigurationLocation, valid: [String]
  ) -> ConfigurationError {
    let owner = path.isEmpty ? "" : " in '\(path)'"
    let hint = NearestName.suggest(key, among: valid).map { "; did you mean '\($0)'?" } ?? ""
    let list = valid.isEmpty ? "no keys" : valid.sorted().joined(separator: ", ")
    return ConfigurationError(
      at: location, key: path.isEmpty ? key : "\(path).\(key)",
      problem: "unknown key '\(key)'\(owner)\(hint) (valid: \(list))")
  }

  /// `experiment.yaml:14: unknown key …`, or `experiment.yaml:12:5: …` for syntax errors.
  public var description: String {
    let position = [line, column].compactMap { $0.map { ":\($0)" } }.joined()
    return "\(file)\(position): \(problem)"
  }
}

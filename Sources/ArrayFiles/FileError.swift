import Foundation

/// What is wrong with a file: where (path, line, column) and what was seen and expected.
///
/// The description is one line, such as
/// `events/x.csv:317: column 'mag': found 'abc', expected a number`.
public struct FileError: Error, CustomStringConvertible, Sendable, Equatable {
  public var path: String
  public var line: Int?
  public var column: String?
  public var problem: String

  public init(path: String, line: Int? = nil, column: String? = nil, problem: String) {
    self.path = path
    self.line = line
    self.column = column
    self.problem = problem
  }

  public var description: String {
    var text = path
    if let line { text += ":\(line)" }
    if let column { text += ": column \(FileError.quoted(column))" }
    return FileError.oneLine(text + ": " + problem)
  }

  /// A value as seen in a file, in single quotes, shortened to 40 characters, on one line.
  public static func quoted(_ value: some StringProtocol) -> String {
    let short = value.count > 40 ? String(value.prefix(37)) + "..." : String(value)
    return "'" + oneLine(short) + "'"
  }

  /// At most twelve names, separated by commas.
  static func list(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", ..." : "")
  }

  private static func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 ? " " : $0 }))
  }
}

extension FileError {
  /// The error of the system call that just failed, in words ("no space left on device").
  static func system(_ path: String, _ action: String, code: Int32 = errno) -> FileError {
    let reason = String(cString: strerror(code))
    return FileError(
      path: path, problem: "cannot \(action): \(reason.prefix(1).lowercased())\(reason.dropFirst())"
    )
  }
}

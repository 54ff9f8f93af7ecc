import Foundation

/// A text table with named columns, separated by commas or by white space.
///
/// Lines beginning with `#` are comments, blank lines are skipped. The first line that is left
/// names the columns; if it holds numbers only, the last comment before it names them when it has
/// as many words, and otherwise they are `column1`, `column2`, … Cells of comma-separated tables
/// may be quoted (RFC 4180).
public struct CSVTable: Sendable {
  public let path: String
  public let columnNames: [String]
  public var rowCount: Int { lines.count }
  /// The file; cells are ranges of it, so that a table costs little more than its text.
  let bytes: [UInt8]
  let cells: [Range<Int>]
  /// Whether cells stand between commas, and quotation marks around them mean something.
  let isCommaSeparated: Bool
  /// Line number of each row.
  let lines: [Int]
  /// Rows with more or fewer cells than there are names: superfluous cells are left out, missing
  /// ones are empty.
  public let raggedRows: [(row: Int, problem: FileError)]

  /// Reads a table. Throws `FileError` for a missing or empty file, two columns of one name, an
  /// unfinished quotation, and unless `keepingRaggedRows` for a row with more or fewer cells than
  /// there are names.
  public static func read(_ path: String, keepingRaggedRows: Bool = false) throws -> CSVTable {
    try CSVTable(
      path: path, bytes: try FileContents.read(path), keepingRaggedRows: keepingRaggedRows)
  }

  init(path: String, bytes: [UInt8], keepingRaggedRows: Bool) throws {
    // A final NUL ends the last number for strtod.
    let bytes = bytes + [0]
    var scanner = CSVScanner(path: path, bytes: bytes)
    var names: [String] = []
    var cells: [Range<Int>] = []
    var lines: [Int] = []
    var raggedRows: [(row: Int, problem: FileError)] = []
    var row: [Range<Int>] = []
    while let line = try scanner.nextRow(into: &row) {
      if names.isEmpty {
        let words = row.map { CSVScanner.text(of: $0, in: bytes) }
        guard row.allSatisfy({ CSVScanner.number(in: $0, of: bytes) != nil }) else {
          names = words
          continue
        }
        let comment = scanner.lastComment.map { CSVTable.words(of: $0) } ?? []
        names = comment.count == row.count ? comment : row.indices.map { "column\($0 + 1)" }
      }
      if row.count != names.count {
        let problem = FileError(
          path: path, line: line,
          problem: "found \(row.count) values, expected \(names.count) "
            + "(\(FileError.list(names)))")
        guard keepingRaggedRows else { throw problem }
        raggedRows.append((lines.count, problem))
        let end = row.last!.upperBound
        row = (0..<names.count).map { $0 < row.count ? row[$0] : end..<end }
      }
      cells += row
      lines.append(line)
    }
    guard !names.isEmpty else {
      throw FileError(path: path, problem: "is empty, expected a line with column names")
    }
    if let twice = Dictionary(grouping: names, by: \.self).first(where: { $1.count > 1 })?.key {
      throw FileError(path: path, column: twice, problem: "the name occurs more than once")
    }
    self.path = path
    self.columnNames = names
    self.bytes = bytes
    self.cells = cells
    self.lines = lines
    self.raggedRows = raggedRows
    isCommaSeparated = scanner.isCommaSeparated == true
  }

  /// The numbers of a column.
  ///
  /// Throws `FileError` if there is no such column, and with line, column and the value seen for a
  /// cell that is not a number, or not a finite one unless `allowingNonFinite`.
  /// - Complexity: O(rows)
  public func doubles(_ column: String, allowingNonFinite: Bool = false) throws -> [Double] {
    try doubles(column, allowingNonFinite: allowingNonFinite) { throw $1 }
  }

  /// The numbers of a column; `substitute` gives the value of a cell that holds none.
  ///
  /// Throws `FileError` if there is no such column, and what `substitute` throws.
  /// - Complexity: O(rows)
  public func doubles(
    _ column: String, allowingNonFinite: Bool = false,
    substitute: (_ row: Int, _ problem: FileError) throws -> Double
  ) throws -> [Double] {
    let index = try self.index(of: column)
    return try lines.indices.map { row in
      let range = cells[row * columnNames.count + index]
      let value = CSVScanner.number(in: range, of: bytes)
      if let value, allowingNonFinite || value.isFinite { return value }
      let expected = value == nil ? "a number" : "a finite number"
      return try substitute(row, problem(row: row, column: column, expected: expected))
    }
  }

  /// What is wrong with a cell: the value seen and what was `expected`.
  public func problem(row: Int, column: String, expected: String) -> FileError {
    let seen = columnNames.firstIndex(of: column).map {
      CSVScanner.text(of: cells[row * columnNames.count + $0], in: bytes)
    }
    return FileError(
      path: path, line: lines[row], column: column,
      problem: "found \(FileError.quoted(seen ?? "")), expected \(expected)")
  }

  /// The text of a column, as it stands in the file without quotation marks.
  public func strings(_ column: String) throws -> [String] {
    let index = try self.index(of: column)
    return lines.indices.map {
      CSVScanner.text(of: cells[$0 * columnNames.count + index], in: bytes)
    }
  }

  /// Line in the file of a row, for messages.
  public func line(ofRow row: Int) -> Int { lines[row] }

  private func index(of column: String) throws -> Int {
    guard let index = columnNames.firstIndex(of: column) else {
      throw FileError(
        path: path,
        problem: "has no column \(FileError.quoted(column)); it has "
          + FileError.list(columnNames))
    }
    return index
  }

  private static func words(of comment: String) -> [String] {
    let parts =
      comment.contains(",")
      ? comment.split(separator: ",", omittingEmptySubsequences: false)
      : comment.split(whereSeparator: \.isWhitespace)
    return parts.map { $0.trimmingCharacters(in: .whitespaces) }
  }
}

import ArrayFiles
import Foundation

/// The lines of a light-curve file, sorted into header and rows, before any meaning is given.
struct LightCurveText {
  struct Row {
    var line: Int
    var words: [Substring]
  }

  /// Rows of data.
  var rows: [Row] = []
  /// Names of the columns, if the file gives any.
  var columnNames: [String] = []
  /// `\KEYWORD = "value"` lines (IPAC tables, as the NASA Exoplanet Archive's).
  var keywords: [String: String] = [:]
  /// The text of the line that named the columns, where offsets of the time may stand.
  var nameLine = ""

  init(path: String, bytes: [UInt8]) throws {
    if let position = bytes.firstIndex(of: 0) {
      throw FileError(
        path: path,
        problem: "found a zero at byte \(position + 1): a binary file, expected columns of text")
    }
    var comments: [String] = []
    var barPositions: [Int] = []
    let text = String(decoding: bytes, as: UTF8.self)
    // Bytes instead of characters: four times faster. A trailing CR counts as white space below.
    let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let rawLine = Substring(line)
      let content = rawLine.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
      switch content.first {
      case nil: continue
      case "#":
        // Comments between the rows are measurements that someone took out.
        if rows.isEmpty { comments.append(content.drop { $0 == "#" }.description) }
      case "\\": addKeyword(content.dropFirst())
      case "|":
        if barPositions.isEmpty {
          barPositions = rawLine.utf8.enumerated().filter { $1 == 0x7C }.map(\.offset)
          nameLine = String(content)
          columnNames = content.split(separator: "|").map {
            $0.trimmingCharacters(in: .whitespaces)
          }
        }
      default:
        let words = Self.words(of: content)
        if rows.isEmpty && columnNames.isEmpty
          && words.contains(where: { $0.first?.isLetter == true })
          && words.allSatisfy({ Double($0) == nil })
        {
          nameLine = String(content)
          columnNames = Self.names(of: nameLine)
          continue
        }
        // An IPAC table may leave cells blank; the bars above tell which.
        let hasBlanks = words.count < columnNames.count && !barPositions.isEmpty
        let cells = hasBlanks ? Self.cells(words, of: rawLine, between: barPositions) : nil
        rows.append(Row(line: index + 1, words: cells ?? words))
      }
    }
    guard let first = rows.first else {
      throw FileError(path: path, problem: "is empty: no line holds a measurement")
    }
    if columnNames.isEmpty, let comment = comments.last(where: Self.namesColumns),
      Self.names(of: comment).count <= first.words.count
    {
      nameLine = comment
      columnNames = Self.names(of: comment)
    }
  }

  private mutating func addKeyword(_ line: Substring) {
    let parts = line.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else { return }
    let value = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
    keywords[parts[0].trimmingCharacters(in: .whitespaces).uppercased()] = value
  }

  /// Whether a comment reads like `HJD mag err` rather than like prose.
  private static func namesColumns(_ comment: String) -> Bool {
    let roles = names(of: comment).map(ColumnRole.init)
    return roles.contains(.time) && roles.contains { $0 == .magnitude || $0 == .flux }
  }

  static func names(of line: String) -> [String] {
    // "HJD - 2450000" and "HJD [d]" are one name each.
    let joined = line.replacing(/\s*-\s*(?=2\d)/, with: "-")
      .replacing(/\s*[\[(][^\])]*[\])]/, with: "")
    return words(of: joined[...]).map(String.init)
  }

  private static func words(of line: Substring) -> [Substring] {
    guard line.utf8.contains(0x2C) || line.utf8.contains(0x3B) else {
      return line.utf8.split(whereSeparator: isSpace).map(Substring.init)
    }
    return line.split(omittingEmptySubsequences: false) { $0 == "," || $0 == ";" }.map { cell in
      let start = cell.drop { $0.isWhitespace || $0 == "\"" }
      let end = start.lastIndex { !$0.isWhitespace && $0 != "\"" }
      return end.map { start[...$0] } ?? ""
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// Puts each word into the column between whose bars it begins; nil if two fall into one.
  private static func cells(
    _ words: [Substring], of line: Substring, between bars: [Int]
  ) -> [Substring]? {
    var cells = [Substring](repeating: "", count: max(1, bars.count - 1))
    for word in words {
      let position = line.utf8.distance(from: line.startIndex, to: word.startIndex)
      let cell = min(bars.lastIndex { $0 <= position } ?? 0, cells.count - 1)
      guard cells[cell].isEmpty else { return nil }
      cells[cell] = word
    }
    return cells
  }
}

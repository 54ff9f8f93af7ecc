import ArrayFiles
import Foundation
import Numerics

/// Reads visibilities from a text table: `u[lambda],v[lambda],re,im,sigma`, the Event Horizon
/// Telescope's `time(UTC),T1,T2,U(lambda),V(lambda),Iamp(Jy),Iphase(d),Isigma(Jy)`, and others whose
/// columns are named likewise.
///
/// Columns are separated by commas, semicolons or white space; their names stand in the first line or
/// in the last comment (`#`) before the numbers. Comments such as `#SRC:M87,DATE(MJD):57848,
/// FREQ:229.0707GHz` give source, day and frequency. An infinite sigma flags a visibility.
struct VisibilityText: VisibilitySource {
  private static let rowsPerBlock = 65_536

  private(set) var header = VisibilitySet()
  var rowCount: Int? { nil }

  private let path: String
  private let columns: VisibilityColumns
  private let separator: Separator
  private var lines: TextLines
  /// The first row, which was read in search of the names.
  private var pending: Range<Int>?
  private var isAtEnd = false
  private var stationIndices: [String: Int] = [:]
  private var rows = 0
  private var flagged = 0

  /// Reads up to the first row. Throws `FileError` for tables without rows or without the columns.
  init(_ path: String) throws {
    self.path = path
    lines = try TextLines(path)
    var names: (words: [String], line: Int)?
    var first: Range<Int>?
    var separator = Separator.comma
    while let range = try lines.next() {
      let text = String(decoding: lines.bytes[range], as: UTF8.self)
        .trimmingCharacters(in: .whitespaces)
      if text.isEmpty { continue }
      if text.hasPrefix("#") || text.hasPrefix("%") {
        let comment = text.drop { $0 == "#" || $0 == "%" || $0 == " " }
        let words = Separator(String(comment)).words(comment)
        if VisibilityColumns.areNames(words) {
          names = (words, lines.line)
        } else {
          header.describe(comment)
        }
        continue
      }
      separator = Separator(text)
      let words = separator.words(text[...])
      if VisibilityColumns.areNames(words) {
        names = (words, lines.line)
        continue
      }
      if names == nil {
        guard words.count == 5, words.allSatisfy({ Double($0) != nil }) else {
          let isTable = words.contains { Double($0) != nil } || words.count > 1
          throw FileError(
            path: path, line: lines.line,
            problem: (isTable ? "found columns without names" : "found \(FileError.quoted(text))")
              + ", expected a line such as u[lambda],v[lambda],re,im,sigma")
        }
        names = (["u", "v", "re", "im", "sigma"], lines.line)
        header.warnings.append("columns without names read as u[lambda],v[lambda],re,im,sigma")
      }
      first = range
      break
    }
    guard let first, let names else {
      throw FileError(path: path, problem: "holds no visibilities, expected rows of numbers")
    }
    self.separator = separator
    pending = first
    columns = try VisibilityColumns(names.words, path: path, line: names.line)
  }

  mutating func next() throws -> [Visibility]? {
    if isAtEnd { return nil }
    var visibilities: [Visibility] = []
    visibilities.reserveCapacity(VisibilityText.rowsPerBlock)
    var cells: [Range<Int>] = []
    var count = 0
    while count < VisibilityText.rowsPerBlock {
      guard let range = try pending ?? lines.next() else {
        isAtEnd = true
        break
      }
      pending = nil
      separator.split(lines.bytes, range, into: &cells)
      guard let start = cells.first, !(cells.count == 1 && start.isEmpty) else { continue }
      if lines.bytes[start.lowerBound] == 0x23 { continue }
      count += 1
      if let visibility = try visibility(cells) { visibilities.append(visibility) }
    }
    rows += count
    guard isAtEnd else { return visibilities }
    try finish()
    return visibilities.isEmpty ? nil : visibilities
  }

  private mutating func finish() throws {
    guard flagged < rows else {
      throw FileError(path: path, problem: "all \(rows) rows are flagged: no sigma is finite")
    }
    if flagged > 0 {
      header.warnings.append("\(flagged) of \(rows) rows left out: sigma infinite or weight zero")
    }
  }

  /// The visibility of a row; nil if it is flagged.
  private mutating func visibility(_ cells: [Range<Int>]) throws -> Visibility? {
    guard cells.count == columns.count else {
      throw FileError(
        path: path, line: lines.line,
        problem: "found \(cells.count) values, expected \(columns.count)")
    }
    let u = try number(columns.u, cells)
    let v = try number(columns.v, cells)
    let value: Complex<Double>
    switch columns.value {
    case .parts(let real, let imaginary):
      value = Complex(try number(real, cells), try number(imaginary, cells))
    case .polar(let amplitude, let phase):
      value = Complex(
        length: try number(amplitude, cells), phase: try number(phase, cells))
    }
    let sigma: Double
    switch columns.noise {
    case .sigma(let column):
      sigma = try number(column, cells, allowingInfinity: true)
      guard sigma > 0 else { throw problem(column, cells, expected: "a sigma above 0") }
    case .weight(let column):
      let weight = try number(column, cells)
      guard weight >= 0 else { throw problem(column, cells, expected: "a weight, 1/sigma^2") }
      sigma = 1 / weight.squareRoot()
    }
    var visibility = Visibility(u: u, v: v, value: value, sigma: sigma)
    if let time = columns.time { visibility.time = try number(time, cells) }
    if let column = columns.integration { visibility.integration = try number(column, cells) }
    if let (first, second) = columns.stations {
      visibility.station1 = try station(first, cells)
      visibility.station2 = try station(second, cells)
    }
    guard sigma < .infinity else {
      flagged += 1
      return nil
    }
    return visibility
  }

  private mutating func station(
    _ column: VisibilityColumns.Column, _ cells: [Range<Int>]
  ) throws -> Int {
    let name = String(decoding: lines.bytes[cells[column.index]], as: UTF8.self)
    guard !name.isEmpty else { throw problem(column, cells, expected: "the name of a station") }
    if let index = stationIndices[name] { return index }
    stationIndices[name] = header.stations.count
    header.stations.append(Station(name: name))
    return header.stations.count - 1
  }

  private func number(
    _ column: VisibilityColumns.Column, _ cells: [Range<Int>], allowingInfinity: Bool = false
  ) throws -> Double {
    let value = lines.bytes.withUnsafeBufferPointer {
      DecimalNumber.value(cells[column.index], of: $0)
    }
    guard let value else { throw problem(column, cells, expected: "a number") }
    let scaled = value * column.factor
    guard scaled.isFinite || (allowingInfinity && value == .infinity) else {
      throw problem(column, cells, expected: "a finite number")
    }
    return scaled
  }

  private func problem(
    _ column: VisibilityColumns.Column, _ cells: [Range<Int>], expected: String
  ) -> FileError {
    let seen = String(decoding: lines.bytes[cells[column.index]], as: UTF8.self)
    return FileError(
      path: path, line: lines.line, column: column.name,
      problem: "found \(FileError.quoted(seen)), expected \(expected)")
  }
}

/// What stands between the columns of a text table.
private enum Separator: UInt8 {
  case comma = 0x2C
  case semicolon = 0x3B
  case space = 0x20

  init(_ line: String) {
    self = line.contains(",") ? .comma : line.contains(";") ? .semicolon : .space
  }

  func words(_ line: Substring) -> [String] {
    var cells: [Range<Int>] = []
    let bytes = Array(line.utf8)
    split(bytes, 0..<bytes.count, into: &cells)
    return cells.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  /// Where the cells of a line stand, without blanks and quotation marks around them.
  func split(_ bytes: [UInt8], _ line: Range<Int>, into cells: inout [Range<Int>]) {
    cells.removeAll(keepingCapacity: true)
    var start = line.lowerBound
    var i = start
    while i <= line.upperBound {
      let isEnd = i == line.upperBound
      let ends = isEnd || (self == .space ? bytes[i] <= 0x20 : bytes[i] == rawValue)
      if ends {
        if self != .space || i > start { cells.append(Separator.trimmed(bytes, start..<i)) }
        start = i + 1
      }
      i += 1
    }
  }

  private static func trimmed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end && (bytes[start] <= 0x20 || bytes[start] == 0x22) { start += 1 }
    while end > start && (bytes[end - 1] <= 0x20 || bytes[end - 1] == 0x22) { end -= 1 }
    return start..<end
  }
}

extension VisibilitySet {
  /// Takes source, day, frequency and bandwidth from a comment such as
  /// `SRC:M87,DATE(MJD):57848,FREQ:229.0707GHz`.
  fileprivate mutating func describe(_ comment: Substring) {
    for part in comment.split(separator: ",") {
      guard let colon = part.firstIndex(of: ":") else { continue }
      let key = part[..<colon].trimmingCharacters(in: .whitespaces).uppercased()
      let value = part[part.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      switch key {
      case "SRC", "SOURCE": source = value
      case "MJD", "DATE(MJD)":
        if let day = Double(value), abs(day) < 1e6 { mjd = Int(day.rounded(.down)) }
      case "FREQ", "RF":
        if let frequency = VisibilitySet.hertz(value) { frequencies = [frequency] }
      case "BW": if let width = VisibilitySet.hertz(value) { bandwidth = width }
      default: break
      }
    }
  }

  /// `229.0707GHz`, `227.07 GHz`, `43e9 Hz`.
  private static func hertz(_ text: String) -> Double? {
    let units: [(String, Double)] = [("GHZ", 1e9), ("MHZ", 1e6), ("KHZ", 1e3), ("HZ", 1)]
    let upper = text.uppercased()
    guard let (unit, factor) = units.first(where: { upper.hasSuffix($0.0) }),
      let value = Double(upper.dropLast(unit.count).trimmingCharacters(in: .whitespaces)),
      value > 0, (value * factor).isFinite
    else { return nil }
    return value * factor
  }
}

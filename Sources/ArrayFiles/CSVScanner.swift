import Foundation

/// Splits the bytes of a text table into rows of cells.
struct CSVScanner {
  let path: String
  let bytes: [UInt8]
  /// The last comment seen, without `#`.
  private(set) var lastComment: String?
  private var position = 0
  private var line = 0
  /// Decided by the first row: whether it holds a comma.
  private(set) var isCommaSeparated: Bool?

  /// `bytes` must end with a NUL, which is not part of the table.
  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    // A byte order mark, as spreadsheets write.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  private var end: Int { bytes.count - 1 }

  /// The next row's cells and line number; nil at the end.
  mutating func nextRow(into row: inout [Range<Int>]) throws -> Int? {
    while position < end {
      line += 1
      let start = position
      var stop = start
      while stop < end && bytes[stop] != 0x0A { stop += 1 }
      position = stop + 1
      let content = trimmed(start..<stop)
      if content.isEmpty { continue }
      if bytes[content.lowerBound] == 0x23 {
        let comment = (content.lowerBound + 1)..<content.upperBound
        lastComment = String(decoding: bytes[comment], as: UTF8.self)
          .trimmingCharacters(in: .whitespaces)
        continue
      }
      if isCommaSeparated == nil { isCommaSeparated = bytes[content].contains(0x2C) }
      row.removeAll(keepingCapacity: true)
      let first = line
      if isCommaSeparated == true {
        try splitAtCommas(from: content.lowerBound, into: &row)
      } else {
        splitAtSpaces(content, into: &row)
      }
      return first
    }
    return nil
  }

  private func splitAtSpaces(_ content: Range<Int>, into row: inout [Range<Int>]) {
    var i = content.lowerBound
    while i < content.upperBound {
      while i < content.upperBound && isSpace(bytes[i]) { i += 1 }
      let start = i
      while i < content.upperBound && !isSpace(bytes[i]) { i += 1 }
      if i > start { row.append(start..<i) }
    }
  }

  /// A quoted cell may contain commas and line breaks, so this finds the end of the row itself.
  private mutating func splitAtCommas(from start: Int, into row: inout [Range<Int>]) throws {
    var i = start
    while true {
      let cell = i
      while i < end && bytes[i] != 0x0A && isSpace(bytes[i]) { i += 1 }
      if bytes[i] == 0x22 {
        let openingLine = line
        i += 1
        while true {
          guard i < end else {
            throw FileError(
              path: path, line: openingLine, problem: "found a quotation that does not end")
          }
          if bytes[i] == 0x0A { line += 1 }
          if bytes[i] == 0x22 {
            if bytes[i + 1] != 0x22 { break }
            i += 1
          }
          i += 1
        }
      }
      while i < end && bytes[i] != 0x0A && bytes[i] != 0x2C { i += 1 }
      row.append(trimmed(cell..<i))
      guard i < end && bytes[i] == 0x2C else { break }
      i += 1
    }
    position = i + 1
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, stop) = (range.lowerBound, range.upperBound)
    while start < stop && isSpace(bytes[start]) { start += 1 }
    while stop > start && isSpace(bytes[stop - 1]) { stop -= 1 }
    return start..<stop
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
  }

  /// A cell's text without quotation marks.
  static func text(of range: Range<Int>, in bytes: [UInt8]) -> String {
    let text = String(decoding: bytes[range], as: UTF8.self)
    guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
    return String(text.dropFirst().dropLast().replacing("\"\"", with: "\""))
  }

  /// The number that a cell holds and nothing else; nil if it holds something else.
  static func number(in range: Range<Int>, of bytes: [UInt8]) -> Double? {
    guard !range.isEmpty else { return nil }
    let first = bytes[range.lowerBound]
    if first == 0x22 {
      guard range.count > 2, bytes[range.upperBound - 1] == 0x22 else { return nil }
      return number(in: (range.lowerBound + 1)..<(range.upperBound - 1), of: bytes)
    }
    return bytes.withUnsafeBufferPointer { buffer in
      let start = UnsafeRawPointer(buffer.baseAddress! + range.lowerBound)
        .assumingMemoryBound(to: CChar.self)
      var stop: UnsafeMutablePointer<CChar>?
      let value = strtod(start, &stop)
      return stop.map { UnsafePointer($0) - start } == range.count ? value : nil
    }
  }
}

import ArrayFiles
import Foundation

/// The lines of a text file, read by blocks, so that memory does not grow with the file.
struct TextLines {
  private static let blockSize = 1 << 20

  let file: InputFile
  /// Counted from one, of the line last returned.
  private(set) var line = 0
  /// The text around the current line, and a NUL after it.
  private(set) var bytes: [UInt8] = [0]
  /// What of `bytes` has not been returned.
  private var rest = 0..<0
  private var offset = 0

  /// Throws `FileError` for what cannot be opened.
  init(_ path: String) throws {
    file = try InputFile(path)
  }

  /// Where in `bytes` the next line stands, without its end; nil after the last.
  mutating func next() throws -> Range<Int>? {
    while true {
      if let end = endOfLine() {
        defer { rest = min(end + 1, rest.upperBound)..<rest.upperBound }
        line += 1
        let isWindows = end > rest.lowerBound && bytes[end - 1] == 0x0D
        return rest.lowerBound..<(isWindows ? end - 1 : end)
      }
      guard offset < file.size else { return nil }
      try refill()
    }
  }

  /// The end of the line that `rest` begins with; nil if more has to be read.
  private func endOfLine() -> Int? {
    guard !rest.isEmpty else { return nil }
    let found = bytes.withUnsafeBytes { bytes -> Int? in
      let start = bytes.baseAddress! + rest.lowerBound
      return memchr(start, 0x0A, rest.count).map { UnsafeRawPointer($0) - bytes.baseAddress! }
    }
    return found ?? (offset == file.size ? rest.upperBound : nil)
  }

  private mutating func refill() throws {
    let kept = rest.count
    let added = min(TextLines.blockSize, file.size - offset)
    var next = [UInt8](repeating: 0, count: kept + added + 1)
    next.replaceSubrange(0..<kept, with: bytes[rest])
    try next.withUnsafeMutableBytes {
      try file.read(
        at: offset, into: UnsafeMutableRawBufferPointer(rebasing: $0[kept..<(kept + added)]))
    }
    bytes = next
    // A byte order mark, as spreadsheets write.
    let mark = offset == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    rest = mark..<(kept + added)
    offset += added
  }
}

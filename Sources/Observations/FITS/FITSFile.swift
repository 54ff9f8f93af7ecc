import ArrayFiles
import CCFITSIO
import Foundation

/// A FITS file open for reading, at one of its header and data units (HDUs).
///
/// File names are taken literally: CFITSIO's extended syntax (filters, commands, addresses) is off.
final class FITSFile {
  let path: String
  let unitCount: Int
  /// Counted from one, as in messages.
  private(set) var unit = 1
  let handle: UnsafeMutablePointer<fitsfile>

  /// Throws `FileError` for what cannot be opened or is no FITS file.
  init(_ path: String) throws {
    var handle: UnsafeMutablePointer<fitsfile>?
    var status: Int32 = 0
    guard ffdkopn(&handle, path, READONLY, &status) == 0, let handle else {
      throw FITSFile.error(path, "cannot read as FITS", status)
    }
    self.path = path
    self.handle = handle
    var count: Int32 = 0
    guard ffthdu(handle, &count, &status) == 0 else {
      throw FITSFile.error(path, "truncated or damaged: its extensions cannot be read", status)
    }
    unitCount = Int(count)
    try move(to: unitCount)
    try checkEnd()
    try move(to: 1)
  }

  deinit {
    var status: Int32 = 0
    ffclos(handle, &status)
  }

  /// Throws `FileError` if the file ends within its last HDU or goes on with a part of another.
  private func checkEnd() throws {
    let file = try InputFile(path)
    let end = try dataOffset + dataSize
    if file.size < end {
      // Random groups say how many rows are missing.
      if unit == 1 && flag("GROUPS") { return }
      throw error("truncated: expected \(end) bytes, the file ends at \(file.size)")
    }
    let next = (end + 2879) / 2880 * 2880
    if file.size >= next + 8, try file.bytes(at: next, count: 8) == Array("XTENSION".utf8) {
      throw FITSFile.error(path, "damaged or truncated in the header of HDU \(unit + 1)", 0)
    }
  }

  /// Goes to an HDU, counted from one.
  func move(to unit: Int) throws {
    var status: Int32 = 0
    guard ffmahd(handle, Int32(unit), nil, &status) == 0 else {
      throw FITSFile.error(path, "HDU \(unit) cannot be read", status)
    }
    self.unit = unit
  }

  /// The name of the HDU (`EXTNAME`), upper case, without blanks at its end; empty if it has none.
  var name: String { (string("EXTNAME") ?? "").uppercased() }

  /// The HDUs called `name`, in the file's order.
  func units(named name: String) throws -> [Int] {
    var found: [Int] = []
    for unit in stride(from: 2, through: unitCount, by: 1) {
      try move(to: unit)
      if self.name == name { found.append(unit) }
    }
    return found
  }

  /// An error in this HDU.
  func error(_ problem: String) -> FileError {
    let name = self.name
    let place = name.isEmpty ? "HDU \(unit)" : "HDU \(unit) (\(name))"
    return FileError(path: path, problem: "\(place): \(problem)")
  }

  /// An error of CFITSIO's in this HDU.
  func error(_ problem: String, status: Int32) -> FileError {
    error("\(problem): \(FITSFile.text(of: status))")
  }

  static func error(_ path: String, _ problem: String, _ status: Int32) -> FileError {
    let reason = status == 0 ? "" : ": \(text(of: status))"
    return FileError(path: path, problem: problem + reason)
  }

  private static func text(of status: Int32) -> String {
    var text = [CChar](repeating: 0, count: Int(FLEN_STATUS))
    ffgerr(status, &text)
    ffcmsg()
    return String(cBuffer: text)
  }
}

// MARK: - Keywords

extension FITSFile {
  /// The text of a keyword without blanks at its ends; nil if it is missing.
  func string(_ keyword: String) -> String? {
    var status: Int32 = 0
    var value = [CChar](repeating: 0, count: Int(FLEN_VALUE))
    guard ffgky(handle, TSTRING, keyword, &value, nil, &status) == 0 else {
      ffcmsg()
      return nil
    }
    return String(cBuffer: value).trimmingCharacters(in: .whitespaces)
  }

  /// The number of a keyword, which may stand in quotation marks; nil if it is missing.
  ///
  /// Throws `FileError` if it is no finite number.
  func number(_ keyword: String) throws -> Double? {
    guard let text = string(keyword), !text.isEmpty else { return nil }
    guard let value = Double(text.replacing(/[dD]/, with: "E")), value.isFinite else {
      throw error("\(keyword): found \(FileError.quoted(text)), expected a number")
    }
    return value
  }

  /// The whole number of a keyword; nil if it is missing. Throws `FileError` if it is something else.
  func integer(_ keyword: String) throws -> Int? {
    guard let value = try number(keyword) else { return nil }
    guard let integer = Int(exactly: value) else {
      throw error("\(keyword): found \(value), expected a whole number")
    }
    return integer
  }

  /// `T` or `F`; false if it is missing.
  func flag(_ keyword: String) -> Bool { string(keyword) == "T" }

  /// The lengths of the data's axes.
  var axes: [Int] {
    get throws {
      let count = try integer("NAXIS") ?? 0
      return try (1...max(1, count)).prefix(count).map { axis in
        guard let length = try integer("NAXIS\(axis)"), length >= 0 else {
          throw error("NAXIS\(axis): missing or negative, expected the length of an axis")
        }
        return length
      }
    }
  }

  /// Bytes that the header says the data have, without what fills them up to whole blocks.
  var dataSize: Int {
    get throws {
      var axes = try axes
      guard !axes.isEmpty else { return 0 }
      if flag("GROUPS") && axes[0] == 0 { axes.removeFirst() }
      let groups = try integer("GCOUNT") ?? 1
      let width = abs(try integer("BITPIX") ?? 8) / 8
      // As numbers with a fraction: damaged headers ask for anything.
      let parameters = Double(try integer("PCOUNT") ?? 0)
      let size =
        (axes.reduce(1) { $0 * Double($1) } + parameters)
        * Double(groups) * Double(width)
      guard size >= 0, size < 1e18 else { throw error("found data of \(size) bytes") }
      return Int(size)
    }
  }

  /// Where the data begin, bytes from the beginning of the file.
  var dataOffset: Int {
    get throws {
      var status: Int32 = 0
      var start: LONGLONG = 0
      guard ffghadll(handle, nil, &start, nil, &status) == 0 else {
        throw error("cannot find the data", status: status)
      }
      return Int(start)
    }
  }
}

extension String {
  /// The characters before the first NUL.
  init(cBuffer: [CChar]) {
    self.init(decoding: cBuffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

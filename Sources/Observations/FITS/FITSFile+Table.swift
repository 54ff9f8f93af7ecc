import ArrayFiles
import CCFITSIO

/// A column of numbers of a FITS table.
struct FITSColumn {
  /// Numbers in each row.
  let width: Int
  /// `[rows, width]`; NaN where the file has none.
  let values: [Double]

  subscript(row: Int, element: Int = 0) -> Double { values[row * width + element] }
}

extension FITSFile {
  /// Whether the HDU is a table.
  var isTable: Bool {
    let kind = string("XTENSION")?.uppercased()
    return kind == "BINTABLE" || kind == "A3DTABLE" || kind == "TABLE"
  }

  /// The table's number of rows.
  var rowCount: Int {
    get throws {
      var status: Int32 = 0
      var count = 0
      guard ffgnrw(handle, &count, &status) == 0, count >= 0 else {
        throw error("is no table", status: status)
      }
      return count
    }
  }

  /// Whether the table has a column of this name, in whatever case.
  func hasColumn(_ name: String) -> Bool { (try? index(of: name)) != nil }

  /// The numbers of a column.
  ///
  /// Throws `FileError` if there is no such column, it holds no numbers, or fewer than `width` in each
  /// row.
  func numbers(_ name: String, width: Int = 1) throws -> FITSColumn {
    let (index, stored) = try layout(of: name)
    if stored < width {
      throw error(
        "column \(FileError.quoted(name)): found \(stored) values a row, expected \(width)")
    }
    let rows = try rowCount
    var values = [Double](repeating: 0, count: rows * stored)
    if !values.isEmpty {
      var status: Int32 = 0
      // CFITSIO writes to `found` without asking whether there is a place.
      var found: Int32 = 0
      ffgcvd(handle, index, 1, 1, LONGLONG(values.count), .nan, &values, &found, &status)
      guard status == 0 else {
        throw error("column \(FileError.quoted(name)) cannot be read", status: status)
      }
    }
    return FITSColumn(width: stored, values: values)
  }

  /// The whole numbers of a column that has one in each row.
  func integers(_ name: String) throws -> [Int] {
    let column = try numbers(name)
    return try (0..<rowCount).map { row in
      guard let value = Int(exactly: column[row]) else {
        throw error(row: row, column: name, "found \(column[row]), expected a whole number")
      }
      return value
    }
  }

  /// The texts of a column, without blanks at their ends.
  func strings(_ name: String) throws -> [String] {
    let (index, width) = try layout(of: name)
    var status: Int32 = 0
    let rows = try rowCount
    return try (0..<rows).map { row in
      var text = [CChar](repeating: 0, count: max(width, 80) + 1)
      text.withUnsafeMutableBufferPointer { buffer in
        var pointer = buffer.baseAddress
        var blank: [CChar] = [0]
        var found: Int32 = 0
        _ = ffgcvs(handle, index, LONGLONG(row + 1), 1, 1, &blank, &pointer, &found, &status)
      }
      guard status == 0 else {
        throw error("column \(FileError.quoted(name)) cannot be read", status: status)
      }
      return String(cBuffer: text).trimmingCharacters(in: .whitespaces)
    }
  }

  /// The logical values of a column, `[rows, width]`.
  func flags(_ name: String, width: Int) throws -> [Bool] {
    let (index, stored) = try layout(of: name)
    guard stored == width else {
      throw error(
        "column \(FileError.quoted(name)): found \(stored) flags a row, expected \(width)")
    }
    var status: Int32 = 0
    var values = [CChar](repeating: 0, count: try rowCount * width)
    if !values.isEmpty {
      var found: Int32 = 0
      ffgcvl(handle, index, 1, 1, LONGLONG(values.count), 1, &values, &found, &status)
    }
    guard status == 0 else {
      throw error("column \(FileError.quoted(name)) cannot be read", status: status)
    }
    return values.map { $0 != 0 }
  }

  /// An error in a cell; rows are counted from zero here and from one in the message.
  func error(row: Int, column: String, _ problem: String) -> FileError {
    error("row \(row + 1), column \(FileError.quoted(column)): \(problem)")
  }

  private func layout(of name: String) throws -> (index: Int32, width: Int) {
    let index = try index(of: name)
    var status: Int32 = 0
    var width = 0
    guard ffgtcl(handle, index, nil, &width, nil, &status) == 0 else {
      throw error("column \(FileError.quoted(name)) cannot be read", status: status)
    }
    return (index, width)
  }

  private func index(of name: String) throws -> Int32 {
    var status: Int32 = 0
    var index: Int32 = 0
    var template = Array(name.utf8CString)
    guard ffgcno(handle, CASEINSEN, &template, &index, &status) == 0 else {
      ffcmsg()
      throw error("has no column \(FileError.quoted(name))")
    }
    return index
  }
}

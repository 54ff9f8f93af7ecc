import ArrayFiles
import Foundation

/// One measurement as its file has it.
struct PhotometricPoint {
  /// Where messages find it: the line of a text, the row of a table.
  var line: Int
  var time: Double
  var value: Double
  var error: Double
}

/// A light-curve file of text: rows of words, and what their columns mean.
struct LightCurveTable {
  let path: String
  let text: LightCurveText
  let columns: LightCurveColumns

  /// Throws `FileError` if this is no text, holds no measurement, or its columns cannot be told.
  init(path: String, bytes: [UInt8], wanted: PhotometricUnit? = nil, needsErrors: Bool) throws {
    self.path = path
    text = try LightCurveText(path: path, bytes: bytes)
    columns = try LightCurveColumns(
      text: text, path: path, wanted: wanted, needsErrors: needsErrors)
  }

  /// The cell of a row. Throws `FileError` if the row ends before any column that is needed.
  func word(_ row: LightCurveText.Row, _ column: Int) throws -> Substring {
    guard row.words.count >= columns.needed else {
      throw FileError(
        path: path, line: row.line,
        problem: "found \(row.words.count) columns, expected at least \(columns.needed)")
    }
    return row.words[column]
  }

  /// The finite number in a cell.
  func number(_ row: LightCurveText.Row, _ column: Int) throws -> Double {
    let word = try word(row, column)
    guard let value = Double(word), value.isFinite else {
      let kind = Double(word) == nil ? "number" : "finite number"
      throw problem(row.line, column, "found \(FileError.quoted(word)), expected a \(kind)")
    }
    return value
  }

  /// Time, brightness and error of a row; the error is 1 where the file has none.
  ///
  /// Throws `FileError` for what is not a finite number, and for an error that is not above 0.
  func point(_ row: LightCurveText.Row) throws -> PhotometricPoint {
    var point = PhotometricPoint(
      line: row.line, time: try number(row, columns.time), value: try number(row, columns.value),
      error: 1)
    guard let column = columns.error else { return point }
    point.error = try number(row, column)
    guard point.error > 0 else {
      throw problem(row.line, column, "found \(point.error), expected an error above 0")
    }
    return point
  }

  func problem(_ line: Int?, _ column: Int, _ text: String) -> FileError {
    FileError(path: path, line: line, column: columns.name(column), problem: text)
  }

  /// The name of the object: that of the file without its endings.
  static func name(of path: String) -> String {
    var url = URL(fileURLWithPath: path).deletingPathExtension()
    // The archive's files end in ".tbl.txt".
    while ["tbl", "dat", "csv", "txt", "pysis"].contains(url.pathExtension.lowercased()) {
      url.deletePathExtension()
    }
    return url.lastPathComponent
  }
}

import ArrayFiles

/// Times at which a light curve is wanted.
public enum EventTimes {
  /// The column `time` of a table, or its only column, in the order of the file.
  ///
  /// - Throws: `FileError` for a table without either, without rows, or with a cell that is no
  ///   finite number.
  public static func read(_ path: String) throws -> [Double] {
    let table = try CSVTable.read(path)
    guard let column = table.columnNames.first(where: { $0 == "time" }) ?? table.onlyColumn else {
      throw FileError(
        path: path,
        problem: "has \(table.columnNames.count) columns and none of them is 'time'; expected a "
          + "column of this name, or a single column")
    }
    guard table.rowCount > 0 else {
      throw FileError(path: path, problem: "holds no times below its column names")
    }
    return try table.doubles(column)
  }
}

extension CSVTable {
  fileprivate var onlyColumn: String? { columnNames.count == 1 ? columnNames[0] : nil }
}

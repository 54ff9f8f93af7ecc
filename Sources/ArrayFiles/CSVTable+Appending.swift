extension CSVTable {
  /// Writes the table with further columns to its right, separated by commas, atomically.
  ///
  /// The text of the cells that were read stays as it is; comments and blank lines are left out, and
  /// missing cells stay empty. Numbers have the fewest digits that read back as the same number.
  ///
  /// - Parameters:
  ///   - columns: one value per row each, with names that the table does not have.
  ///   - proceed: called now and then; what it throws ends the writing and leaves no file.
  /// - Throws: `FileError`, and what `proceed` throws.
  public func write(
    appending columns: [CSVColumn], to path: String, proceed: () throws -> Void = {}
  ) throws {
    precondition(columns.allSatisfy { $0.count == rowCount }, "columns of different lengths")
    precondition(columns.allSatisfy { !columnNames.contains($0.name) }, "columns of the same name")
    try AtomicFile.write(to: path) { sink in
      let names = columnNames + columns.map(\.name)
      try sink.write(names.map(CSVColumn.quoted).joined(separator: ",") + "\n")
      var line: [UInt8] = []
      for row in 0..<rowCount {
        if row % 8192 == 0 { try proceed() }
        line.removeAll(keepingCapacity: true)
        for cell in cells[(row * columnNames.count)..<((row + 1) * columnNames.count)] {
          appendText(of: cell, to: &line)
          line.append(0x2C)
        }
        for (index, column) in columns.enumerated() {
          if index > 0 { line.append(0x2C) }
          let text = column.cell(row)
          // Nothing to say is an empty cell, not an empty quotation.
          if text != "\"\"" { line.append(contentsOf: text.utf8) }
        }
        line.append(0x0A)
        try sink.write(line)
      }
    }
  }

  /// A cell as it stands between commas, quoted if need be where it stood between spaces.
  private func appendText(of cell: Range<Int>, to line: inout [UInt8]) {
    if isCommaSeparated {
      line.append(contentsOf: bytes[cell])
    } else if !cell.isEmpty {
      line.append(contentsOf: CSVColumn.quoted(CSVScanner.text(of: cell, in: bytes)).utf8)
    }
  }
}

import ArrayFiles
import Foundation
import Testing

@Suite struct CSVTableTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func table(_ text: String) throws -> CSVTable {
    try CSVTable.read(folder.file("x.csv", Array(text.utf8)))
  }

  private func problem(_ text: String, column: String = "b") throws -> String {
    let path = folder("x.csv")
    do {
      _ = try table(text).doubles(column)
      return ""
    } catch let error as FileError {
      return error.description.replacingOccurrences(of: path, with: "x.csv")
    }
  }

  @Test func readsCommasAndSpaces() throws {
    for text in [
      "a,b\n1,2\n-3.5e-2,+4\n", "# note\n\na b\n1   2\n# out\n  -3.5e-2\t4  \n\n",
      "\u{FEFF}a, b\r\n1, 2\r\n -0.035 ,4", "# a b\n1 2\n-.035 4.\n",
    ] {
      let table = try table(text)
      #expect(table.columnNames == ["a", "b"], "\(text)")
      #expect(table.rowCount == 2)
      #expect(try table.doubles("a") == [1, -0.035])
      #expect(try table.doubles("b") == [2, 4])
    }
    let plain = try table("1 2\n3 4")
    #expect(plain.columnNames == ["column1", "column2"])
    #expect(try plain.doubles("column2") == [2, 4])
    #expect(try table("a,b\n").rowCount == 0)
  }

  @Test func readsQuotedCells() throws {
    let table = try table("name,b\n\"x, \"\"y\"\"\nz\",\"5\"\n plain ,6\n\"\",oops\n")
    #expect(try table.strings("name") == ["x, \"y\"\nz", "plain", ""])
    #expect(try problem("name,b\n\"x\ny\",5\nz,oops\n").hasPrefix("x.csv:4: column 'b'"))
    #expect(try problem("name,b\n\"x,5\n").hasPrefix("x.csv:2:"))
  }

  @Test func errorsSayWhereAndWhat() throws {
    #expect(
      try problem("# c\na,b\n1,2\n1,abc\n")
        == "x.csv:4: column 'b': found 'abc', expected a number")
    #expect(try problem("a,b\n1,\n") == "x.csv:2: column 'b': found '', expected a number")
    #expect(try problem("a,b\n1,2x\n") == "x.csv:2: column 'b': found '2x', expected a number")
    #expect(
      try problem("a,b\n1,nan\n") == "x.csv:2: column 'b': found 'nan', expected a finite number")
    #expect(try problem("a,b\n1,2,3\n") == "x.csv:2: found 3 values, expected 2 (a, b)")
    #expect(try problem("a,c\n1,2\n") == "x.csv: has no column 'b'; it has a, c")
    #expect(try problem("a,b,b\n1,2,3\n") == "x.csv: column 'b': the name occurs more than once")
    #expect(try problem("# only\n").hasPrefix("x.csv: is empty"))
    #expect(try table("a,b\n1,nan\n").doubles("b", allowingNonFinite: true)[0].isNaN)
    let missing = #expect(throws: FileError.self) { try CSVTable.read("/no/such/file.csv") }
    #expect(missing?.description == "/no/such/file.csv: cannot open: no such file or directory")
    let isFolder = #expect(throws: FileError.self) { try CSVTable.read(folder.path) }
    #expect(isFolder?.problem == "is a folder, expected a file")
  }

  @Test func anyBytesAreReadOrRejected() throws {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("a1,\"#\n\r \t.-\u{0}é".utf8) + [0xFF]
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator)!
      }
      let path = try folder.file("random.csv", bytes)
      do {
        let table = try CSVTable.read(path)
        for name in table.columnNames {
          #expect(try table.strings(name).count == table.rowCount)
          _ = try? table.doubles(name)
        }
      } catch is FileError {}
    }
  }

  @Test func raggedRowsAreKeptOnRequest() throws {
    let path = try folder.file("x.csv", Array("a,b\n1,2\n3\n4,5,6\n7,8\n".utf8))
    let table = try CSVTable.read(path, keepingRaggedRows: true)
    #expect(try table.strings("a") == ["1", "3", "4", "7"])
    #expect(try table.strings("b") == ["2", "", "5", "8"])
    #expect(table.raggedRows.map(\.row) == [1, 2])
    #expect(table.raggedRows.map(\.problem.line) == [3, 4])
    var substituted: [Int] = []
    let values = try table.doubles("b") { row, _ in
      substituted.append(row)
      return -1
    }
    #expect(values == [2, -1, 5, 8] && substituted == [1])
  }

  /// Whatever a table holds, it holds the same with a column appended.
  @Test func appendedTablesReadBack() throws {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("a1,\"#\n \t.-é".utf8) + [0xFF]
    var count = 0
    while count < 40 {
      let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator)!
      }
      let path = try folder.file("random.csv", bytes)
      guard let table = try? CSVTable.read(path, keepingRaggedRows: true) else { continue }
      count += 1
      let numbers = (0..<table.rowCount).map { Double($0) + 0.5 }
      try table.write(appending: [CSVColumn("new", numbers)], to: folder("y.csv"))
      let again = try CSVTable.read(folder("y.csv"))
      #expect(again.columnNames == table.columnNames + ["new"], "\(bytes)")
      #expect(try again.doubles("new") == numbers)
      for name in table.columnNames {
        #expect(try again.strings(name) == table.strings(name), "\(bytes)")
      }
    }
  }

  @Test func writesNumbersExactly() throws {
    let values = [
      0.1, -0.0, 1 / 3.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 2452848.0641999654,
      1e22,
    ]
    let columns: [CSVColumn] = [
      CSVColumn("value", values), CSVColumn("n", Array(0..<7)),
      CSVColumn("text, odd", ["a,b", "", " x", "#c", "q\"q", "line\nbreak", "α"]),
    ]
    try CSVTable.write(columns: columns, to: folder("w.csv"))
    let table = try CSVTable.read(folder("w.csv"))
    #expect(table.columnNames == ["value", "n", "text, odd"])
    #expect(try table.doubles("value").map(\.bitPattern) == values.map(\.bitPattern))
    #expect(try table.doubles("n") == [0, 1, 2, 3, 4, 5, 6])
    #expect(
      try table.strings("text, odd") == ["a,b", "", " x", "#c", "q\"q", "line\nbreak", "α"])
    try CSVTable.write(columns: [(name: "a", values: [0.5, .nan])], to: folder("v.csv"))
    #expect(try String(contentsOfFile: folder("v.csv"), encoding: .utf8) == "a\n0.5\nnan\n")
  }
}

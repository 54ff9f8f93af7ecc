import ArrayFiles
import Foundation
import Microlensing
import MicrolensingEvents
import NumericalMethods
import Probability
import Testing

@Suite struct MagnificationCasesTests {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("magnification-cases-\(UUID().uuidString)").path

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func file(_ text: String) throws -> String {
    let path = "\(folder)/cases.csv"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func problem(_ text: String) throws -> String {
    let error = #expect(throws: FileError.self) { try MagnificationCases(path: file(text)) }
    return error?.description.replacing(folder + "/", with: "") ?? ""
  }

  private func output(_ text: String, keepingBadRows: Bool = false) throws -> String {
    var cases = try MagnificationCases(path: file(text), keepingBadRows: keepingBadRows)
    let values = try cases.magnifications(tolerance: 1e-4)
    let columns = try cases.columns(of: values, keepingBadRows: keepingBadRows)
    try cases.table.write(appending: columns, to: "\(folder)/out.csv")
    return try String(contentsOfFile: "\(folder)/out.csv", encoding: .utf8)
  }

  private struct Row {
    var s, q, x, y, rho: Double
  }

  /// Random lenses, points and discs, alone and in runs of one source.
  private func mixture() -> [Row] {
    var stream = RandomStream(seed: 5, purpose: .noise)
    func uniform(_ low: Double, _ high: Double) -> Double {
      Double.random(in: low...high, using: &stream)
    }
    var rows: [Row] = []
    for _ in 0..<300 {
      let (s, q) = (pow(10, uniform(-0.4, 0.4)), pow(10, uniform(-4, 0)))
      let rho = [0, 0.01, 0.1][Int(uniform(0, 2.999))]
      for _ in 0...Int(uniform(0, 3.999)) {
        rows.append(Row(s: s, q: q, x: uniform(-1, 1), y: uniform(-1, 1), rho: rho))
      }
    }
    return rows
  }

  @Test func rowsAreThoseOfTheirOwnLensInAnyCompany() throws {
    let rows = mixture()
    let text = rows.map { "\($0.s),\($0.q),\($0.x),\($0.y),\($0.rho)\n" }.joined()
    let cases = try MagnificationCases(path: file("s,q,x,y,rho\n" + text))
    let values = try cases.magnifications(tolerance: 1e-4)
    #expect(values.count == rows.count)
    for (row, value) in zip(rows, values) {
      let value = try #require(value)
      let alone = try BinaryLens(s: row.s, q: row.q).magnification(
        x: row.x, y: row.y, rho: row.rho, tolerance: 1e-6
      ).value
      // Within a few errors aimed at, and what the rounding of a place near a caustic leaves.
      #expect(abs(value.value / alone - 1) < (row.rho == 0 ? 1e-7 : 5e-4), "\(row)")
    }
    let threaded = try cases.magnifications(tolerance: 1e-4, monitor: WorkMonitor(threads: 3))
    #expect(threaded == values)
  }

  @Test func theRowsStayAsTheyWere() throws {
    let text = #"""
      # a comment
      name, s,q ,x,y

      "one, two",1.0,1E-3,+0.10,.2
      "say ""x""",1,1e-3,1.0e-1,0.20
      """#
    let lines = try output(text).split(separator: "\n")
    #expect(lines[0] == "name,s,q,x,y,magnification,error")
    #expect(lines[1].hasPrefix("\"one, two\",1.0,1E-3,+0.10,.2,"))
    #expect(lines[2].hasPrefix("\"say \"\"x\"\"\",1,1e-3,1.0e-1,0.20,"))
    let table = try CSVTable.read("\(folder)/out.csv")
    let values = try table.doubles("magnification")
    let expected = try BinaryLens(s: 1, q: 1e-3).magnification(x: 0.1, y: 0.2)
    #expect(values.allSatisfy { abs($0 / expected - 1) < 1e-12 })
    #expect(try table.doubles("error").allSatisfy { $0 > 0 && $0 < 1e-6 })
    // Separated by spaces, commas need quoting in the output.
    #expect(try output("s q x y note\n1 1 .1 .2 a,b\n").contains("1,1,.1,.2,\"a,b\","))
  }

  @Test func badRowsAreNamed() throws {
    let good = String(repeating: "1,1,0.3,0.2,0.1\n", count: 315)
    let header = "s,q,x,y,rho\n"
    #expect(
      try problem(header + good + "1,1,x,0,0\n")
        == "cases.csv:317: column 'x': found 'x', expected a number")
    for (row, expected) in [
      ("0,1,0,0,0", "column 's': found '0', expected a positive number"),
      ("1,-2,0,0,0", "column 'q': found '-2', expected a positive number"),
      ("1,1,inf,0,0", "column 'x': found 'inf', expected a finite number"),
      ("1,1,0,,0", "column 'y': found '', expected a number"),
      ("1,1,0,0,-1e-3", "column 'rho': found '-1e-3', expected a number from 0 on"),
      ("1,1,0,0", "found 4 values, expected 5 (s, q, x, y, rho)"),
      ("1,1,0,0,0,0", "found 6 values, expected 5 (s, q, x, y, rho)"),
    ] {
      #expect(try problem(header + "1,1,0.3,0.2,0.1\n\(row)\n") == "cases.csv:3: \(expected)")
    }
    // The first bad row, not the first bad column.
    #expect(try problem("s,q,x,y\n1,1,0,a\na,1,0,0\n").hasPrefix("cases.csv:2: column 'y'"))
    #expect(try problem("").hasPrefix("cases.csv: is empty"))
    #expect(try problem("s,q,x\n1,1,0\n") == "cases.csv: has no column 'y'; it has s, q, x")
    #expect(try problem("s,q,x,y,error\n").hasPrefix("cases.csv: column 'error': is what"))
    #expect(try problem("s,q,x,y,u1\n1,1,0,0,1.5\n").contains("column 'u1': found '1.5'"))
    #expect(try problem("s,q,x,y,c,d\n1,1,0,0,1,1\n").contains("c and d such that no part"))
    #expect(try problem("s,q,x,y,c\n1,1,0,0,1\n").hasPrefix("cases.csv: column 'd': is missing"))
    #expect(try problem("s,q,x,y,u1,a,b\n").contains("2 limb-darkening laws"))
  }

  @Test func otherRowsGoOn() throws {
    let lines = try output(
      "s,q,x,y,rho\n1,1,0.3,0.2,0.1\n1,1,no,0,0\n1,1\n1,1,0.3,0.2,0.1\n", keepingBadRows: true
    ).split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[0] == "s,q,x,y,rho,magnification,error,flag")
    #expect(lines[1].hasSuffix(",") && lines[4].hasSuffix(","))
    #expect(lines[2].contains(",nan,nan,\"") && lines[2].contains("column 'x'"))
    #expect(lines[3].hasPrefix("1,1,,,,nan,nan,\"") && lines[3].contains("found 2 values"))
    // The table is whole: it reads back with all its rows.
    let table = try CSVTable.read("\(folder)/out.csv")
    #expect(table.rowCount == 4)
    let values = try table.doubles("magnification", allowingNonFinite: true)
    let errors = try table.doubles("error", allowingNonFinite: true)
    #expect(abs(values[0] - values[3]) <= errors[0] + errors[3])
  }

  @Test func limbDarkeningColumns() throws {
    func law(_ names: String, _ values: String) throws -> LimbDarkening {
      try MagnificationCases(path: file("s,q,x,y,\(names)\n1,1,0,0,\(values)\n")).cases[0]
        .limbDarkening
    }
    #expect(try law("u1", "0.5") == .linear(u: 0.5))
    #expect(try law("u1", "0") == .uniform)
    #expect(try law("d,c", "0.2,0.3") == .squareRoot(c: 0.3, d: 0.2))
    #expect(try law("a,b", "0.2,0.3") == .quadratic(a: 0.2, b: 0.3))
  }

  @Test func interruptionLeavesNoResult() throws {
    let cases = try MagnificationCases(path: file("s,q,x,y\n1,1,0.3,0.2\n"))
    #expect(throws: Interrupted.self) {
      try cases.magnifications(tolerance: 1e-3, monitor: WorkMonitor(interrupted: { true }))
    }
    #expect(throws: Interrupted.self) {
      try cases.table.write(appending: [], to: "\(folder)/cut.csv") { throw Interrupted() }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["cases.csv"])
  }
}

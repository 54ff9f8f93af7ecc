import ArrayFiles
import Foundation
import Microlensing

/// A table of sources behind binary lenses, one a row, whose magnifications are wanted.
///
/// Columns `s`, `q`, `x`, `y` are needed; `rho` (0 where it is absent) and the limb darkening may be
/// given: `u1` (linear), `c` and `d` (square root) or `a` and `b` (quadratic). Others are kept.
public struct MagnificationCases: Sendable {
  /// What a row asks for.
  public struct Case: Sendable, Equatable {
    public let s, q, x, y, rho: Double
    public let limbDarkening: LimbDarkening

    /// Whether both rows have the same lens and the same source, at whatever places.
    func isAlike(_ other: Case) -> Bool {
      s == other.s && q == other.q && rho == other.rho && limbDarkening == other.limbDarkening
    }
  }

  static let appendedNames = ["magnification", "error", "flag"]
  private static let laws = [["u1"], ["c", "d"], ["a", "b"]]

  public let table: CSVTable
  /// `[rows]`; meaningless where the row has a problem.
  public let cases: [Case]
  /// What is wrong with a row: with its number of cells, or with its first bad column.
  public private(set) var problems: [Int: FileError]

  /// Reads the cases.
  ///
  /// - Parameter keepingBadRows: bad rows are recorded in `problems` instead of thrown.
  /// - Throws: `FileError` for a table without the columns, with an incomplete or ambiguous limb
  ///   darkening, or with columns of the names that are to be appended, and for the first bad row.
  public init(path: String, keepingBadRows: Bool = false) throws {
    let table = try CSVTable.read(path, keepingRaggedRows: true)
    try Self.refuseAppended(table)
    let law = try Self.law(of: table)
    var problems: [Int: FileError] = [:]
    for (row, problem) in table.raggedRows { problems[row] = problem }

    func column(
      _ name: String, _ expected: String, _ isValid: (Double) -> Bool
    ) throws -> [Double] {
      let values = try table.doubles(name) { row, problem in
        if problems[row] == nil { problems[row] = problem }
        return .nan
      }
      for (row, value) in values.enumerated() where !value.isNaN && !isValid(value) {
        if problems[row] == nil {
          problems[row] = table.problem(row: row, column: name, expected: expected)
        }
      }
      return values
    }
    let s = try column("s", "a positive number") { $0 > 0 }
    let q = try column("q", "a positive number") { $0 > 0 }
    let x = try column("x", "a number") { _ in true }
    let y = try column("y", "a number") { _ in true }
    let rho =
      table.columnNames.contains("rho")
      ? try column("rho", "a number from 0 on") { $0 >= 0 }
      : [Double](repeating: 0, count: table.rowCount)
    let coefficients = try law.map { name in
      try name == "u1"
        ? column(name, "a number from 0 to 1") { (0...1).contains($0) }
        : column(name, "a number") { _ in true }
    }
    var previous = LimbDarkening.uniform
    cases = s.indices.map { row in
      let limbDarkening = Self.limbDarkening(law, coefficients.map { $0[row] })
      // Rows of one source follow each other; looking along the disc once is enough.
      if limbDarkening != previous, problems[row] == nil {
        if (try? limbDarkening.validate()) == nil {
          problems[row] = table.problem(
            row: row, column: law[0],
            expected: "\(law.joined(separator: " and ")) such that no part of the disc is dark")
        } else {
          previous = limbDarkening
        }
      }
      return Case(
        s: s[row], q: q[row], x: x[row], y: y[row], rho: rho[row], limbDarkening: limbDarkening)
    }
    self.table = table
    self.problems = problems
    if !keepingBadRows, let first = problems.min(by: { $0.key < $1.key }) { throw first.value }
  }

  mutating func record(_ problem: FileError, ofRow row: Int) { problems[row] = problem }

  private static func refuseAppended(_ table: CSVTable) throws {
    for name in appendedNames where table.columnNames.contains(name) {
      throw FileError(
        path: table.path, column: name,
        problem: "is what the magnifications are written to; rename or remove it")
    }
  }

  /// The columns of the limb-darkening law, none for uniform discs.
  private static func law(of table: CSVTable) throws -> [String] {
    let found = laws.filter { $0.contains(where: table.columnNames.contains) }
    for law in found {
      if let missing = law.first(where: { !table.columnNames.contains($0) }) {
        throw FileError(
          path: table.path, column: missing,
          problem: "is missing: limb darkening is u1 (linear), c and d (square root) or a and b "
            + "(quadratic)")
      }
    }
    guard found.count <= 1 else {
      throw FileError(
        path: table.path,
        problem: "has columns of \(found.count) limb-darkening laws "
          + "(\(found.joined().joined(separator: ", "))); keep those of one")
    }
    return found.first ?? []
  }

  private static func limbDarkening(_ law: [String], _ values: [Double]) -> LimbDarkening {
    switch law.first {
    case "u1": values[0] == 0 ? .uniform : .linear(u: values[0])
    case "c": .squareRoot(c: values[0], d: values[1])
    case "a": .quadratic(a: values[0], b: values[1])
    default: .uniform
    }
  }
}

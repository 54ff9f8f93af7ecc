import ArrayFiles
import Foundation
import ThreeBody

/// Systems of bodies from a table: columns m1, x1, y1, z1, vx1, vy1, vz1, m2, ..., a system a row.
struct SystemTable {
  let systems: [GravitySystem]

  /// z and vz may be left out.
  ///
  /// Throws `FileError` for missing columns and, with its line, for a row that is no system.
  init(_ path: String) throws {
    let table = try CSVTable.read(path)
    var bodies = 0
    while table.columnNames.contains("m\(bodies + 1)") { bodies += 1 }
    guard bodies > 0 else {
      throw FileError(
        path: path, column: "m1",
        problem: "is missing; expected columns m1, x1, y1, vx1, vy1, m2, … (z1 and vz1 optional)")
    }
    let masses = try (1...bodies).map { try table.doubles("m\($0)", allowingNonFinite: true) }
    func coordinates(_ prefix: String) throws -> [[[ExactDecimal]]] {
      try (1...bodies).map { body in
        try ["x", "y", "z"].map { axis in
          let name = "\(prefix)\(axis)\(body)"
          if axis == "z" && !table.columnNames.contains(name) {
            return [ExactDecimal](repeating: ExactDecimal(), count: table.rowCount)
          }
          let values = try table.doubles(name, allowingNonFinite: true)
          return zip(values, try table.strings(name)).map { ExactDecimal($0, text: $1) }
        }
      }
    }
    let (positions, velocities) = (try coordinates(""), try coordinates("v"))
    systems = try (0..<table.rowCount).map { row in
      func vectors(
        _ columns: [[[ExactDecimal]]], _ part: KeyPath<ExactDecimal, Double>
      ) -> [SIMD3<Double>] {
        columns.map {
          SIMD3(
            $0[0][row][keyPath: part], $0[1][row][keyPath: part], $0[2][row][keyPath: part])
        }
      }
      do {
        var system = try GravitySystem(
          masses: masses.map { $0[row] }, positions: vectors(positions, \.value),
          velocities: vectors(velocities, \.value))
        system.positionRemainders = vectors(positions, \.remainder)
        system.velocityRemainders = vectors(velocities, \.remainder)
        return system
      } catch {
        throw FileError(path: path, line: table.line(ofRow: row), problem: "\(error)")
      }
    }
    guard !systems.isEmpty else { throw FileError(path: path, problem: "holds no system") }
  }
}

/// A decimal number as a double and what its rounding left out: chaos makes the seventeenth digit matter.
struct ExactDecimal {
  var value = 0.0
  var remainder = 0.0

  init() {}

  init(_ value: Double, text: String) {
    self.value = value
    // Exact to 38 digits; a number that needs more, or none, keeps its rounding.
    guard value.isFinite, value != 0, abs(value) > 1e-20, abs(value) < 1e20,
      let exact = Decimal(string: text.trimmingCharacters(in: .whitespaces)),
      let rounded = Decimal(string: String(format: "%.37g", value))
    else { return }
    remainder = NSDecimalNumber(decimal: exact - rounded).doubleValue
    if !(abs(remainder) <= value.ulp) { remainder = 0 }
  }
}

import ArrayFiles

/// Text files of stations: columns `name`, `x`, `y`, `z` (geocentric, m) and `sefd` (Jy), separated by commas
/// or by white space; lines beginning with `#` are comments.
public enum StationTable {
  /// Reads a table.
  ///
  /// - Throws: `FileError` for a missing column, a value that is no finite number, a position that is
  ///   nowhere near the Earth's surface, an SEFD that is not positive, a name that occurs twice, fewer
  ///   than two stations.
  public static func read(_ path: String) throws -> [Station] {
    let table = try CSVTable.read(path)
    let names = try table.strings("name")
    let (x, y, z) = (try table.doubles("x"), try table.doubles("y"), try table.doubles("z"))
    let sefds = try table.doubles("sefd")
    var seen: Set<String> = []
    let stations = try names.indices.map { row in
      guard seen.insert(names[row]).inserted, !names[row].isEmpty else {
        throw table.problem(row: row, column: "name", expected: "a name that occurs once")
      }
      let position = SIMD3(x[row], y[row], z[row])
      let distance = (position * position).sum().squareRoot()
      guard surface.contains(distance) else {
        throw FileError(
          path: path, line: table.line(ofRow: row),
          problem: "x, y, z lie \((distance / 1000).rounded()) km from the middle of the Earth, "
            + "expected a place on its surface, in m")
      }
      guard sefds[row] > 0 else {
        throw table.problem(row: row, column: "sefd", expected: "a number above 0")
      }
      return Station(name: names[row], position: position, sefd: sefds[row])
    }
    guard stations.count > 1 else {
      throw FileError(path: path, problem: "has \(stations.count) stations, expected two or more")
    }
    return stations
  }

  /// Distances from the middle of the Earth of what stands on its surface, m.
  private static let surface = 6_340_000.0...6_400_000.0
}

import ArrayFiles

extension TimeSystem {
  /// What a file says of its times, without a guess.
  struct Stated {
    /// What makes full Julian dates of the file's times; 0 where that is not certain.
    var offset = 0.0
    var description: String
    var warnings: [String] = []
  }

  /// The times of a table whose column of times is called `name`.
  ///
  /// Throws `FileError` with the line of a time that is no Julian date while others are.
  static func stated(
    points: [PhotometricPoint], name: String, path: String
  ) throws -> Stated {
    let typical = points.map(\.time).sorted()[points.count / 2]
    let kind = ["BJD", "HJD", "JD"].first { name.wholeWord($0) }
    if fullDates.contains(typical) {
      if let far = points.first(where: { !fullDates.contains($0.time) }) {
        throw FileError(
          path: path, line: far.line,
          problem: "found time \(far.time), far from the others (around \(typical))")
      }
      return Stated(
        description: kind ?? "Julian dates, heliocentric or barycentric as in the file")
    }
    if let offset = statedOffset(name) {
      let kind = kind ?? (name.uppercased().contains("B") ? "BJD" : "JD")
      return Stated(
        offset: offset, description: "\(kind), the file's times + \(text(offset))")
    }
    if name.wholeWord("MJD"), reducedDates.contains(typical) {
      return Stated(
        offset: 2_400_000.5, description: "JD, the file's modified Julian dates + 2400000.5")
    }
    var stated = Stated(description: "as in the file")
    if let kind { stated.description = "\(kind) less a constant that the file does not state" }
    if abs(typical) > 1e8 {
      stated.warnings.append(
        "times around \(typical) look like seconds: frequencies are in cycles per second then")
    }
    return stated
  }

  /// The times of a table of Kepler or TESS: `BJDREFI` and `BJDREFF` are added to them.
  static func stated(_ file: FITSFile, points: [PhotometricPoint]) throws -> Stated {
    var stated = Stated(description: "as in the file")
    if let whole = try file.number("BJDREFI") {
      stated.offset = whole + (try file.number("BJDREFF") ?? 0)
      let scale = file.string("TIMESYS").map { " (\($0))" } ?? ""
      stated.description = "BJD\(scale), the file's times + \(text(stated.offset))"
    }
    if let unit = file.string("TIMEUNIT"), !["d", "day", "days"].contains(unit.lowercased()) {
      stated.offset = 0
      stated.description = "as in the file, in units of '\(unit)'"
      stated.warnings.append("times are in units of '\(unit)', and frequencies per unit of them")
    }
    return stated
  }

  private static func text(_ offset: Double) -> String {
    offset == offset.rounded() ? "\(Int(offset))" : "\(offset)"
  }
}

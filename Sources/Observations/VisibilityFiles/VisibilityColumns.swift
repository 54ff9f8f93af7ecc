import ArrayFiles
import Foundation

/// Which columns of a text table hold what, told from their names.
struct VisibilityColumns {
  /// A column and the factor that brings its numbers to our units.
  struct Column {
    let index: Int
    let name: String
    let factor: Double
  }

  enum Value {
    case parts(real: Column, imaginary: Column)
    case polar(amplitude: Column, phase: Column)
  }

  enum Noise {
    case sigma(Column)
    case weight(Column)
  }

  let count: Int
  let u: Column
  let v: Column
  let value: Value
  let noise: Noise
  let time: Column?
  let integration: Column?
  let stations: (Column, Column)?

  /// `names` as they stand in the file: `u[lambda]`, `U(lambda)` and `u_lambda` are one.
  ///
  /// Throws `FileError` if a column is missing, occurs twice or has a unit that does not belong to it.
  init(_ names: [String], path: String, line: Int?) throws {
    let finder = ColumnFinder(names, path: path, line: line)
    count = names.count
    u = try finder.required("u", units: ColumnFinder.wavelengths)
    v = try finder.required("v", units: ColumnFinder.wavelengths)
    if let real = try finder.find(["re", "real"], units: ColumnFinder.fluxes) {
      value = .parts(
        real: real, imaginary: try finder.required("im", "imag", units: ColumnFinder.fluxes))
    } else {
      value = .polar(
        amplitude: try finder.required(
          "amp", "iamp", "amplitude", units: ColumnFinder.fluxes, instead: "re"),
        phase: try finder.required("phase", "iphase", units: ColumnFinder.angles))
    }
    if let weight = try finder.find(["weight", "w"], units: ["": 1, "jy^-2": 1, "1/jy^2": 1]) {
      noise = .weight(weight)
    } else {
      noise = .sigma(
        try finder.required("sigma", "isigma", "error", "err", units: ColumnFinder.fluxes))
    }
    time = try finder.find(["time"], units: ColumnFinder.hours)
    integration = try finder.find(
      ["tint", "integration", "inttim"], units: ["": 1, "s": 1, "sec": 1, "min": 60])
    let first = try finder.find(["t1", "station1", "ant1", "antenna1"], units: ["": 1])
    let second = try finder.find(["t2", "station2", "ant2", "antenna2"], units: ["": 1])
    if let first, let second {
      stations = (first, second)
    } else {
      stations = nil
    }
  }

  /// Whether these could be the names of columns of visibilities.
  static func areNames(_ words: [String]) -> Bool {
    let names = words.map { ColumnFinder.split($0).name }
    return names.contains("u") && names.contains("v")
  }
}

/// Columns by name and unit.
private struct ColumnFinder {
  static let wavelengths: [String: Double] = [
    "": 1, "lambda": 1, "λ": 1, "wavelength": 1, "wavelengths": 1, "klambda": 1e3, "kλ": 1e3,
    "mlambda": 1e6, "mλ": 1e6, "glambda": 1e9, "gλ": 1e9,
  ]
  static let fluxes: [String: Double] = ["": 1, "jy": 1, "mjy": 1e-3, "ujy": 1e-6, "μjy": 1e-6]
  /// To radians; degrees unless stated.
  static let angles: [String: Double] = [
    "": .pi / 180, "d": .pi / 180, "deg": .pi / 180, "degrees": .pi / 180, "°": .pi / 180, "rad": 1,
    "radians": 1,
  ]
  static let hours: [String: Double] = [
    "": 1, "utc": 1, "h": 1, "hr": 1, "hours": 1, "hour": 1, "utc h": 1, "utch": 1, "min": 1 / 60.0,
    "s": 1 / 3600.0, "d": 24, "days": 24,
  ]
  private static let units = Set([wavelengths, fluxes, angles, hours].flatMap(\.keys)).union(["m"])

  private let names: [String]
  private let split: [(name: String, unit: String)]
  private let path: String
  private let line: Int?

  init(_ names: [String], path: String, line: Int?) {
    self.names = names
    self.path = path
    self.line = line
    split = names.map(ColumnFinder.split)
  }

  /// `U(lambda)`, `u[lambda]`, `u_lambda`, `u [lambda]`: u and lambda.
  static func split(_ column: String) -> (name: String, unit: String) {
    let text = column.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'"))
    if let bracket = text.firstIndex(where: { $0 == "(" || $0 == "[" }) {
      let unit = text[bracket...].trimmingCharacters(in: CharacterSet(charactersIn: "()[] "))
      return (text[..<bracket].trimmingCharacters(in: CharacterSet(charactersIn: " _")), unit)
    }
    if let mark = text.lastIndex(of: "_"), units.contains(String(text[mark...].dropFirst())) {
      return (String(text[..<mark]), String(text[mark...].dropFirst()))
    }
    return (text, "")
  }

  func find(_ wanted: [String], units: [String: Double]) throws -> VisibilityColumns.Column? {
    let found = split.indices.filter { wanted.contains(split[$0].name) }
    guard let index = found.first else { return nil }
    guard found.count == 1 else {
      throw FileError(
        path: path, line: line, column: names[found[1]],
        problem: "holds the same as column \(FileError.quoted(names[index]))")
    }
    guard let factor = units[split[index].unit] else {
      let expected = units.keys.filter { !$0.isEmpty }.sorted().joined(separator: ", ")
      throw FileError(
        path: path, line: line, column: names[index],
        problem: "found the unit \(FileError.quoted(split[index].unit)), expected \(expected)")
    }
    return VisibilityColumns.Column(index: index, name: names[index], factor: factor)
  }

  func required(
    _ wanted: String..., units: [String: Double], instead: String? = nil
  ) throws -> VisibilityColumns.Column {
    if let column = try find(wanted, units: units) { return column }
    let has = names.prefix(12).map { FileError.quoted($0) }.joined(separator: ", ")
    throw FileError(
      path: path, line: line,
      problem: "is no table of visibilities: it has no column '\(instead ?? wanted[0])' "
        + "but \(has); "
        + "expected u[lambda],v[lambda],re,im,sigma")
  }
}

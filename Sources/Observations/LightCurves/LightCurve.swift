import ArrayFiles
import Foundation

/// The photometry of one object by one instrument in one band.
public struct LightCurve: Sendable {
  /// File name without extension.
  public var name: String
  public var path: String
  /// Julian dates in days, ascending (heliocentric or barycentric as in the file).
  public var times: [Double]
  /// What was added to the file's times: 0, 2400000, 2400000.5, 2450000, or what the header states.
  public var timeOffset: Double
  /// Flux; of magnitudes with the zero point 22: 10^(0.4 (22 − m)).
  public var flux: [Double]
  /// 1-sigma errors of `flux`.
  public var fluxError: [Double]
  /// The file's magnitudes, when it has them.
  public var magnitudes: [Double]?
  public var magnitudeErrors: [Double]?
  /// What was done to the data that its owner should know.
  public var warnings: [String]

  public init(
    name: String, path: String = "", times: [Double], timeOffset: Double = 0, flux: [Double],
    fluxError: [Double], magnitudes: [Double]? = nil, magnitudeErrors: [Double]? = nil,
    warnings: [String] = []
  ) {
    precondition(times.count == flux.count && times.count == fluxError.count)
    precondition(magnitudes.map { $0.count == times.count } ?? true)
    precondition(magnitudeErrors.map { $0.count == times.count } ?? true)
    self.name = name
    self.path = path
    self.times = times
    self.timeOffset = timeOffset
    self.flux = flux
    self.fluxError = fluxError
    self.magnitudes = magnitudes
    self.magnitudeErrors = magnitudeErrors
    self.warnings = warnings
  }
}

extension LightCurve {
  /// Reads columns of time, brightness and error, separated by white space or commas.
  ///
  /// Understands NASA Exoplanet Archive tables (`\` and `|` header lines), named columns (a header
  /// line or a `#` comment), KMTNet's `.pysis`, OGLE's five columns, RTModel's order (magnitude,
  /// error, time). Lines beginning with `#` are skipped. `unit` says what the brightness is; nil
  /// takes it from the header or else from the values. Times are sorted.
  ///
  /// Throws `FileError` with line and value for what is not a positive error, a finite number or a
  /// date, for an empty file, and if the unit is contradicted or cannot be told.
  public static func read(_ path: String, unit: PhotometricUnit? = nil) throws -> LightCurve {
    let text = try LightCurveText(path: path, bytes: try FileContents.read(path))
    let columns = try LightCurveColumns(text: text, path: path, wanted: unit)
    var warnings: [String] = []
    if columns.time == 2 && columns.names.isEmpty {
      warnings.append("columns read as value, error, time: the third holds dates")
    }

    if columns.isReversed {
      warnings.append("differential flux read as it stands, although pySIS counts fading positive")
    }
    let lines = text.rows.map(\.line)
    let rawTimes = try numbers(text.rows, columns.time, columns, path)
    let values = try numbers(text.rows, columns.value, columns, path)
    let errors = try numbers(text.rows, columns.error, columns, path)
    for (error, line) in zip(errors, lines) where error <= 0 {
      throw FileError(
        path: path, line: line, column: columns.name(columns.error),
        problem: "found \(error), expected an error above 0")
    }
    let offset = try TimeSystem.offset(
      times: rawTimes, lines: lines, header: text.nameLine, path: path, warnings: &warnings)
    let found = try resolve(
      unit, columns: columns, values: values, errors: errors, lines: lines, path: path)

    let order = rawTimes.indices.sorted { (rawTimes[$0], $0) < (rawTimes[$1], $1) }
    let times = order.map { rawTimes[$0] + offset }
    let misplaced = zip(rawTimes, rawTimes.dropFirst()).count { $0 > $1 }
    if misplaced > 0 {
      warnings.append("times were not in order (\(misplaced) steps back): sorted")
    }
    let repeated = zip(times, times.dropFirst()).count { $0 == $1 }
    if repeated > 0 { warnings.append("\(repeated) times occur more than once: all kept") }

    let sortedValues = order.map { values[$0] }
    let sortedErrors = order.map { errors[$0] }
    var curve = LightCurve(
      name: name(of: path), path: path, times: times, timeOffset: offset, flux: sortedValues,
      fluxError: sortedErrors, warnings: warnings)
    if found == .magnitude {
      for (i, row) in order.enumerated() {
        let (flux, error) = PhotometricUnit.flux(magnitude: values[row], error: errors[row])
        guard flux > 0, flux.isFinite, error > 0, error.isFinite else {
          throw FileError(
            path: path, line: lines[row], column: columns.name(columns.value),
            problem: "found \(values[row]) ± \(errors[row]), expected a magnitude")
        }
        curve.flux[i] = flux
        curve.fluxError[i] = error
      }
      curve.magnitudes = sortedValues
      curve.magnitudeErrors = sortedErrors
    }
    return curve
  }

  private static func numbers(
    _ rows: [LightCurveText.Row], _ column: Int, _ columns: LightCurveColumns, _ path: String
  ) throws -> [Double] {
    let needed = max(columns.time, columns.value, columns.error) + 1
    return try rows.map { row in
      guard row.words.count >= needed else {
        throw FileError(
          path: path, line: row.line,
          problem: "found \(row.words.count) columns, expected at least \(needed)")
      }
      let word = row.words[column]
      guard let value = Double(word), value.isFinite else {
        let kind = Double(word) == nil ? "number" : "finite number"
        throw FileError(
          path: path, line: row.line, column: columns.name(column),
          problem: "found \(FileError.quoted(word)), expected a \(kind)")
      }
      return value
    }
  }

  /// The unit of the brightness: as the header states, as wanted, or as the values look.
  private static func resolve(
    _ wanted: PhotometricUnit?, columns: LightCurveColumns, values: [Double], errors: [Double],
    lines: [Int], path: String
  ) throws -> PhotometricUnit {
    let summary = BrightnessSummary(values: values, errors: errors)
    func problem(_ text: String) -> FileError {
      FileError(path: path, column: columns.name(columns.value), problem: text)
    }
    if columns.statedUnit == .magnitude || (columns.statedUnit == nil && wanted != .flux) {
      try rejectSentinels(values, errors, lines, columns, path)
    }
    switch (columns.statedUnit, wanted) {
    case (.flux?, .magnitude?): throw problem("holds fluxes (\(summary)); read it as flux")
    case (.magnitude?, .flux?): throw problem("holds magnitudes (\(summary)); read it as magnitude")
    case (let stated?, _): return stated
    case (nil, .flux?):
      guard !summary.looksLikeMagnitudes else {
        throw problem(
          "looks like magnitudes (\(summary)); read it as magnitude, or begin the file with "
            + "'# time flux flux_error' if these are fluxes")
      }
      return .flux
    case (nil, .magnitude?):
      guard !summary.cannotBeMagnitudes else {
        throw problem("looks like fluxes (\(summary)); read it as flux")
      }
      return .magnitude
    case (nil, nil):
      if summary.looksLikeMagnitudes { return .magnitude }
      if summary.looksLikeFluxes { return .flux }
      throw problem(
        "may be magnitudes or fluxes (\(summary)); state the unit, or begin the file with "
          + "'# time mag mag_error' or '# time flux flux_error'")
    }
  }

  /// Surveys mark a missing magnitude by 99.999 and the like: no measurement, and no sign that
  /// the column holds fluxes.
  private static func rejectSentinels(
    _ values: [Double], _ errors: [Double], _ lines: [Int], _ columns: LightCurveColumns,
    _ path: String
  ) throws {
    let isMarked: (Double) -> Bool = { abs($0) >= 90 && abs($0) < 100 }
    let kept = values.indices.filter { !isMarked(values[$0]) }
    guard let marked = values.firstIndex(where: isMarked), !kept.isEmpty else { return }
    let summary = BrightnessSummary(
      values: kept.map { values[$0] }, errors: kept.map { errors[$0] })
    if columns.statedUnit == .magnitude || summary.looksLikeMagnitudes {
      throw FileError(
        path: path, line: lines[marked], column: columns.name(columns.value),
        problem: "found \(values[marked]), which marks a missing magnitude; remove the line or "
          + "begin it with #")
    }
  }

  private static func name(of path: String) -> String {
    var url = URL(fileURLWithPath: path).deletingPathExtension()
    // The archive's files end in ".tbl.txt".
    while ["tbl", "dat", "csv", "txt", "pysis"].contains(url.pathExtension.lowercased()) {
      url.deletePathExtension()
    }
    return url.lastPathComponent
  }
}

import ArrayFiles
import Foundation

/// The photometry of one object by one instrument in one band.
public struct LightCurve: Sendable {
  /// File name without extension.
  public var name: String
  public var path: String
  /// The filter; empty if the file names none.
  public var band: String
  /// Julian dates in days, ascending (heliocentric or barycentric as in the file); of photometry whose file
  /// does not say what its times are, those of the file.
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
    name: String, path: String = "", band: String = "", times: [Double], timeOffset: Double = 0,
    flux: [Double], fluxError: [Double], magnitudes: [Double]? = nil,
    magnitudeErrors: [Double]? = nil,
    warnings: [String] = []
  ) {
    precondition(times.count == flux.count && times.count == fluxError.count)
    precondition(magnitudes.map { $0.count == times.count } ?? true)
    precondition(magnitudeErrors.map { $0.count == times.count } ?? true)
    self.name = name
    self.path = path
    self.band = band
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
  /// What the file has: magnitudes, or else fluxes.
  public var unit: PhotometricUnit { magnitudes == nil ? .flux : .magnitude }
  /// Brightness in `unit`.
  public var values: [Double] { magnitudes ?? flux }
  /// 1-sigma errors of `values`.
  public var errors: [Double] { magnitudeErrors ?? fluxError }

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
    let table = try LightCurveTable(
      path: path, bytes: try FileContents.read(path), wanted: unit, needsErrors: true)
    var warnings: [String] = []
    if table.columns.time == 2 && table.columns.names.isEmpty {
      warnings.append("columns read as value, error, time: the third holds dates")
    }
    if table.columns.isReversed {
      warnings.append("differential flux read as it stands, although pySIS counts fading positive")
    }
    let points = try table.text.rows.map(table.point)
    let offset = try TimeSystem.offset(
      times: points.map(\.time), lines: points.map(\.line), header: table.text.nameLine, path: path,
      warnings: &warnings)
    let found = try table.unit(wanted: unit, points: points)
    return try LightCurve(
      name: LightCurveTable.name(of: path), path: path, points: points, unit: found,
      valueColumn: table.columns.name(table.columns.value), timeOffset: offset, warnings: warnings)
  }

  /// Sorts points by time. Throws `FileError` for magnitudes without a flux.
  init(
    name: String, path: String, band: String = "", points: [PhotometricPoint],
    unit: PhotometricUnit, valueColumn: String? = nil, timeOffset: Double,
    warnings: [String] = []
  ) throws {
    var warnings = warnings
    let misplaced = zip(points, points.dropFirst()).count { $0.time > $1.time }
    if misplaced > 0 {
      warnings.append("times were not in order (\(misplaced) steps back): sorted")
    }
    let order = points.indices.sorted { (points[$0].time, $0) < (points[$1].time, $1) }
    let points = order.map { points[$0] }
    let repeated = zip(points, points.dropFirst()).count { $0.time == $1.time }
    if repeated > 0 { warnings.append("\(repeated) times occur more than once: all kept") }
    self.init(
      name: name, path: path, band: band, times: points.map { $0.time + timeOffset },
      timeOffset: timeOffset, flux: points.map(\.value), fluxError: points.map(\.error),
      warnings: warnings)
    guard unit == .magnitude else { return }
    (magnitudes, magnitudeErrors) = (flux, fluxError)
    for (k, point) in points.enumerated() {
      let (flux, error) = PhotometricUnit.flux(magnitude: point.value, error: point.error)
      guard flux > 0, flux.isFinite, error > 0, error.isFinite else {
        throw FileError(
          path: path, line: point.line, column: valueColumn,
          problem: "found \(point.value) ± \(point.error), expected a magnitude")
      }
      (self.flux[k], fluxError[k]) = (flux, error)
    }
  }
}

import ArrayFiles
import Foundation

/// Magnifications to compute, read from a file that every side reads.
protocol MagnificationTable {
  func write(_ name: String, in folder: String) throws
  /// What a time is for: sources or light curves.
  var unitCount: Int { get }
  /// Settings to time; a point source has none.
  static var tolerances: [Double] { get }
  func magnifications(tolerance: Double) throws -> [Double]
  /// The tightest answers, of the first units if those of all would take too long.
  func reference() throws -> [Double]
}

extension MagnificationTable {
  static var tolerances: [Double] { [1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 1e-4, 1e-5, 1e-6] }
  /// The tightest that Sibyl is made for.
  static var tightest: Double { 1e-7 }
  func reference() throws -> [Double] { try magnifications(tolerance: Self.tightest) }
}

/// What is compared: a name and a table that is always drawn the same.
struct MagnificationWork: Sendable {
  let name: String
  let draw: @Sendable () throws -> any MagnificationTable

  static let all =
    NearCaustic.works + [FarFromCaustics.work] + LightCurves.works + PointSources.works

  /// Writes NAME.csv and NAME.reference.csv, where a peer will blank the rows on which it differs.
  func prepare(in folder: String) throws {
    let table = try draw()
    try table.write(name, in: folder)
    try CSVTable.write(
      columns: [CSVColumn("magnification", try table.reference())],
      to: "\(folder)/\(name).reference.csv")
  }

  /// Prints the times and errors of all settings.
  static func measure(_ name: String, in folder: String) throws {
    let table = try read(name, in: folder)
    let reference = try CSVTable.read("\(folder)/\(name).reference.csv")
      .doubles("magnification", allowingNonFinite: true)
    func measure(_ series: String, _ setting: String, tolerance: Double) throws {
      let (seconds, values) = try medianSeconds { try table.magnifications(tolerance: tolerance) }
      try Measurement(
        name, series: series, setting: setting, seconds: seconds, units: table.unitCount,
        error: .init(values, reference: reference)
      ).printLine()
    }
    let tolerances = type(of: table).tolerances
    for tolerance in tolerances {
      try measure("tolerance", "tolerance \(tolerance)", tolerance: tolerance)
    }
    if tolerances.isEmpty { try measure("point source", "point source", tolerance: 1e-3) }
  }

  private static func read(_ name: String, in folder: String) throws -> any MagnificationTable {
    let table = try CSVTable.read("\(folder)/\(name).csv")
    if !table.columnNames.contains("x") {
      return try LightCurveTable(table, times: CSVTable.read("\(folder)/\(name).times.csv"))
    }
    if !table.columnNames.contains("rho") { return try PointSourceTable(table) }
    return try SourceTable(table)
  }
}

import ArgumentParser
import ArrayFiles
import Foundation
import Interferometry
import Observations

/// Which array observes, when and how.
struct ArrayOptions: ParsableArguments {
  @Option(help: "The name of an array, or a file of its stations.")
  var array: String?

  @Option(
    parsing: .unconditional,
    help: "Right ascension of the phase centre, degrees; the image's if left out.")
  var ra: Double?

  @Option(
    parsing: .unconditional,
    help: "Declination of the phase centre, degrees; the image's if left out.")
  var dec: Double?

  @Option(help: "The day (UTC), as 2017-04-11; the image's if left out.")
  var date: String?

  @Option(help: "When on that day, hours UTC, as 22.5-31 (default: 0-24).")
  var hours: String?

  @Option(help: "Length of an integration, s (default: 60).")
  var integration: Double?

  @Option(help: "From the beginning of an integration to that of the next, s (default: 600).")
  var cadence: Double?

  @Option(help: "Frequency, Hz (default: the image's, or that of the array's SEFDs).")
  var frequency: Double?

  @Option(help: "Width of the band, Hz (default: the array's; 2e9 with a file of stations).")
  var bandwidth: Double?

  @Option(
    parsing: .unconditional,
    help: "Stations observe sources that stand at least as high, degrees (default: 10).")
  var elevationLimit: Double?

  /// The first option that only an array can use.
  var optionInVain: String? {
    let given: [(String, Bool)] = [
      ("--ra", ra != nil), ("--dec", dec != nil), ("--date", date != nil),
      ("--hours", hours != nil), ("--integration", integration != nil),
      ("--cadence", cadence != nil), ("--frequency", frequency != nil),
      ("--bandwidth", bandwidth != nil), ("--elevation-limit", elevationLimit != nil),
    ]
    return given.first { $0.1 }?.0
  }

  func validate() throws {
    if let date, day == nil {
      throw ValidationError("--date is '\(date)'; it must be a day such as 2017-04-11")
    }
    let range = try observedHours
    for (name, value) in [
      ("integration", integration), ("cadence", cadence), ("frequency", frequency),
      ("bandwidth", bandwidth),
    ] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("--\(name) is \(value); it must be above 0")
      }
    }
    guard scanCadence >= integrationTime else {
      throw ValidationError(
        "--cadence is \(scanCadence); it must be at least --integration, \(integrationTime)")
    }
    guard (range.upperBound - range.lowerBound) * 3600 >= integrationTime else {
      throw ValidationError("--hours is shorter than --integration, \(integrationTime) s")
    }
    guard (range.upperBound - range.lowerBound) * 3600 <= 1e6 * scanCadence else {
      throw ValidationError(
        "--cadence is \(scanCadence) s, for more than a million integrations; take fewer --hours or a "
          + "longer cadence")
    }
    if let elevationLimit, !(-90...90).contains(elevationLimit) {
      throw ValidationError(
        "--elevation-limit is \(elevationLimit); it must be between -90 and 90 degrees")
    }
    if let dec, !(-90...90).contains(dec) {
      throw ValidationError("--dec is \(dec); it must be between -90 and 90 degrees")
    }
    if let ra, !(0...360).contains(ra) {
      throw ValidationError("--ra is \(ra); it must be between 0 and 360 degrees")
    }
    if let array, Self.named(array) == nil, !FileManager.default.fileExists(atPath: array) {
      let names = TelescopeArray.catalogue.map(\.name).joined(separator: ", ")
      throw ValidationError("--array is '\(array)'; it must be a file or one of \(names)")
    }
  }

  /// The modified Julian day of `date`; nil also where there is no such day.
  private var day: Int? {
    guard let date, let mjd = CalendarDate.mjd(date), CalendarDate.text(mjd: Int(mjd)) == date
    else {
      return nil
    }
    return Int(mjd)
  }

  private var integrationTime: Double { integration ?? 60 }
  private var scanCadence: Double { cadence ?? max(600, integrationTime) }

  private var observedHours: ClosedRange<Double> {
    get throws {
      guard let hours else { return 0...24 }
      let ends = hours.split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
      guard ends.count == 2, let start = ends[0], let stop = ends[1], start < stop, stop <= 72
      else {
        throw ValidationError(
          "--hours is '\(hours)'; it must be two numbers such as 22.5-31, hours since 0h UTC")
      }
      return start...stop
    }
  }

  private static func named(_ name: String) -> TelescopeArray? {
    TelescopeArray.catalogue.first { $0.name == name.lowercased() }
  }

  /// What the array measures of the source that `image`, read from `path`, shows.
  ///
  /// - Throws: `FileError` where the image does not say what no option says either, for a bad file of
  ///   stations, and where stations never see the source together.
  func coverage(of image: SkyImage, path: String) throws -> VisibilitySet {
    let name = array!
    let known = Self.named(name)
    let stations = try known?.stations ?? StationTable.read(name)
    guard let mjd = day ?? image.mjd.map({ Int($0.rounded(.down)) }) else {
      throw FileError(path: path, problem: "does not say when it was observed: give --date")
    }
    guard let frequency = frequency ?? image.frequency ?? known?.frequency else {
      throw FileError(path: path, problem: "does not say its frequency: give --frequency")
    }
    let range = try observedHours
    let limit = elevationLimit ?? 10
    let plan = ObservingPlan(
      stations: stations, source: image.source, rightAscension: ra ?? image.rightAscension,
      declination: dec ?? image.declination, mjd: mjd,
      scans: [
        Scan(
          start: range.lowerBound, stop: range.upperBound, integration: integrationTime,
          cadence: scanCadence)
      ], frequency: frequency, bandwidth: bandwidth ?? known?.bandwidth ?? 2e9,
      elevations: limit...90)
    var coverage = plan.coverage
    guard !coverage.visibilities.isEmpty else {
      let place = String(format: "%.4f°, %.4f°", plan.rightAscension, plan.declination)
      throw FileError(
        path: path,
        problem: "lies at \(place), which no two stations of '\(name)' see above \(limit)° "
          + "in these hours")
    }
    if let known, !(0.5...2).contains(frequency / known.frequency) {
      coverage.warnings.append(
        "the SEFDs of \(known.name) hold at \(known.frequency / 1e9) GHz, not at "
          + "\(frequency / 1e9) GHz")
    }
    return coverage
  }
}

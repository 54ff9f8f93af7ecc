import Foundation
import Interferometry
import NumericalMethods
import Observations

/// How truths are observed, and on which pixels images are made.
struct BlindObservation: Sendable {
  struct Settings: CheckedSettings {
    /// Of the phase centre, degrees.
    var rightAscension = 187.7059
    var declination = 12.3911
    /// The day (UTC).
    var date = "2017-04-11"
    /// When on that day, hours.
    var hours = [0.0, 24.0]
    /// Length of an integration, and from the beginning of one to that of the next, s.
    var integration = 60.0
    var cadence = 600.0
    /// Degrees.
    var elevationLimit = 10.0
    /// A factor on the sigma that follows from the stations' SEFDs.
    var noise = 1.0
    /// Along each side of the images.
    var pixels = 64
    /// Width of the images, microarcseconds.
    var fieldOfView = 128.0

    var ranges: [SettingRange] {
      [
        SettingRange("right_ascension", rightAscension, 0...360),
        SettingRange("declination", declination, -90...90),
        SettingRange("integration", integration, 1e-3...86_400),
        SettingRange("cadence", cadence, 1...86_400),
        SettingRange("elevation_limit", elevationLimit, 0...89),
        SettingRange("noise", noise, 1e-9...1e9), SettingRange("pixels", pixels, 16...1024),
        SettingRange("field_of_view", fieldOfView, 1e-3...1e10),
      ]
    }
  }

  let settings: Settings
  /// Whose values are zero.
  let coverage: VisibilitySet
  /// Width of the images, radians.
  let field: Double
  /// Where pixels are too coarse to show what the array resolves.
  let warning: String?

  /// Reads an entry of the `arrays` section; its `array` is a name or a file of stations.
  ///
  /// - Throws: `ConfigurationError`, `FileError` for a file of stations.
  init(_ node: ConfigurationNode, _ file: ExperimentFile) throws {
    let arrayNode = try node.node("array")
    let name = try arrayNode.string
    settings = try node.decoded(over: Settings(), besides: ["array"])
    let known = TelescopeArray.catalogue.first { $0.name == name.lowercased() }
    let path = file.path(name)
    if known == nil, !FileManager.default.fileExists(atPath: path) {
      let names = TelescopeArray.catalogue.map(\.name).joined(separator: ", ")
      throw arrayNode.error("is '\(name)', expected \(names) or a file of stations")
    }
    guard let mjd = CalendarDate.mjd(settings.date).map({ Int($0.rounded(.down)) }) else {
      throw (try node.node("date")).error("is '\(settings.date)', expected a day as 2017-04-11")
    }
    guard settings.hours.count == 2, 0 <= settings.hours[0], settings.hours[1] <= 72,
      settings.hours[1] - settings.hours[0] >= settings.integration / 3600
    else {
      throw (try node["hours"] ?? node).error(
        "leaves no time for an integration; expected start and end such as [0, 24], at most 72")
    }
    guard settings.cadence >= settings.integration else {
      throw (try node["cadence"] ?? node).error(
        "is below the length of an integration, \(settings.integration) s")
    }
    var coverage = ObservingPlan(
      stations: try known?.stations ?? StationTable.read(path), source: "blind",
      rightAscension: settings.rightAscension, declination: settings.declination, mjd: mjd,
      scans: [
        Scan(
          start: settings.hours[0], stop: settings.hours[1], integration: settings.integration,
          cadence: settings.cadence)
      ], frequency: known?.frequency ?? 230e9, bandwidth: known?.bandwidth ?? 2e9,
      elevations: settings.elevationLimit...90
    ).coverage
    field = settings.fieldOfView * .pi / 180 / 3600e6
    let longest = coverage.visibilities.reduce(0) { max($0, hypot($1.u, $1.v)) }
    guard longest > 0 else {
      throw arrayNode.error(
        "is '\(name)', no two stations of which see the source above "
          + "\(settings.elevationLimit)° in these hours")
    }
    let resolution = settings.fieldOfView / (longest * field)
    guard longest * field > 1 else {
      throw (try node["field_of_view"] ?? node).error(
        String(
          format: "is %g, less than the resolution of the array, %.3g microarcseconds",
          settings.fieldOfView, resolution))
    }
    let pixel = settings.fieldOfView / Double(settings.pixels)
    warning =
      pixel <= resolution / 2
      ? nil
      : String(
        format: "%@: pixels of %.3g microarcseconds are coarser than half the resolution of %.3g",
        node.path, pixel, resolution)
    for index in coverage.visibilities.indices {
      coverage.visibilities[index].sigma *= settings.noise
    }
    self.coverage = coverage
  }

  /// Where images of these visibilities are made.
  func grid(for set: VisibilitySet) -> SkyImage {
    SkyImage(
      width: settings.pixels, height: settings.pixels,
      pixelSize: field / Double(settings.pixels), source: set.source,
      rightAscension: set.rightAscension, declination: set.declination,
      frequency: set.frequencies.first, mjd: Double(set.mjd))
  }
}

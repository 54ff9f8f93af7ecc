import ArrayFiles
import Foundation

/// What the data tables of an OIFITS file refer to: targets, wavelengths and stations.
///
/// Reference: Duvert, Young & Hummel 2017, A&A 597, A8; Pauls et al. 2005, PASP 117, 1255.
struct OIFITSTables {
  /// An observed object.
  struct Target {
    let number: Int
    let name: String
    let rightAscension: Double
    let declination: Double
  }

  /// The channels of one instrument.
  struct Channels {
    /// Index of the first in `frequencies`.
    let first: Int
    /// m.
    let wavelengths: [Double]
  }

  private static let speedOfLight = 299_792_458.0

  private(set) var targets: [Target] = []
  /// By `INSNAME`.
  private(set) var channels: [String: Channels] = [:]
  /// Of all instruments' channels, Hz.
  private(set) var frequencies: [Double] = []
  /// Of the first channel, Hz.
  private(set) var bandwidth = 0.0
  private(set) var stations: [Station] = []

  private struct StationKey: Hashable {
    let array: String
    let number: Int
  }

  private var stationIndices: [StationKey: Int] = [:]
  private var arrays: Set<String> = []

  /// Throws `FileError` if a table is missing, has no rows or holds what cannot be.
  init(_ file: FITSFile) throws {
    for unit in stride(from: 2, through: file.unitCount, by: 1) {
      try file.move(to: unit)
      switch file.name {
      case "OI_TARGET": try readTargets(file)
      case "OI_WAVELENGTH": try readChannels(file)
      case "OI_ARRAY": try readStations(file)
      default: break
      }
    }
    guard !targets.isEmpty else {
      throw FileError(path: file.path, problem: "has no targets (table OI_TARGET)")
    }
    guard !channels.isEmpty else {
      throw FileError(path: file.path, problem: "has no wavelengths (table OI_WAVELENGTH)")
    }
  }

  /// The station with a number; made up if there is no table of its array.
  ///
  /// Throws `FileError` with `row` if the array's table lacks it.
  mutating func station(
    _ number: Int, array: String?, _ file: FITSFile, row: Int
  ) throws -> Int {
    let isListed = array.map { arrays.contains($0) } ?? false
    let key = StationKey(array: isListed ? array! : "", number: number)
    if let index = stationIndices[key] { return index }
    guard !isListed else {
      throw file.error(
        row: row, column: "STA_INDEX",
        "found station \(number), which the OI_ARRAY table \(FileError.quoted(array!)) lacks")
    }
    add(Station(name: "\(number)"), key)
    return stations.count - 1
  }

  private mutating func add(_ station: Station, _ key: StationKey) {
    stationIndices[key] = stations.count
    stations.append(station)
  }

  private mutating func readTargets(_ file: FITSFile) throws {
    let numbers = try file.integers("TARGET_ID")
    let names = try file.strings("TARGET")
    let ascensions = try file.numbers("RAEP0")
    let declinations = try file.numbers("DECEP0")
    for row in numbers.indices {
      guard ascensions[row].isFinite, declinations[row].isFinite else {
        throw file.error(row: row, column: "RAEP0", "expected the position of the target")
      }
      targets.append(
        Target(
          number: numbers[row], name: names[row], rightAscension: ascensions[row],
          declination: declinations[row]))
    }
  }

  private mutating func readChannels(_ file: FITSFile) throws {
    guard let name = file.string("INSNAME") else { throw file.error("has no INSNAME") }
    let column = try file.numbers("EFF_WAVE")
    let widths = file.hasColumn("EFF_BAND") ? try file.numbers("EFF_BAND") : nil
    let rows = try file.rowCount
    guard rows > 0 else { throw file.error("has no wavelengths") }
    let wavelengths = (0..<rows).map { column[$0] }
    for (row, wavelength) in wavelengths.enumerated() {
      guard wavelength > 0, wavelength.isFinite else {
        throw file.error(
          row: row, column: "EFF_WAVE", "found \(wavelength), expected a wavelength in m")
      }
    }
    let isOrdered = zip(wavelengths, wavelengths.dropFirst()).allSatisfy { $0 < $1 }
    if try file.integer("OI_REVN") ?? 1 >= 2 && !isOrdered {
      throw file.error(
        "column 'EFF_WAVE': found wavelengths that do not rise (\(wavelengths[0]) m first, "
          + "\(wavelengths[rows - 1]) m last), as OIFITS 2 demands: the data may be reversed too")
    }
    channels[name] = Channels(first: frequencies.count, wavelengths: wavelengths)
    frequencies += wavelengths.map { OIFITSTables.speedOfLight / $0 }
    if bandwidth == 0, let width = widths?[0], width > 0 {
      bandwidth = OIFITSTables.speedOfLight * width / (wavelengths[0] * wavelengths[0])
    }
  }

  private mutating func readStations(_ file: FITSFile) throws {
    guard let array = file.string("ARRNAME") else { throw file.error("has no ARRNAME") }
    let stationNames = try file.strings("STA_NAME")
    let telescopes = file.hasColumn("TEL_NAME") ? try file.strings("TEL_NAME") : stationNames
    let numbers = try file.integers("STA_INDEX")
    let positions = file.hasColumn("STAXYZ") ? try file.numbers("STAXYZ", width: 3) : nil
    let centre = SIMD3(
      try file.number("ARRAYX") ?? 0, try file.number("ARRAYY") ?? 0,
      try file.number("ARRAYZ") ?? 0)
    arrays.insert(array)
    for row in numbers.indices {
      let offset = positions.map { SIMD3($0[row, 0], $0[row, 1], $0[row, 2]) } ?? .zero
      let name = stationNames[row].isEmpty ? telescopes[row] : stationNames[row]
      add(
        Station(name: name, position: centre + offset),
        StationKey(array: array, number: numbers[row]))
    }
  }
}

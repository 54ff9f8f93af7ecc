import ArrayFiles
import Foundation

/// The stations of a UVFITS file, from its AN tables, one for each subarray.
struct AntennaTable {
  private(set) var stations: [Station] = []
  /// Of the baselines' lengths in wavelengths, Hz; nil where the tables do not say.
  private(set) var frequency: Double?
  /// Whether the file has such tables; without, stations are called by their numbers.
  let isPresent: Bool

  /// `[subarray][number]`: index into `stations`, -1 where there is none.
  private var indices: [[Int]] = []

  /// Throws `FileError` for tables without names or numbers, and for subarrays of different
  /// frequencies.
  init(_ file: FITSFile) throws {
    let units = try file.units(named: "AIPS AN")
    isPresent = !units.isEmpty
    for (position, unit) in units.enumerated() {
      try file.move(to: unit)
      let subarray = try file.integer("EXTVER") ?? (position + 1)
      if let stated = try file.number("FREQ"), stated > 0 {
        if let frequency, abs(frequency - stated) > 1e-9 * stated {
          throw file.error(
            "mixed frequencies: a subarray at \(frequency) Hz and one at \(stated) Hz; "
              + UVFITSReader.splitAdvice)
        }
        frequency = stated
      }
      guard (1..<1000).contains(subarray) else {
        throw file.error("EXTVER: found \(subarray), expected the number of a subarray")
      }
      try append(file, subarray: subarray)
    }
  }

  private mutating func append(_ file: FITSFile, subarray: Int) throws {
    let names = try file.strings("ANNAME")
    let numbers = try file.integers("NOSTA")
    let positions = try file.numbers("STABXYZ", width: 3)
    let sefds = file.hasColumn("SEFD") ? try file.numbers("SEFD") : nil
    let centre = SIMD3(
      try file.number("ARRAYX") ?? 0, try file.number("ARRAYY") ?? 0,
      try file.number("ARRAYZ") ?? 0)
    let isLeftHanded = file.string("XYZHAND")?.uppercased() == "LEFT"
    // Offsets from an array's centre are turned to its meridian unless they are geocentric.
    let frame = file.string("FRAME")?.uppercased() ?? ""
    let isTurned = centre != .zero && frame != "ITRF" && frame != "GEOCENTRIC"
    let longitude = isTurned ? atan2(centre.y, centre.x) : 0

    for row in names.indices {
      guard (0..<65_536).contains(numbers[row]) else {
        throw file.error(
          row: row, column: "NOSTA", "found \(numbers[row]), expected the number of a station")
      }
      let x = positions[row, 0]
      let y = isLeftHanded ? -positions[row, 1] : positions[row, 1]
      let turned = SIMD3(
        x * cos(longitude) - y * sin(longitude), x * sin(longitude) + y * cos(longitude),
        positions[row, 2])
      let sefd = sefds.map { $0[row] }.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
      add(
        Station(
          name: names[row].isEmpty ? "\(numbers[row])" : names[row], position: centre + turned,
          sefd: sefd), number: numbers[row], subarray: subarray)
    }
  }

  /// A station that several subarrays list is one.
  private mutating func add(_ station: Station, number: Int, subarray: Int) {
    while indices.count <= subarray { indices.append([]) }
    while indices[subarray].count <= number { indices[subarray].append(-1) }
    let known = stations.firstIndex { $0.name == station.name && $0.position == station.position }
    indices[subarray][number] = known ?? stations.count
    if known == nil { stations.append(station) }
  }

  /// The index of the station with this number; nil if the tables have none.
  @inline(__always)
  func index(number: Int, subarray: Int) -> Int? {
    guard subarray < indices.count, subarray >= 0, number >= 0, number < indices[subarray].count,
      indices[subarray][number] >= 0
    else { return nil }
    return indices[subarray][number]
  }

  /// As `index`, but makes up a station where the file has no tables.
  mutating func indexOrNew(number: Int, subarray: Int) -> Int? {
    if let index = index(number: number, subarray: subarray) { return index }
    guard !isPresent, (1..<65_536).contains(number), (1..<1000).contains(subarray) else {
      return nil
    }
    add(Station(name: "\(number)"), number: number, subarray: subarray)
    return index(number: number, subarray: subarray)
  }
}

import ArrayFiles
import Foundation

extension VisibilitySet {
  /// Writes the visibilities as UVFITS, one channel with the hands RR and LL, both of which are
  /// Stokes I, so that I and its sigma are read back.
  ///
  /// The format holds single precision: u and v in wavelengths (light-seconds once multiplied by
  /// their PSCAL), both dates, values and weights, each rounded once. Squared visibilities and
  /// bispectra have no place in it.
  ///
  /// Throws `FileError` if there is no visibility, no station, not one frequency, or a number that is
  /// not finite, and if the file cannot be written; then no file is left behind.
  /// - Complexity: O(rows) time, O(1) memory beside the rows.
  public func writeUVFITS(to path: String) throws {
    let writer = try UVFITSWriter(self, path)
    try AtomicFile.write(to: path) { try writer.write(to: $0) }
  }
}

/// Writes UVFITS files. Reference: AIPS Memo 117, Greisen.
struct UVFITSWriter {
  /// Distances of stations in baseline codes, and the largest number of a station.
  private static let smallCode = (factor: 256, limit: 255)
  private static let largeCode = (factor: 2048, limit: 2047, offset: 65_536)
  private static let parameters = [
    "UU---SIN", "VV---SIN", "WW---SIN", "BASELINE", "DATE", "DATE", "INTTIM",
  ]
  private static let rowsPerBlock = 4096

  private let set: VisibilitySet
  private let path: String
  private let frequency: Double

  init(_ set: VisibilitySet, _ path: String) throws {
    func refuse(_ problem: String) -> FileError {
      FileError(path: path, problem: "cannot be written as UVFITS: " + problem)
    }
    guard !set.visibilities.isEmpty else { throw refuse("there are no visibilities") }
    guard let frequency = set.frequencies.first else {
      throw refuse("no frequency is known, by which u and v become light-seconds")
    }
    guard set.frequencies.count == 1 else {
      throw refuse("mixed frequencies (\(set.frequencies.count) channels): write each by itself")
    }
    guard frequency.isNormal, frequency > 0, set.bandwidth.isFinite else {
      throw refuse("found the frequency \(frequency) Hz and the bandwidth \(set.bandwidth) Hz")
    }
    guard set.rightAscension.isFinite, set.declination.isFinite else {
      throw refuse("found the direction \(set.rightAscension)°, \(set.declination)°")
    }
    guard !set.stations.isEmpty else {
      throw refuse("the visibilities have no stations; write CSV instead")
    }
    guard set.stations.count <= UVFITSWriter.largeCode.limit else {
      throw refuse("found \(set.stations.count) stations, expected 2047 at most")
    }
    self.set = set
    self.path = path
    self.frequency = frequency
  }

  func write(to sink: FileSink) throws {
    try sink.write(header)
    var bytes = BigEndianBytes()
    bytes.reserve(UVFITSWriter.rowsPerBlock * 52)
    for (row, visibility) in set.visibilities.enumerated() {
      try append(visibility, row: row, to: &bytes)
      if row % UVFITSWriter.rowsPerBlock == UVFITSWriter.rowsPerBlock - 1 {
        try sink.write(bytes.bytes)
        bytes.removeAll()
      }
    }
    try sink.write(bytes.bytes)
    let size = set.visibilities.count * (UVFITSWriter.parameters.count + 6) * 4
    try sink.write([UInt8](repeating: 0, count: FITSCards.padding(after: size)))
    try sink.write(antennas.bytes)
    try sink.write(frequencies.bytes)
  }

  private func append(
    _ visibility: Visibility, row: Int, to bytes: inout BigEndianBytes
  ) throws {
    // sigma² = (sigmaRR² + sigmaLL²) / 4 with both weights 1/sigmaRR².
    let weight = Float(0.5 / (visibility.sigma * visibility.sigma))
    let real = Float(visibility.value.real)
    let imaginary = Float(visibility.value.imaginary)
    let (u, v) = (Float(visibility.u), Float(visibility.v))
    let day = (visibility.time / 24).rounded(.down)
    guard visibility.sigma > 0, weight.isNormal, (real + imaginary).isFinite, (u + v).isFinite,
      abs(day) < 1e6
    else {
      throw FileError(
        path: path,
        problem: "cannot be written as UVFITS: visibility \(row + 1): found time "
          + "\(visibility.time) h, u \(visibility.u), v \(visibility.v), value "
          + "\(visibility.value), sigma \(visibility.sigma), expected finite numbers and a "
          + "sigma above 0")
    }
    bytes.append(u)
    bytes.append(v)
    bytes.append(Float(0))
    bytes.append(Float(code(visibility.station1 + 1, visibility.station2 + 1)))
    // Half days are exact in single precision.
    bytes.append(Float(2_400_000.5 + Double(set.mjd) + day))
    bytes.append(Float(visibility.time / 24 - day))
    bytes.append(Float(visibility.integration))
    for _ in 0..<2 {
      bytes.append(real)
      bytes.append(imaginary)
      bytes.append(weight)
    }
  }

  private func code(_ first: Int, _ second: Int) -> Int {
    precondition(
      1...set.stations.count ~= first && 1...set.stations.count ~= second, "no such station")
    let (small, large) = (UVFITSWriter.smallCode, UVFITSWriter.largeCode)
    return set.stations.count <= small.limit
      ? small.factor * first + second : large.offset + large.factor * first + second
  }

  private var header: [UInt8] {
    var cards = FITSCards()
    cards.append("SIMPLE", true)
    cards.append("BITPIX", -32)
    cards.append("NAXIS", 7)
    for (axis, length) in zip(1..., [0, 3, 2, 1, 1, 1, 1]) { cards.append("NAXIS\(axis)", length) }
    cards.append("EXTEND", true)
    cards.append("GROUPS", true)
    cards.append("PCOUNT", UVFITSWriter.parameters.count)
    cards.append("GCOUNT", set.visibilities.count)
    cards.append("OBJECT", set.source)
    cards.append("TELESCOP", "ARRAY")
    cards.append("DATE-OBS", CalendarDate.text(mjd: set.mjd))
    cards.append("MJD", set.mjd)
    cards.append("BSCALE", 1.0)
    cards.append("BZERO", 0.0)
    cards.append("BUNIT", "JY")
    cards.append("EPOCH", 2000.0)
    cards.append("EQUINOX", 2000.0)
    cards.append("OBSRA", set.rightAscension)
    cards.append("OBSDEC", set.declination)
    let axes: [(String, Double, Double)] = [
      ("COMPLEX", 1, 1), ("STOKES", -1, -1), ("FREQ", frequency, set.bandwidth), ("IF", 1, 1),
      ("RA", set.rightAscension, 1), ("DEC", set.declination, 1),
    ]
    for (axis, (name, value, increment)) in zip(2..., axes) {
      cards.append("CTYPE\(axis)", name)
      cards.append("CRVAL\(axis)", value)
      cards.append("CDELT\(axis)", increment)
      cards.append("CRPIX\(axis)", 1.0)
      cards.append("CROTA\(axis)", 0.0)
    }
    for (number, name) in zip(1..., UVFITSWriter.parameters) {
      cards.append("PTYPE\(number)", name)
      cards.append("PSCAL\(number)", number <= 3 ? 1 / frequency : 1)
      cards.append("PZERO\(number)", 0.0)
    }
    cards.append(history: "AIPS   SORT ORDER = 'TB'")
    return cards.bytes
  }

  private var antennas: FITSTable {
    let stations = set.stations
    let nameWidth = max(8, stations.map(\.name.unicodeScalars.count).max() ?? 0)
    var table = FITSTable(name: "AIPS AN", rowCount: stations.count)
    table.append("ANNAME", format: "\(nameWidth)A") {
      $1.append(stations[$0].name, width: nameWidth)
    }
    table.append("STABXYZ", format: "3D", unit: "METERS") { row, bytes in
      for axis in 0..<3 { bytes.append(stations[row].position[axis]) }
    }
    table.append("ORBPARM", format: "0D") { _, _ in }
    table.append("NOSTA", format: "1J") { $1.append(Int32($0 + 1)) }
    table.append("MNTSTA", format: "1J") { $1.append(Int32(0)) }
    table.append("STAXOF", format: "1E", unit: "METERS") { $1.append(Float(0)) }
    table.append("POLTYA", format: "1A") { $1.append("R", width: 1) }
    table.append("POLAA", format: "1E", unit: "DEGREES") { $1.append(Float(0)) }
    table.append("POLCALA", format: "2E") { _, bytes in
      for _ in 0..<2 { bytes.append(Float(0)) }
    }
    table.append("POLTYB", format: "1A") { $1.append("L", width: 1) }
    table.append("POLAB", format: "1E", unit: "DEGREES") { $1.append(Float(90)) }
    table.append("POLCALB", format: "2E") { _, bytes in
      for _ in 0..<2 { bytes.append(Float(0)) }
    }
    table.append("SEFD", format: "1D", unit: "JY") { $1.append(stations[$0].sefd ?? 0) }
    table.cards = [
      ("ARRAYX", .number(0)), ("ARRAYY", .number(0)), ("ARRAYZ", .number(0)),
      ("GSTIA0", .number(CalendarDate.siderealTime(mjd: set.mjd))),
      ("DEGPDY", .number(360.9856449733)),
      ("FREQ", .number(frequency)), ("RDATE", .text(CalendarDate.text(mjd: set.mjd))),
      ("POLARX", .number(0)), ("POLARY", .number(0)), ("UT1UTC", .number(0)),
      ("DATUTC", .number(0)), ("TIMSYS", .text("UTC")), ("TIMESYS", .text("UTC")),
      ("ARRNAM", .text("ARRAY")), ("XYZHAND", .text("RIGHT")), ("FRAME", .text("ITRF")),
      ("NUMORB", .integer(0)), ("NO_IF", .integer(1)), ("NOPCAL", .integer(2)),
      ("POLTYPE", .text("APPROX")), ("FREQID", .integer(1)),
    ]
    return table
  }

  private var frequencies: FITSTable {
    let bandwidth = set.bandwidth
    var table = FITSTable(name: "AIPS FQ", rowCount: 1)
    table.append("FRQSEL", format: "1J") { $1.append(Int32(1)) }
    table.append("IF FREQ", format: "1D", unit: "HZ") { $1.append(0.0) }
    table.append("CH WIDTH", format: "1E", unit: "HZ") { $1.append(Float(bandwidth)) }
    table.append("TOTAL BANDWIDTH", format: "1E", unit: "HZ") { $1.append(Float(bandwidth)) }
    table.append("SIDEBAND", format: "1J") { $1.append(Int32(1)) }
    table.cards = [("NO_IF", .integer(1))]
    return table
  }
}

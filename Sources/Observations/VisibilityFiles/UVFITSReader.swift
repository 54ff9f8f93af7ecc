import ArrayFiles
import CCFITSIO
import Foundation
import Numerics

/// Reads UVFITS files: FITS random groups, one row for each baseline and integration.
///
/// Channels and IFs are averaged with their weights, hand by hand; Stokes I is the mean of both hands,
/// or the one that is there. All channels have the u and v of the reference frequency. A weight that
/// is not positive and finite flags a visibility.
///
/// Reference: AIPS Memo 117, Greisen; averages as in eht-imaging 1.3.
struct UVFITSReader: VisibilitySource {
  static let splitAdvice =
    "write each by itself first, with AIPS UVCOP (FREQID) or CASA split (spw=...)"

  private static let rowsPerBlock = 65_536
  /// Channels further apart than this part of their frequency see different u and v.
  private static let largestFrequencySpread = 0.1

  /// Days; also of dates that are not Julian.
  private static let longestTime = 2e6

  private(set) var header = VisibilitySet()
  private let file: FITSFile
  private let layout: UVFITSHeader
  private var antennas: AntennaTable
  private let frequency: Double
  private var groups: UVFITSGroups
  private var tally = Tally()

  /// Of the first row; the others must have the same.
  private var setup: Double?
  private var sourceNumber: Double?
  private var isDayKnown = false
  /// What is subtracted from Julian dates.
  private var firstDay = 0.0

  var rowCount: Int? { layout.groupCount }

  /// Opens a file and reads its header and tables. Throws `FileError`.
  init(_ path: String) throws {
    file = try FITSFile(path)
    layout = try UVFITSHeader(file)
    groups = try UVFITSGroups(file, layout)
    antennas = try AntennaTable(file)
    let table = try FrequencyTable(file)
    try file.move(to: 1)
    guard let frequency = antennas.frequency ?? layout.referenceFrequency, frequency > 0 else {
      throw file.error("names no frequency (neither FREQ of the antenna table nor an axis 'FREQ')")
    }
    self.frequency = frequency
    let channels = layout.channelCount * layout.bandCount
    header = VisibilitySet(
      source: layout.source, rightAscension: layout.rightAscension,
      declination: layout.declination, frequencies: [frequency],
      bandwidth: layout.channelWidth * Double(channels), stations: antennas.stations)
    try checkFrequencies(table)
    if !antennas.isPresent {
      header.warnings.append("no antenna table: stations are called by their numbers")
    }
    if layout.handNames.count == 1 && layout.handNames != ["I"] {
      header.warnings.append("\(layout.handNames[0]) alone taken as Stokes I")
    }
    if channels > 1 {
      header.warnings.append(
        "\(channels) channels of \(layout.bandCount) IFs averaged by their weights; "
          + "u and v are for \(frequency / 1e9) GHz")
    }
    if layout.dates.isEmpty { header.warnings.append("no dates: all times are zero") }
  }

  private func checkFrequencies(_ table: FrequencyTable) throws {
    if table.setups.count > 1 && layout.frequencySetup == nil {
      throw file.error(
        "mixed frequencies: \(table.setups.count) setups in the FQ table and no 'FREQSEL' for each "
          + "row; " + UVFITSReader.splitAdvice)
    }
    for bands in table.setups.isEmpty ? [[0]] : table.setups.map(\.offsets) {
      let offsets = bands.flatMap { band in layout.channelOffsets.map { $0 + band } }
      guard let low = offsets.min(), let high = offsets.max() else { continue }
      if high - low > UVFITSReader.largestFrequencySpread * (frequency + high) {
        throw file.error(
          String(
            format: "mixed frequencies: channels from %.6g to %.6g GHz cannot be averaged; ",
            (frequency + low) / 1e9, (frequency + high) / 1e9) + UVFITSReader.splitAdvice)
      }
    }
  }

  mutating func next() throws -> [Visibility]? {
    guard let first = groups.position else { return nil }
    if first == layout.groupCount {
      groups.end()
      try finish()
      return nil
    }
    let count = min(UVFITSReader.rowsPerBlock, layout.groupCount - first)
    try groups.read(count)
    var visibilities: [Visibility] = []
    visibilities.reserveCapacity(count)
    // Locals: neither copied nor checked for exclusive access in the loop.
    let values = groups.values
    let layout = layout
    try values.withUnsafeBufferPointer { values in
      for row in 0..<count {
        let group = UnsafeBufferPointer(
          rebasing: values[(row * layout.rowLength)..<((row + 1) * layout.rowLength)])
        if let visibility = try self.visibility(group, row: first + row, layout) {
          visibilities.append(visibility)
        }
      }
    }
    return visibilities
  }

  /// The visibility of a row; nil if it is flagged.
  private mutating func visibility(
    _ group: UnsafeBufferPointer<Double>, row: Int, _ layout: UVFITSHeader
  ) throws -> Visibility? {
    guard let (value, sigma, handCount) = Stokes.intensity(group, layout) else {
      tally.flagged += 1
      return nil
    }
    try checkSelection(group, row: row)
    let u = layout.u.value(group) * frequency
    let v = layout.v.value(group) * frequency
    let day = try day(group, row: row)
    let seconds = layout.integration?.value(group) ?? 0
    guard (u + v + day).isFinite else {
      tally.unplaced += 1
      return nil
    }
    let (station1, station2) = try stations(group, row: row)
    guard station1 != station2 else {
      tally.autocorrelations += 1
      return nil
    }
    tally.kept += 1
    if handCount < layout.hands.count { tally.oneHanded += 1 }
    return Visibility(
      time: day * 24, integration: seconds.isFinite ? seconds : 0, station1: station1,
      station2: station2, u: u, v: v, value: value, sigma: sigma)
  }

  private mutating func checkSelection(_ group: UnsafeBufferPointer<Double>, row: Int) throws {
    if let parameter = layout.frequencySetup {
      let value = parameter.value(group)
      if let setup, setup != value {
        throw file.error(
          "row \(row + 1): mixed frequencies: found setup \(value) after \(setup); "
            + UVFITSReader.splitAdvice)
      }
      setup = value
    }
    if let parameter = layout.sourceNumber {
      let value = parameter.value(group)
      if let sourceNumber, sourceNumber != value {
        throw file.error(
          "row \(row + 1): several sources: found number \(value) after \(sourceNumber); "
            + "write each by itself first, with AIPS SPLIT or CASA split (field=...)")
      }
      sourceNumber = value
    }
  }

  /// Days since 0h of the set's day, which the first date decides.
  private mutating func day(_ group: UnsafeBufferPointer<Double>, row: Int) throws -> Double {
    let dates = layout.dates
    guard !dates.isEmpty else { return 0 }
    if !isDayKnown {
      let date = dates.reduce(0) { $0 + $1.value(group) }
      guard date.isFinite else { return .nan }
      guard (0...5_373_484).contains(date) else {
        throw file.error(row: row, column: "DATE", "found \(date), expected a Julian date")
      }
      if date < 2_000_000 {
        header.warnings.append("dates such as \(date) are no Julian dates: the day is unknown")
      } else {
        let mjd = (date - 2_400_000.5).rounded(.down)
        header.mjd = Int(mjd)
        firstDay = mjd + 2_400_000.5
      }
      isDayKnown = true
    }
    // Whole days first: the difference is exact, and the fraction keeps all its digits.
    var day = dates.reduce(-firstDay) { $0 + $1.zero }
    for date in dates { day += date.scale * group[date.index] }
    guard !(abs(day) > UVFITSReader.longestTime) else {
      throw file.error(
        row: row, column: "DATE", "found \(day) days from the first row, expected a Julian date")
    }
    return day
  }

  private mutating func stations(
    _ group: UnsafeBufferPointer<Double>, row: Int
  ) throws -> (Int, Int) {
    let first: Int
    let second: Int
    var subarray = layout.subarray.flatMap { Int(exactly: $0.value(group)) } ?? 1
    if let antennas = layout.antennas {
      first = Int(exactly: antennas.0.value(group)) ?? 0
      second = Int(exactly: antennas.1.value(group)) ?? 0
    } else if let parameter = layout.baseline {
      let code = parameter.value(group)
      guard code >= 0, code < 1e9 else {
        throw file.error(row: row, column: "BASELINE", "found \(code), expected 256 a + b")
      }
      let number = Int(code + 1e-3)
      subarray = Int(((code - Double(number)) * 100).rounded()) + 1
      // Beyond 255 antennas, 2048 a + b + 65536.
      (first, second) =
        number > 65_536
        ? ((number - 65_536) / 2048, (number - 65_536) % 2048) : (number / 256, number % 256)
    } else {
      throw file.error("has neither a parameter 'BASELINE' nor 'ANTENNA1' and 'ANTENNA2'")
    }
    if let one = antennas.index(number: first, subarray: subarray),
      let other = antennas.index(number: second, subarray: subarray)
    {
      return (one, other)
    }
    guard let one = antennas.indexOrNew(number: first, subarray: subarray),
      let other = antennas.indexOrNew(number: second, subarray: subarray)
    else {
      throw file.error(
        "row \(row + 1): found the baseline \(first)-\(second) of subarray \(subarray), "
          + "expected stations of the antenna table")
    }
    header.stations = antennas.stations
    return (one, other)
  }

  private mutating func finish() throws {
    let total = layout.groupCount
    guard tally.kept > 0 else {
      throw file.error(
        tally.flagged == total
          ? "all \(total) rows are flagged: no weight is positive and finite"
          : "none of \(total) rows is usable: \(tally.flagged) flagged, "
            + "\(tally.autocorrelations) autocorrelations, \(tally.unplaced) without u, v or date")
    }
    let left = [
      (tally.flagged, "flagged (no weight is positive and finite)"),
      (tally.autocorrelations, "autocorrelations"), (tally.unplaced, "without u, v or date"),
    ]
    for (count, what) in left where count > 0 {
      header.warnings.append("\(count) of \(total) rows left out: \(what)")
    }
    if tally.oneHanded > 0 {
      header.warnings.append(
        "\(tally.oneHanded) of \(total) rows have one hand only, taken as Stokes I")
    }
  }

  /// Rows by what became of them.
  private struct Tally {
    var kept = 0
    var flagged = 0
    var autocorrelations = 0
    var unplaced = 0
    var oneHanded = 0
  }
}

extension UVFITSHeader.Parameter {
  @inline(__always)
  func value(_ group: UnsafeBufferPointer<Double>) -> Double { zero + scale * group[index] }
}

/// Stokes I of a row of correlations.
private enum Stokes {
  /// The mean of the hands present, each averaged over channels by inverse variance, with the standard
  /// deviation of each of its parts, and how many hands there were; nil if there was none.
  @inline(__always)
  static func intensity(
    _ group: UnsafeBufferPointer<Double>, _ layout: UVFITSHeader
  ) -> (Complex<Double>, sigma: Double, handCount: Int)? {
    let stride = layout.complexStride
    var (real, imaginary, variance) = (0.0, 0.0, 0.0)
    var count = 0
    for hand in layout.hands {
      var (weights, sumReal, sumImaginary) = (0.0, 0.0, 0.0)
      for position in hand {
        let weight = group[position + 2 * stride]
        let (x, y) = (group[position], group[position + stride])
        guard weight > 0, weight < .infinity, (x + y).isFinite else { continue }
        weights += weight
        sumReal += weight * x
        sumImaginary += weight * y
      }
      if weights > 0 {
        real += sumReal / weights
        imaginary += sumImaginary / weights
        variance += 1 / weights
        count += 1
      }
    }
    guard count > 0 else { return nil }
    let scale = 1 / Double(count)
    return (
      Complex(real * scale, imaginary * scale), variance.squareRoot() * scale, count
    )
  }
}

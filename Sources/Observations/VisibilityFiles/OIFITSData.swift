import ArrayFiles
import Foundation
import Numerics

/// A data table of an OIFITS file: what its rows belong to, and their values on demand.
struct OIFITSData {
  struct Row {
    let index: Int
    let target: Int
    /// Modified Julian date.
    let date: Double
    /// s.
    let integration: Double
    let stations: [Int]
  }

  /// `OI_VIS`, `OI_VIS2` or `OI_T3`.
  let kind: String
  let unit: Int
  let rows: [Row]
  /// m.
  let wavelengths: [Double]
  /// Index of the first of its channels.
  private let firstChannel: Int
  /// `[rows, wavelengths]`.
  private let flags: [Bool]

  /// Reads all but the values. Throws `FileError` for a reference to a target, an instrument or a
  /// station that the file lacks.
  init(_ file: FITSFile, _ tables: inout OIFITSTables) throws {
    kind = file.name
    unit = file.unit
    let instrument = file.string("INSNAME") ?? ""
    guard let channels = tables.channels[instrument] else {
      throw file.error(
        "refers to the wavelengths of INSNAME \(FileError.quoted(instrument)), which the file "
          + "lacks; it has "
          + tables.channels.keys.sorted().map { FileError.quoted($0) }.joined(separator: ", "))
    }
    wavelengths = channels.wavelengths
    firstChannel = channels.first
    let targets = try file.integers("TARGET_ID")
    let known = Set(tables.targets.map(\.number))
    for (row, target) in targets.enumerated() where !known.contains(target) {
      throw file.error(
        row: row, column: "TARGET_ID",
        "found target \(target), which the OI_TARGET table lacks; it has "
          + known.sorted().map(String.init).joined(separator: ", "))
    }
    let dates = try OIFITSData.dates(file)
    let integrations = file.hasColumn("INT_TIME") ? try file.numbers("INT_TIME") : nil
    let stationCount = kind == "OI_T3" ? 3 : 2
    let numbers = try file.numbers("STA_INDEX", width: stationCount)
    let array = file.string("ARRNAME")
    rows = try targets.indices.map { row in
      let stations = try (0..<stationCount).map { position in
        try tables.station(
          Int(exactly: numbers[row, position]) ?? -1, array: array, file, row: row)
      }
      let seconds = integrations?[row] ?? 0
      return Row(
        index: row, target: targets[row], date: dates[row],
        integration: seconds.isFinite ? seconds : 0, stations: stations)
    }
    flags = try file.flags("FLAG", width: wavelengths.count)
  }

  /// The modified Julian dates. Files of the first revision may give the day in MJD and the rest in
  /// TIME, others nothing but DATE-OBS.
  private static func dates(_ file: FITSFile) throws -> [Double] {
    let days = try file.numbers("MJD")
    let seconds = file.hasColumn("TIME") ? try file.numbers("TIME") : nil
    let stated = file.string("DATE-OBS").flatMap(CalendarDate.mjd)
    return try (0..<file.rowCount).map { row in
      let time = seconds.map { $0[row] }.flatMap { $0.isFinite ? $0 / 86_400 : nil } ?? 0
      let day = days[row]
      guard day.isFinite, abs(day) < 1e6 else {
        throw file.error(row: row, column: "MJD", "found \(day), expected a date")
      }
      if day < 1, let stated { return stated.rounded(.down) + max(day, time) }
      return day == day.rounded(.down) && time > 0 ? day + time : day
    }
  }

  // MARK: - Values

  func visibilities(
    _ file: FITSFile, _ rows: [Row], _ firstDay: Double, _ flagged: inout Int
  ) throws -> [Visibility] {
    let amplitudes = try Values(file, "VISAMP", wavelengths.count)
    let phases = try Values(file, "VISPHI", wavelengths.count)
    let (u, v) = (try file.numbers("UCOORD"), try file.numbers("VCOORD"))
    return try collect(rows, &flagged) { row, channel in
      guard let amplitude = try amplitudes.at(row.index, channel),
        let phase = try phases.at(row.index, channel)
      else { return nil }
      let angle = phase.value * .pi / 180
      // The mean of the variances along and across the visibility.
      let across = amplitude.value * phase.error * .pi / 180
      let variance = (amplitude.error * amplitude.error + across * across) / 2
      guard let point = uv(u, v, row, channel) else { return nil }
      return Visibility(
        time: (row.date - firstDay) * 24, integration: row.integration,
        station1: row.stations[0], station2: row.stations[1], channel: firstChannel + channel,
        u: point.x, v: point.y,
        value: Complex(amplitude.value * cos(angle), amplitude.value * sin(angle)),
        sigma: variance.squareRoot())
    }
  }

  func squared(
    _ file: FITSFile, _ rows: [Row], _ firstDay: Double, _ flagged: inout Int
  ) throws -> [SquaredVisibility] {
    let values = try Values(file, "VIS2DATA", errors: "VIS2ERR", wavelengths.count)
    let (u, v) = (try file.numbers("UCOORD"), try file.numbers("VCOORD"))
    return try collect(rows, &flagged) { row, channel in
      guard let entry = try values.at(row.index, channel) else { return nil }
      guard let point = uv(u, v, row, channel) else { return nil }
      return SquaredVisibility(
        time: (row.date - firstDay) * 24, station1: row.stations[0], station2: row.stations[1],
        channel: firstChannel + channel, u: point.x, v: point.y, value: entry.value,
        sigma: entry.error)
    }
  }

  func bispectra(
    _ file: FITSFile, _ rows: [Row], _ firstDay: Double, _ flagged: inout Int
  ) throws -> [Bispectrum] {
    let amplitudes = try Values(file, "T3AMP", wavelengths.count)
    let phases = try Values(file, "T3PHI", wavelengths.count)
    let (u1, v1) = (try file.numbers("U1COORD"), try file.numbers("V1COORD"))
    let (u2, v2) = (try file.numbers("U2COORD"), try file.numbers("V2COORD"))
    return try collect(rows, &flagged) { row, channel in
      let amplitude = try amplitudes.at(row.index, channel)
      let phase = try phases.at(row.index, channel)
      if amplitude == nil && phase == nil { return nil }
      guard let uv12 = uv(u1, v1, row, channel), let uv23 = uv(u2, v2, row, channel) else {
        return nil
      }
      return Bispectrum(
        time: (row.date - firstDay) * 24,
        stations: (row.stations[0], row.stations[1], row.stations[2]),
        channel: firstChannel + channel, uv12: uv12, uv23: uv23, amplitude: amplitude?.value ?? 0,
        amplitudeSigma: amplitude?.error ?? .infinity, phase: (phase?.value ?? 0) * .pi / 180,
        phaseSigma: (phase?.error ?? .infinity) * .pi / 180)
    }
  }

  /// Wavelengths, with the sign of our convention; nil where the file leaves them blank.
  private func uv(_ u: FITSColumn, _ v: FITSColumn, _ row: Row, _ channel: Int) -> SIMD2<Double>? {
    let point = -SIMD2(u[row.index], v[row.index]) / wavelengths[channel]
    return point.x.isFinite && point.y.isFinite ? point : nil
  }

  private func collect<Element>(
    _ rows: [Row], _ flagged: inout Int, _ make: (Row, _ channel: Int) throws -> Element?
  ) throws -> [Element] {
    var elements: [Element] = []
    for row in rows {
      for channel in wavelengths.indices {
        if !flags[row.index * wavelengths.count + channel], let element = try make(row, channel) {
          elements.append(element)
        } else {
          flagged += 1
        }
      }
    }
    return elements
  }

  /// Values with their errors, `[rows, wavelengths]`.
  private struct Values {
    private let file: FITSFile
    private let errorName: String
    private let values: FITSColumn
    private let errors: FITSColumn

    init(_ file: FITSFile, _ name: String, errors: String? = nil, _ width: Int) throws {
      self.file = file
      errorName = errors ?? name + "ERR"
      values = try file.numbers(name, width: width)
      self.errors = try file.numbers(errorName, width: width)
      for (column, found) in [(name, values.width), (errorName, self.errors.width)]
      where found != width {
        throw file.error(
          "column \(FileError.quoted(column)): found \(found) values a row, expected \(width)")
      }
    }

    /// Nil if the value or its error is no number. Throws `FileError` if the error is not positive.
    func at(_ row: Int, _ channel: Int) throws -> (value: Double, error: Double)? {
      let value = values[row, channel]
      let error = errors[row, channel]
      guard value.isFinite, error.isFinite else { return nil }
      guard error > 0 else {
        throw file.error(
          row: row, column: errorName,
          "found \(error) in channel \(channel + 1), expected an error above 0")
      }
      return (value, error)
    }
  }
}

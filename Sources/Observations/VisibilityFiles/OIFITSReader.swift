import ArrayFiles
import Foundation
import Numerics

/// Reads OIFITS files of both revisions: complex and squared visibilities and bispectra of one target.
///
/// The standard has V = ∫ I exp(-2πi(ux + vy)) with baselines from the first station to the second,
/// so that u and v change sign and the values stay. Amplitudes are relative to the total flux, unless
/// the file gives correlated fluxes.
///
/// Reference: Duvert, Young & Hummel 2017, A&A 597, A8; Pauls et al. 2005, PASP 117, 1255.
struct OIFITSReader: VisibilitySource {
  private(set) var header: VisibilitySet
  let rowCount: Int?
  private var visibilities: [Visibility]?

  /// Reads the whole file. Throws `FileError` for a target the file lacks, a reference to what is not
  /// there, an error that is not positive, and if nothing is left.
  init(_ path: String, target name: String?) throws {
    let file = try FITSFile(path)
    var tables = try OIFITSTables(file)
    var data: [OIFITSData] = []
    for unit in stride(from: 2, through: file.unitCount, by: 1) {
      try file.move(to: unit)
      guard ["OI_VIS", "OI_VIS2", "OI_T3"].contains(file.name) else { continue }
      data.append(try OIFITSData(file, &tables))
    }
    let target = try OIFITSReader.choose(name, tables, data, path)
    header = VisibilitySet(
      source: target.name, rightAscension: target.rightAscension,
      declination: target.declination, frequencies: tables.frequencies,
      bandwidth: tables.bandwidth, stations: tables.stations)
    let others = tables.targets.filter { $0.number != target.number }.map { $0.name }
    if !others.isEmpty {
      header.warnings.append(
        "read \(FileError.quoted(target.name)), not the other targets: "
          + others.map { FileError.quoted($0) }.joined(separator: ", "))
    }
    let days = data.flatMap { table in
      table.rows.filter { $0.target == target.number }.map(\.date)
    }
    let firstDay = (days.min() ?? 0).rounded(.down)
    header.mjd = Int(firstDay)

    var flagged = 0
    var total = 0
    var read: [Visibility] = []
    for table in data {
      try file.move(to: table.unit)
      let rows = table.rows.filter { $0.target == target.number }
      total += rows.count * table.wavelengths.count
      switch table.kind {
      case "OI_VIS":
        if let refusal = OIFITSReader.refusal(file) {
          header.warnings.append(refusal)
          total -= rows.count * table.wavelengths.count
        } else {
          read += try table.visibilities(file, rows, firstDay, &flagged)
        }
      case "OI_VIS2":
        header.squaredVisibilities += try table.squared(file, rows, firstDay, &flagged)
      default:
        header.bispectra += try table.bispectra(file, rows, firstDay, &flagged)
      }
    }
    rowCount = total
    visibilities = read
    if read.isEmpty && header.squaredVisibilities.isEmpty && header.bispectra.isEmpty {
      throw FileError(
        path: path,
        problem: total > 0
          ? "all \(total) values of \(FileError.quoted(target.name)) are flagged"
          : "holds no visibilities of \(FileError.quoted(target.name))"
            + (header.warnings.last.map { " (\($0))" } ?? ""))
    }
    if flagged > 0 {
      header.warnings.append("\(flagged) of \(total) values left out: flagged or not a number")
    }
  }

  mutating func next() throws -> [Visibility]? {
    defer { visibilities = nil }
    return visibilities
  }

  /// The target asked for, or the first of which there are data.
  private static func choose(
    _ name: String?, _ tables: OIFITSTables, _ data: [OIFITSData], _ path: String
  ) throws -> OIFITSTables.Target {
    if let name {
      let wanted = name.lowercased()
      if let target = tables.targets.first(where: { $0.name.lowercased() == wanted }) {
        return target
      }
      let names = tables.targets.map { FileError.quoted($0.name) }.joined(separator: ", ")
      throw FileError(
        path: path, problem: "has no target \(FileError.quoted(name)); it has \(names)")
    }
    let used = Set(data.flatMap { $0.rows.map(\.target) })
    return tables.targets.first { used.contains($0.number) } ?? tables.targets[0]
  }

  /// Why a table of complex visibilities is not read; nil if it can be.
  private static func refusal(_ file: FITSFile) -> String? {
    let amplitude = file.string("AMPTYP")?.lowercased() ?? "absolute"
    let phase = file.string("PHITYP")?.lowercased() ?? "absolute"
    guard amplitude == "absolute" || amplitude == "correlated flux" else {
      return "HDU \(file.unit) (OI_VIS) left out: its amplitudes are \(amplitude)"
    }
    return phase == "absolute"
      ? nil : "HDU \(file.unit) (OI_VIS) left out: its phases are \(phase)"
  }
}

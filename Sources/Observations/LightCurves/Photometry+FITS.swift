import ArrayFiles

extension Photometry {
  /// In order of preference: of the missions' pipeline, with the systematics taken out; of the quick-look
  /// pipeline, by its two names; of the aperture alone. Errors are called the same with `_ERR`.
  private static let fluxColumns = ["PDCSAP_FLUX", "KSPSAP_FLUX", "DET_FLUX", "SAP_FLUX"]

  /// The light curve of a Kepler, K2 or TESS file.
  ///
  /// Reference: Thompson et al. (2016), Kepler Archive Manual, KDMC-10008-006, section 2.3.1; Twicken et al.
  /// (2020), TESS Science Data Products Description Document, EXP-TESS-ARC-ICD-0014.
  init(fits file: FITSFile) throws {
    let object = file.string("OBJECT") ?? ""
    let star = object.isEmpty ? LightCurveTable.name(of: file.path) : object
    let telescope = file.string("TELESCOP") ?? ""
    guard
      let unit = try (1...file.unitCount).first(where: { unit in
        try file.move(to: unit)
        return file.isTable && file.hasColumn("TIME")
          && Self.fluxColumns.contains(where: file.hasColumn)
      })
    else {
      throw FileError(
        path: file.path,
        problem: "holds no light curve: expected a table with TIME and one of "
          + Self.fluxColumns.joined(separator: ", "))
    }
    try file.move(to: unit)
    let times = try file.numbers("TIME")
    // A pipeline that failed leaves its column empty.
    let present = Self.fluxColumns.filter(file.hasColumn)
    let fluxes = try present.map { try file.numbers($0) }
    let chosen = fluxes.firstIndex { $0.values.contains(where: \.isFinite) } ?? 0
    let name = present[chosen]
    let hasErrors = file.hasColumn(name + "_ERR")
    let errors = try hasErrors ? file.numbers(name + "_ERR") : nil
    let flagName = ["QUALITY", "SAP_QUALITY"].first(where: file.hasColumn)
    let flags = try flagName.map { try file.numbers($0) }

    var leftOut = LeftOut()
    var points: [PhotometricPoint] = []
    for row in 0..<(try file.rowCount) {
      let error = errors?[row] ?? 1
      if let flags, flags[row] != 0 {
        leftOut.add("flagged in \(flagName!)")
      } else if !times[row].isFinite || !fluxes[chosen][row].isFinite {
        leftOut.add("without time or flux")
      } else if !(error > 0 && error.isFinite) {
        leftOut.add("without an error above 0")
      } else {
        points.append(
          PhotometricPoint(
            line: row + 1, time: times[row], value: fluxes[chosen][row], error: error))
      }
    }
    let total = try file.rowCount
    var warnings = leftOut.description(of: total).map { [$0] } ?? []
    guard !points.isEmpty else {
      throw file.error(
        total == 0 ? "has no rows" : (warnings.first ?? "") + "; none remains")
    }
    if chosen > 0 { warnings.append("\(present[0]) is empty: \(name) taken instead") }
    let system = try TimeSystem.stated(file, points: points)
    warnings += system.warnings
    self.init(
      name: star, path: file.path,
      bands: [
        try LightCurve(
          name: star, path: file.path, band: telescope, points: points, unit: .flux,
          timeOffset: system.offset)
      ],
      timeSystem: system.description, hasErrors: hasErrors, warnings: warnings)
  }
}

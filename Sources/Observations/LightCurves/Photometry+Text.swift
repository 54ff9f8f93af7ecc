import ArrayFiles

extension Photometry {
  init(_ table: LightCurveTable) throws {
    let columns = table.columns
    let (unit, isGuess) = table.likelyUnit
    var leftOut = LeftOut()
    var bands: [Band] = []
    for row in table.text.rows {
      if let reason = try table.reasonToLeaveOut(row, unit: unit) {
        leftOut.add(reason)
        continue
      }
      let name = try columns.band.map { try table.word(row, $0) } ?? ""
      if let column = columns.band, name.isEmpty {
        throw table.problem(row.line, column, "is empty, expected the name of a band")
      }
      if !bands.contains(where: { $0.name == name }) { bands.append(Band(name: name)) }
      let index = bands.firstIndex { $0.name == name }!
      bands[index].points.append(try table.point(row))
      if let column = columns.source { bands[index].add(source: try table.word(row, column)) }
    }
    var warnings = leftOut.description(of: table.text.rows.count).map { [$0] } ?? []
    guard !bands.isEmpty else {
      throw FileError(path: table.path, problem: warnings[0] + "; none remains")
    }
    if isGuess {
      warnings.append("brightness taken as flux: name its column 'mag' if it is magnitudes")
    }
    let system = try TimeSystem.stated(
      points: bands.flatMap(\.points).sorted { $0.line < $1.line },
      name: columns.names.isEmpty ? "" : columns.names[columns.time], path: table.path)
    warnings += system.warnings
    if let column = columns.source {
      warnings += bands.compactMap { $0.mixture(of: columns.name(column)) }
    }
    let name = LightCurveTable.name(of: table.path)
    self.init(
      name: name, path: table.path,
      bands: try bands.map {
        try LightCurve(
          name: name, path: table.path, band: String($0.name), points: $0.points, unit: unit,
          valueColumn: columns.name(columns.value), timeOffset: system.offset)
      },
      timeSystem: system.description, hasErrors: columns.error != nil, warnings: warnings)
  }

  /// The measurements of one band.
  private struct Band {
    var name: Substring
    var points: [PhotometricPoint] = []
    /// Cameras or identifiers, in the file's order.
    var sources: [Substring] = []

    mutating func add(source: Substring) {
      if !sources.contains(source) { sources.append(source) }
    }

    /// A warning if the band comes from several sources.
    func mixture(of column: String) -> String? {
      guard sources.count > 1 else { return nil }
      let some = sources.prefix(6).joined(separator: ", ") + (sources.count > 6 ? ", …" : "")
      return (name.isEmpty ? "" : "band \(name): ")
        + "\(sources.count) values of '\(column)' (\(some)) taken together, "
        + "although their zero points may differ"
    }
  }
}

extension LightCurveTable {
  /// The unit as the header states or else as the values look, and whether that leaves a doubt.
  fileprivate var likelyUnit: (PhotometricUnit, isGuess: Bool) {
    if let stated = columns.statedUnit { return (stated, false) }
    let points = text.rows.compactMap { row -> PhotometricPoint? in
      guard row.words.count >= columns.needed, let value = Double(row.words[columns.value]),
        value.isFinite, !PhotometricUnit.marksMissing(value)
      else { return nil }
      let error = columns.error.flatMap { Double(row.words[$0]) } ?? 0
      return PhotometricPoint(line: row.line, time: 0, value: value, error: error)
    }
    guard !points.isEmpty else { return (.flux, false) }
    let summary = BrightnessSummary(points)
    if summary.looksLikeMagnitudes { return (.magnitude, false) }
    return (.flux, !summary.looksLikeFluxes)
  }

  /// Why a row holds no good measurement; nil if it should hold one.
  fileprivate func reasonToLeaveOut(
    _ row: LightCurveText.Row, unit: PhotometricUnit
  ) throws -> String? {
    let word = try word(row, columns.value)
    if word.first == ">" || word.first == "<" { return "upper limits" }
    let cells = [word] + (columns.error.map { [row.words[$0]] } ?? [])
    if columns.hasLimits, cells.contains(where: { $0.isEmpty || Double($0)?.isNaN == true }) {
      return "without a detection"
    }
    if unit == .magnitude {
      let isMarked = cells.contains { Double($0).map(PhotometricUnit.marksMissing) == true }
      if isMarked { return "marked as missing (99.99)" }
    }
    guard let column = columns.quality else { return nil }
    let quality = row.words[column]
    let isGood = Double(quality).map { $0 == 0 } ?? ["G", "g", ""].contains(quality)
    return isGood ? nil : "flagged in '\(columns.name(column))'"
  }
}

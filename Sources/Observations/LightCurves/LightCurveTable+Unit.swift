import ArrayFiles

extension LightCurveTable {
  /// The unit of the brightness: as the header states, as wanted, or as the values look.
  ///
  /// Throws `FileError` if it is contradicted or cannot be told, and for a missing magnitude.
  func unit(wanted: PhotometricUnit?, points: [PhotometricPoint]) throws -> PhotometricUnit {
    let summary = BrightnessSummary(points)
    func complaint(_ text: String) -> FileError { problem(nil, columns.value, text) }
    if columns.statedUnit == .magnitude || (columns.statedUnit == nil && wanted != .flux) {
      try rejectSentinels(points)
    }
    switch (columns.statedUnit, wanted) {
    case (.flux?, .magnitude?): throw complaint("holds fluxes (\(summary)); read it as flux")
    case (.magnitude?, .flux?):
      throw complaint("holds magnitudes (\(summary)); read it as magnitude")
    case (let stated?, _): return stated
    case (nil, .flux?):
      guard !summary.looksLikeMagnitudes else {
        throw complaint(
          "looks like magnitudes (\(summary)); read it as magnitude, or begin the file with "
            + "'# time flux flux_error' if these are fluxes")
      }
      return .flux
    case (nil, .magnitude?):
      guard !summary.cannotBeMagnitudes else {
        throw complaint("looks like fluxes (\(summary)); read it as flux")
      }
      return .magnitude
    case (nil, nil):
      if summary.looksLikeMagnitudes { return .magnitude }
      if summary.looksLikeFluxes { return .flux }
      throw complaint(
        "may be magnitudes or fluxes (\(summary)); state the unit, or begin the file with "
          + "'# time mag mag_error' or '# time flux flux_error'")
    }
  }

  /// A missing magnitude, 99.999 and the like, is no measurement, and no sign that the column holds
  /// fluxes.
  private func rejectSentinels(_ points: [PhotometricPoint]) throws {
    let kept = points.filter { !PhotometricUnit.marksMissing($0.value) }
    guard kept.count < points.count, !kept.isEmpty else { return }
    if columns.statedUnit == .magnitude || BrightnessSummary(kept).looksLikeMagnitudes {
      let marked = points.first { PhotometricUnit.marksMissing($0.value) }!
      throw problem(
        marked.line, columns.value,
        "found \(marked.value), which marks a missing magnitude; remove the line or begin it with #"
      )
    }
  }
}

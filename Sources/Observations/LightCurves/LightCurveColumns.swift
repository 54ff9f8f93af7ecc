import ArrayFiles
import Foundation

/// Which columns of a file are time, brightness and error, and what the header says of the unit.
struct LightCurveColumns {
  var time: Int
  var value: Int
  /// Nil where the file has no errors.
  var error: Int?
  var band: Int?
  var quality: Int?
  /// Of the camera or the identifier that the row comes from.
  var source: Int?
  /// Whether empty cells and NaN mean that nothing was detected.
  var hasLimits = false
  var statedUnit: PhotometricUnit?
  var names: [String]
  /// The brightness is a differential flux that may be reference minus target.
  var isReversed = false

  /// The name of a column for messages.
  func name(_ index: Int) -> String {
    if index < names.count { return names[index] }
    return index == time ? "time" : index == value ? "value" : index == error ? "error" : "\(index)"
  }

  /// Columns of a row that are needed.
  var needed: Int { [time, value, error ?? 0, band ?? 0, quality ?? 0, source ?? 0].max()! + 1 }

  /// Throws `FileError` if the names leave open where the brightness or, unless errors may be missing,
  /// its error is, or lack the wanted unit.
  init(text: LightCurveText, path: String, wanted: PhotometricUnit?, needsErrors: Bool) throws {
    names = text.columnNames
    var roles = names.map(ColumnRole.init)
    if names.isEmpty && path.lowercased().hasSuffix(".pysis") {
      names = ["HJD", "Delta_flux", "flux_err", "mag", "mag_err"]
      roles = [.time, .reversedFlux, .fluxError, .magnitude, .magnitudeError]
    }
    guard let time = Self.time(roles, names),
      roles.contains(where: { [.magnitude, .flux, .reversedFlux].contains($0) })
    else {
      (time, value, error) = Self.hasTimesThird(text.rows) ? (2, 0, 1) : (0, 1, 2)
      if !needsErrors && text.rows.allSatisfy({ $0.words.count == 2 }) { error = nil }
      let isNamed = text.rows.allSatisfy { $0.words.count == 4 && Double($0.words[3]) == nil }
      if !needsErrors && isNamed { band = 3 }
      statedUnit = Self.unit(ofKeywords: text.keywords)
      // Names that mean nothing here would only confuse messages.
      names = []
      return
    }
    let magnitude = roles.firstIndex(of: .magnitude)
    let flux = roles.firstIndex(of: .flux)
    let value: Int
    if wanted == .flux, flux == nil, let magnitude {
      throw FileError(
        path: path, column: names[magnitude], problem: "holds magnitudes; read it as magnitude")
    } else if wanted == .magnitude, magnitude == nil,
      let other = flux ?? roles.firstIndex(of: .reversedFlux)
    {
      throw FileError(
        path: path, column: names[other], problem: "holds fluxes; read it as flux")
    } else if wanted == .flux, let flux {
      value = flux
    } else if let found = magnitude ?? flux {
      value = found
    } else {
      value = roles.firstIndex(of: .reversedFlux)!
      isReversed = true
    }
    let unit: PhotometricUnit = roles[value] == .magnitude ? .magnitude : .flux
    let errorRole: ColumnRole = unit == .magnitude ? .magnitudeError : .fluxError
    // The error of this unit, else an unspecific one, the nearest after the brightness first.
    let error =
      roles.firstIndex(of: errorRole) ?? roles[value...].firstIndex(of: .error)
      ?? roles.firstIndex(of: .error)
    if error == nil && needsErrors {
      throw FileError(
        path: path,
        problem: "has no column of errors for \(FileError.quoted(names[value])); it has "
          + names.prefix(12).joined(separator: ", "))
    }
    self.time = time
    self.value = value
    self.error = error
    statedUnit = unit
    guard !needsErrors else { return }
    band = roles.firstIndex(of: .band)
    quality = roles.firstIndex(of: .quality)
    source = roles.firstIndex(of: .source)
    hasLimits = quality != nil || roles.contains(.limit)
  }

  /// Times reduced to the Sun or the barycentre rather than others.
  private static func time(_ roles: [ColumnRole], _ names: [String]) -> Int? {
    let all = roles.indices.filter { roles[$0] == .time }
    return all.first { ["hjd", "bjd"].contains(where: names[$0].lowercased().contains) }
      ?? all.first
  }

  private static func unit(ofKeywords keywords: [String: String]) -> PhotometricUnit? {
    let names = ["VALUE_UNITS", "MAXIMUM_VALUE_UNITS", "MINIMUM_VALUE_UNITS"]
    guard let unit = names.lazy.compactMap({ keywords[$0]?.lowercased() }).first else { return nil }
    if unit.hasPrefix("mag") { return .magnitude }
    return ["count", "flux", "electron", "adu"].contains(where: unit.contains) ? .flux : nil
  }

  /// RTModel writes magnitude, error, HJD − 2450000.
  private static func hasTimesThird(_ rows: [LightCurveText.Row]) -> Bool {
    rows.allSatisfy { row in
      guard row.words.count == 3, let first = Double(row.words[0]), let third = Double(row.words[2])
      else { return false }
      return abs(first) < 40 && third > 1000
    }
  }
}

/// What a column of photometry holds, by its name.
enum ColumnRole: Equatable {
  case time, magnitude, flux, magnitudeError, fluxError, error
  /// Reference minus target, as pySIS writes it: fading counts as positive.
  case reversedFlux
  case band
  /// 0 or `G` where a measurement is good.
  case quality
  /// The faintest that could have been measured: where it was, the brightness is no measurement.
  case limit
  /// What may have its own zero point: a camera, an identifier.
  case source
  case other

  init(_ name: String) {
    let name = name.lowercased().filter { $0 != "\\" && $0 != "<" && $0 != ">" }
    if let exact = Self.exact[name] {
      self = exact
      return
    }
    let isMagnitude = name.contains("mag") && !name.contains("image")
    let isFlux = ["flux", "count", "electron"].contains { name.contains($0) }
    let isError =
      ["err", "unc", "sig", "std"].contains { name.contains($0) }
      || name.hasPrefix("e_") || name.hasPrefix("e-") || name == "dmag" || name == "emag"
    if isError {
      self = isMagnitude ? .magnitudeError : isFlux ? .fluxError : .error
    } else if name == "delta_flux" || name == "δflux" {
      self = .reversedFlux
    } else if isMagnitude {
      self = .magnitude
    } else if isFlux {
      self = .flux
    } else if name == "t" || name.hasPrefix("time") || name.hasPrefix("date")
      || ["hjd", "bjd", "jd", "mjd", "rjd", "tjd", "btjd", "bkjd"].contains(where: name.hasPrefix)
    {
      self = .time
    } else {
      self = .other
    }
  }

  /// Names of the surveys' own: ASAS-SN, ZTF, Kepler and TESS, Gaia.
  private static let exact: [String: ColumnRole] = [
    "band": .band, "filter": .band, "filt": .band, "filtercode": .band, "passband": .band,
    "phot_filter": .band, "fid": .band,
    "catflags": .quality, "quality": .quality, "sap_quality": .quality,
    "limit": .limit, "limitmag": .limit, "diffmaglim": .limit,
    "camera": .source, "oid": .source, "flux_over_error": .other,
  ]
}

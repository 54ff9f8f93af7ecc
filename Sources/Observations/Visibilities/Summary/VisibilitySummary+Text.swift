import Foundation

extension VisibilitySummary {
  /// The summary for reading, one line for each matter.
  public var text: String {
    lines.map { name, value in
      name.padding(toLength: 16, withPad: " ", startingAt: 0) + value
    }.joined(separator: "\n")
  }

  private var lines: [(name: String, value: String)] {
    var lines: [(String, String)] = []
    if !source.isEmpty {
      lines.append(
        (
          "source",
          "\(source), RA \(Self.fixed(rightAscensionHours, 5)) h, Dec \(Self.fixed(declination, 5))°"
        ))
    }
    if let times {
      let day = mjd == 0 ? "" : ", MJD \(mjd)"
      lines.append(("time", "\(Self.clock(times[0])) to \(Self.clock(times[1])) UTC\(day)"))
    }
    if let first = frequencies.first {
      let others = frequencies.count == 1 ? "" : " and \(frequencies.count - 1) more channels"
      // Infrared and shorter: by wavelength, as is the custom there.
      if first > 1e13 {
        lines.append(("wavelength", "\(Self.digits(299_792_458e6 / first)) µm\(others)"))
      } else {
        let width = bandwidth > 0 ? ", \(Self.digits(bandwidth / 1e6)) MHz wide" : ""
        lines.append(("frequency", "\(Self.digits(first / 1e9, 7)) GHz\(others)\(width)"))
      }
    }
    if !stations.isEmpty {
      lines.append(
        (
          "stations",
          "\(stationsInData.count) of \(stations.count): "
            + stationsInData.joined(separator: " ")
        ))
    }
    if visibilities > 0 || squaredVisibilities + bispectra == 0 {
      let grouping = timestamps.map { " at \($0) times" } ?? ""
      let scans = scans.map { " in \($0) scan\($0 == 1 ? "" : "s")" } ?? ""
      lines.append(("visibilities", "\(visibilities)\(grouping)\(scans)"))
    }
    if squaredVisibilities + bispectra > 0 {
      lines.append(
        ("optical", "\(squaredVisibilities) squared visibilities, \(bispectra) bispectra"))
    }
    if let uvRange {
      lines.append(("baselines", "\(Self.length(uvRange[0])) to \(Self.length(uvRange[1]))"))
    }
    if let medianSNR {
      let long = medianSNRLong.map { ", \(Self.digits($0)) beyond 0.1 Gλ" } ?? ""
      lines.append(("median SNR", Self.digits(medianSNR) + long))
    }
    for pair in zeroBaselines {
      lines.append(
        ("zero baseline", "\(pair.stations.joined(separator: "-")) \(Self.digits(pair.median)) Jy"))
    }
    if let closures { lines.append(("closures", Self.text(closures))) }
    if let scanAverage {
      lines.append(
        (
          "scan averages",
          "\(scanAverage.visibilities), median SNR \(scanAverage.medianSNR.map { Self.digits($0) } ?? "-")"
        ))
      lines.append(("", Self.text(scanAverage.closures)))
    }
    return lines + notes.map { ("note", $0) }
  }

  private static func text(_ counts: ClosureCounts) -> String {
    "\(counts.independentPhases) independent phases of \(counts.allPhases), "
      + "\(counts.independentAmplitudes) log amplitudes of \(counts.allAmplitudes)"
  }

  /// A length in 1e9 wavelengths.
  private static func length(_ value: Double) -> String {
    let units = [("Gλ", 1.0), ("Mλ", 1e3), ("kλ", 1e6)]
    let unit = units.first { value * $0.1 >= 1 } ?? ("λ", 1e9)
    return "\(digits(value * unit.1)) \(unit.0)"
  }

  /// Hours as hh:mm:ss, beyond a day too.
  private static func clock(_ hours: Double) -> String {
    let seconds = Int((hours * 3600).rounded())
    let sign = seconds < 0 ? "-" : ""
    let parts = [abs(seconds) / 3600, abs(seconds) / 60 % 60, abs(seconds) % 60]
    return sign + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }

  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }

  private static func digits(_ value: Double, _ count: Int = 4) -> String {
    String(format: "%.\(count)g", value)
  }
}

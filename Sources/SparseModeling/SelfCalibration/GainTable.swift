import ArrayFiles
import Numerics
import Observations

/// Complex gains of stations, by time and channel: V₁₂ is measured as g₁ g₂* V₁₂.
public struct GainTable: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    /// As in `Visibility`.
    public var time: Double
    public var station: Int
    public var channel: Int
    public var amplitude: Double
    /// Standard deviation by the curvature of χ², zero where the amplitude was held.
    public var amplitudeError: Double
    /// Radians, against that of the best station of the time.
    public var phase: Double
    /// Likewise; zero for the best station.
    public var phaseError: Double

    public init(
      time: Double, station: Int, channel: Int, amplitude: Double, amplitudeError: Double,
      phase: Double, phaseError: Double
    ) {
      (self.time, self.station, self.channel) = (time, station, channel)
      (self.amplitude, self.amplitudeError) = (amplitude, amplitudeError)
      (self.phase, self.phaseError) = (phase, phaseError)
    }

    public var gain: Complex<Double> { Complex(length: amplitude, phase: phase) }
  }

  /// Names of the set's stations.
  public var stations: [String]
  /// In the order of time, channel and station.
  public var rows: [Row]

  public init(stations: [String], rows: [Row]) {
    (self.stations, self.rows) = (stations, rows)
  }

  private struct Key: Hashable {
    let time: Double
    let channel: Int
    let station: Int
  }

  /// Visibilities without the gains: v/(g₁g₂*), and sigma/|g₁g₂|.
  ///
  /// Those of a station that has no gain at their time and channel are left out.
  /// - Complexity: O(visibilities + rows).
  public func apply(to set: VisibilitySet) -> VisibilitySet {
    let gains = Dictionary(
      rows.map { (Key(time: $0.time, channel: $0.channel, station: $0.station), $0.gain) },
      uniquingKeysWith: { first, _ in first })
    func gain(_ row: Visibility, _ station: Int) -> Complex<Double>? {
      gains[Key(time: row.time, channel: row.channel, station: station)]
    }
    var result = set
    result.visibilities = set.visibilities.compactMap { row in
      guard let first = gain(row, row.station1), let second = gain(row, row.station2) else {
        return nil
      }
      let factor = first * second.conjugate
      var corrected = row
      corrected.value = row.value / factor
      corrected.sigma = row.sigma / factor.length
      return corrected
    }
    return result
  }

  /// Writes columns time_hours, station, channel (from 0), amplitude, amplitude_error, phase_degrees and
  /// phase_error (degrees).
  ///
  /// - Throws: `FileError`.
  public func write(to path: String) throws {
    let degree = Double.pi / 180
    try CSVTable.write(
      columns: [
        CSVColumn("time_hours", rows.map(\.time)),
        CSVColumn("station", rows.map { stations[$0.station] }),
        CSVColumn("channel", rows.map(\.channel)),
        CSVColumn("amplitude", rows.map(\.amplitude)),
        CSVColumn("amplitude_error", rows.map(\.amplitudeError)),
        CSVColumn("phase_degrees", rows.map { $0.phase / degree }),
        CSVColumn("phase_error", rows.map { $0.phaseError / degree }),
      ], to: path)
  }
}

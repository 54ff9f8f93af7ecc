import Foundation
import Observations

/// Telescopes that observe together.
public struct TelescopeArray: Sendable {
  /// As it is chosen on the command line.
  public var name: String
  public var summary: String
  /// With positions and SEFDs.
  public var stations: [Station]
  /// Where the SEFDs hold, Hz.
  public var frequency: Double
  /// Usual width of the band, Hz.
  public var bandwidth: Double

  public init(
    name: String, summary: String, stations: [Station], frequency: Double, bandwidth: Double
  ) {
    self.name = name
    self.summary = summary
    self.stations = stations
    self.frequency = frequency
    self.bandwidth = bandwidth
  }

  /// Every array that has a name. A new one is one line here.
  public static let catalogue: [TelescopeArray] = [
    eventHorizonTelescope2017,
    atacama(name: "alma", longestBaseline: 3_000),
    veryLarge(configuration: .a),
    veryLarge(configuration: .b),
    veryLarge(configuration: .c),
    veryLarge(configuration: .d),
  ]

  /// Distance between the two stations farthest apart, m.
  public var longestBaseline: Double {
    var longest = 0.0
    for (index, first) in stations.enumerated() {
      for second in stations[..<index] {
        let baseline = first.position - second.position
        longest = max(longest, (baseline * baseline).sum().squareRoot())
      }
    }
    return longest
  }
}

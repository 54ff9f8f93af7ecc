import Foundation
import Observations

extension TelescopeArray {
  /// An array like ALMA: 50 antennas on three spiral arms at ALMA's site, not ALMA's own pads.
  ///
  /// The arms are logarithmic spirals a third of a turn apart, as ALMA's intermediate configurations
  /// are; the antennas follow each other along them at equal ratios of the distance from the centre,
  /// each arm a third of a step behind the one before, so that no two are equally far out.
  /// The SEFD of an antenna at 230 GHz is that of 37 in phase, 74 Jy (Event Horizon Telescope
  /// Collaboration 2019, Paper II), times 37.
  ///
  /// Reference for the layout: Conway (1999), ALMA Memo 260, "A comparison of zoom arrays with circular
  /// and spiral symmetry".
  /// - Parameter longestBaseline: about, m.
  static func atacama(name: String, longestBaseline: Double) -> TelescopeArray {
    let site = Geodetic(longitude: -67.7549, latitude: -23.0229, height: 5_057)
    let count = 50
    // Nearer to the centre, the antennas, 12 m wide, would touch each other.
    let (innermost, outermost) = (40.0, longestBaseline / 3.0.squareRoot())
    let stations = (0..<count).map { index in
      let fraction = Double(index) / Double(count - 1)
      let distance = innermost * pow(outermost / innermost, fraction)
      let azimuth = 2 * .pi * (Double(index % 3) / 3 + fraction * spiralTurns)
      return Station(
        name: String(format: "A%02d", index + 1),
        position: site.position(east: distance * sin(azimuth), north: distance * cos(azimuth)),
        sefd: 74 * 37)
    }
    return TelescopeArray(
      name: name, summary: "like ALMA, 50 antennas on spirals, baselines to 3 km",
      stations: stations, frequency: 230e9, bandwidth: 7.5e9)
  }

  /// Turns of an arm from the innermost to the outermost antenna.
  private static let spiralTurns = 0.75
}

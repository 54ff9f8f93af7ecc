import Foundation
import Observations

/// How far apart the antennas of the Very Large Array stand.
enum VeryLargeArrayConfiguration: String {
  case a, b, c, d

  /// Factor by which it is smaller than the largest, 2^(1.716 n): every second pad of one is a pad of
  /// the next smaller.
  var reduction: Double {
    switch self {
    case .a: 1
    case .b: pow(2, 1.716)
    case .c: pow(2, 2 * 1.716)
    case .d: pow(2, 3 * 1.716)
    }
  }
}

extension TelescopeArray {
  /// An array like the Very Large Array: 27 antennas on the three arms of a Y, the n-th of an arm at
  /// a distance that grows as n^1.716. Its site is flat here, and its innermost antennas do not avoid each
  /// other as the real ones do.
  ///
  /// The arms are 21, 21 and 19 km long in configuration A, at azimuths of 236°, 115° and 355°. The SEFD
  /// is about that of 8–12 GHz.
  ///
  /// Reference: Thompson, Clark, Wade & Napier (1980), ApJS 44, 151, doi:10.1086/190688; SEFD: Perley
  /// et al. (2011), ApJ 739, L1, doi:10.1088/2041-8205/739/1/L1, and the observatory's guide.
  static func veryLarge(configuration: VeryLargeArrayConfiguration) -> TelescopeArray {
    let site = Geodetic(longitude: -107.6177275, latitude: 34.0787492, height: 2_124)
    let arms = [
      (name: "W", length: 20_980.0, azimuth: 236.0), (name: "E", length: 20_980.0, azimuth: 115.0),
      (name: "N", length: 18_900.0, azimuth: 355.0),
    ]
    let stations = arms.flatMap { arm in
      (1...9).map { n in
        let distance = arm.length * pow(Double(n) / 9, 1.716) / configuration.reduction
        let azimuth = arm.azimuth * .pi / 180
        return Station(
          name: "\(arm.name)\(n)",
          position: site.position(east: distance * sin(azimuth), north: distance * cos(azimuth)),
          sefd: 250)
      }
    }
    let letter = configuration.rawValue
    return TelescopeArray(
      name: "vla-\(letter)",
      summary: "like the Very Large Array in configuration \(letter.uppercased()), 27 antennas",
      stations: stations, frequency: 10e9, bandwidth: 4e9)
  }
}

import Foundation
import Interferometry
import Observations
import Testing

/// The Event Horizon Telescope's own (u, v), doi:10.25739/g85n-f134.
struct M87TrackTests {
  private func observation(_ name: String) throws -> VisibilitySet {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Experiments/data/m87").standardizedFileURL
    return try VisibilitySet.read(
      root.appendingPathComponent("SR1_M87_2017_\(name)_hops_netcal_StokesI.uvfits").path)
  }

  /// Stations, times and direction give (u, v) back to what UTC in place of UT1 may cost, 7e-5 of the
  /// distance of two stations. In integrations of less than 10 s, of which a part was flagged, (u, v)
  /// belong to the rest and times to the whole.
  @Test(arguments: ["095_lo", "101_hi"])
  func tracks(name: String) throws {
    let set = try observation(name)
    var errors: [Double] = []
    for visibility in set.visibilities where visibility.integration > 9.9 {
      let sidereal = EarthRotation.greenwichMeanSiderealTime(
        mjd: Double(set.mjd) + visibility.time / 24)
      let baseline =
        set.stations[visibility.station1].position - set.stations[visibility.station2].position
      let uvw =
        EarthRotation.uvw(
          position: baseline, greenwichHourAngle: sidereal - set.rightAscension * .pi / 180,
          declination: set.declination * .pi / 180)
        * (set.frequencies[visibility.channel] / EarthRotation.speedOfLight)
      let length = (uvw * uvw).sum().squareRoot()
      errors.append(hypot(uvw.x - visibility.u, uvw.y - visibility.v) / length)
    }
    errors.sort()
    #expect(errors[errors.count / 2] < 1e-5)
    #expect(errors.last! < 7e-5)
  }

  @Test func stationsStandWhereTheReleaseSays() throws {
    let array = try #require(TelescopeArray.catalogue.first { $0.name == "eht2017" })
    let released = try observation("101_lo").stations
    for station in array.stations where station.name != "SP" {
      let other = try #require(released.first { $0.name == station.name })
      let difference = station.position - other.position
      #expect((difference * difference).sum().squareRoot() < 0.001, "\(station.name)")
    }
  }
}

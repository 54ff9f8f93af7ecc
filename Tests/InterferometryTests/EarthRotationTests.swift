import Foundation
import Interferometry
import Observations
import Testing

struct EarthRotationTests {
  /// The test value of the IAU's software (SOFA) for its routine iauGmst06.
  @Test func siderealTimeAgreesWithSOFA() {
    let time = EarthRotation.greenwichMeanSiderealTime(mjd: 53736)
    // Rounding: the fraction of a turn is known to 1e-12.
    #expect(abs(time - 1.754174971870091203) < 1e-11)
  }

  /// Sidereal days are 86164.0905 s long.
  @Test func siderealDay() {
    let mjd = 57854.3
    let first = EarthRotation.greenwichMeanSiderealTime(mjd: mjd)
    let second = EarthRotation.greenwichMeanSiderealTime(mjd: mjd + 86164.0905 / 86400)
    #expect(abs(first - second) < 1e-8)
  }

  @Test func stationsKeepTheirDistanceFromTheMiddleOfTheEarth() {
    let position = SIMD3(2_225_060.8, -5_440_059.6, -2_481_681.2)
    for step in 0..<24 {
      let uvw = EarthRotation.uvw(
        position: position, greenwichHourAngle: Double(step) * 0.3, declination: 0.2)
      #expect(abs((uvw * uvw).sum() / (position * position).sum() - 1) < 1e-14)
    }
  }

  /// Over the station's meridian, a source stands 90° - |latitude - declination| high.
  @Test(arguments: [-80.0, -23.0229, 0, 34.0787, 89])
  func elevationInTheMeridian(latitude: Double) {
    let site = Geodetic(longitude: -67.7549, latitude: latitude, height: 0)
    for declination in [-60.0, 12.39, 45] {
      let elevation = EarthRotation.elevation(
        position: site.position, greenwichHourAngle: 67.7549 * .pi / 180,
        declination: declination * .pi / 180)
      #expect(abs(elevation * 180 / .pi - (90 - abs(latitude - declination))) < 1e-9)
    }
  }

  /// Known places: radio telescope coordinates published in both systems (IERS: Effelsberg stands at
  /// 50.5248° N, 6.8836° E, 416.7 m; its axes meet at x = 4033947, y = 486990, z = 4900431 m).
  @Test func geodeticPositions() {
    let position = Geodetic(longitude: 6.8836, latitude: 50.5248, height: 416.7).position
    let expected = SIMD3(4_033_947.0, 486_990.0, 4_900_431.0)
    let difference = position - expected
    #expect((difference * difference).sum().squareRoot() < 15)
  }

  /// A track is an ellipse: (u/a)² + ((v - v₀)/(a sin δ))² = 1, with a the length of the baseline across
  /// the Earth's axis and v₀ = b_z cos δ.
  @Test(arguments: [-29.0, 12.39, 70])
  func tracksAreEllipses(declination: Double) {
    let array = TelescopeArray.catalogue.first { $0.name == "eht2017" }!
    let plan = ObservingPlan(
      stations: array.stations, rightAscension: 187.7, declination: declination, mjd: 57854,
      scans: [Scan(start: 0, stop: 24, integration: 60, cadence: 1200)], frequency: 230e9,
      bandwidth: 2e9, elevations: -90...90)
    let delta = declination * .pi / 180
    let coverage = plan.coverage
    #expect(coverage.visibilities.count == 72 * 28)
    for visibility in coverage.visibilities {
      let baseline =
        (array.stations[visibility.station1].position
          - array.stations[visibility.station2].position) * (230e9 / 299_792_458)
      let a = hypot(baseline.x, baseline.y)
      let (p, q) = (
        visibility.u / a, (visibility.v - baseline.z * cos(delta)) / (a * sin(delta))
      )
      #expect(abs(p * p + q * q - 1) < 1e-9)
    }
  }

  /// An east-west baseline with the source in its meridian: all of it is u, and points to the first.
  @Test func signOfU() {
    let site = Geodetic(longitude: 20, latitude: 40, height: 0)
    let east = site.position(east: 1000, north: 0)
    let west = site.position(east: -1000, north: 0)
    func uvw(_ position: SIMD3<Double>) -> SIMD3<Double> {
      EarthRotation.uvw(
        position: position, greenwichHourAngle: -20 * .pi / 180, declination: 10 * .pi / 180)
    }
    let baseline = uvw(east) - uvw(west)
    #expect(abs(baseline.x - 2000) < 1e-6 && abs(baseline.y) < 1e-6 && abs(baseline.z) < 1e-6)
    let northern = uvw(site.position(east: 0, north: 1000)) - uvw(site.position)
    #expect(northern.y > 0 && abs(northern.x) < 1e-6)
  }
}

import Foundation
import Observations

/// Where stations are as seen from a source while the Earth turns.
///
/// As is usual for files of visibilities, right ascension and declination are taken as they stand, on
/// the equator and from the equinox of the date: precession since J2000 (up to 0.2° in 2017), nutation,
/// aberration and polar motion are left out, which turns and shears the (u, v) of a real observation by
/// up to half a percent but is no error of a synthetic one. UTC stands for UT1, which changes (u, v) by
/// less than 7e-5 of their length.
public enum EarthRotation {
  /// m/s.
  public static let speedOfLight = 299_792_458.0

  /// Greenwich mean sidereal time, radians in 0 ..< 2π.
  ///
  /// IAU 2006: the Earth rotation angle plus the precession of the equinox. Reference: Capitaine,
  /// Guinot & McCarthy (2000), A&A 355, 398; Capitaine, Wallace & Chapront (2005), A&A 432, 355,
  /// doi:10.1051/0004-6361:20041908.
  /// - Parameter mjd: UT1, or UTC, as a modified Julian date.
  public static func greenwichMeanSiderealTime(mjd: Double) -> Double {
    let days = mjd - 51544.5
    // The whole turns are left out before the product rounds.
    let fraction = days.remainder(dividingBy: 1)
    let turns = fraction + 0.7790572732640 + 0.00273781191135448 * days
    let t = days / 36525
    let cubic = -4.4e-7 + t * (-2.9956e-5 + t * -3.68e-8)
    let arcseconds = 0.014506 + t * (4612.156534 + t * (1.3915817 + t * cubic))
    let angle = 2 * .pi * turns + arcseconds * .pi / 648_000
    let reduced = angle.truncatingRemainder(dividingBy: 2 * .pi)
    return reduced < 0 ? reduced + 2 * .pi : reduced
  }

  /// The coordinates (u, v, w) of a station, m: u to the east, v to the north, w towards the source.
  ///
  /// Reference: Thompson, Moran & Swenson (2017), Interferometry and Synthesis in Radio Astronomy,
  /// 3rd edition, equation 4.1.
  /// - Parameters:
  ///   - position: geocentric, m.
  ///   - greenwichHourAngle: sidereal time at Greenwich minus right ascension, radians.
  ///   - declination: radians.
  public static func uvw(
    position: SIMD3<Double>, greenwichHourAngle: Double, declination: Double
  ) -> SIMD3<Double> {
    let (sineH, cosineH) = (sin(greenwichHourAngle), cos(greenwichHourAngle))
    let (sineD, cosineD) = (sin(declination), cos(declination))
    // Towards the source's meridian, in the plane of the equator.
    let meridian = position.x * cosineH - position.y * sineH
    return SIMD3(
      position.x * sineH + position.y * cosineH,
      position.z * cosineD - meridian * sineD,
      position.z * sineD + meridian * cosineD)
  }

  /// Height of the source above a station's horizon, radians, without refraction.
  ///
  /// The zenith is the normal of the WGS 84 ellipsoid, good to 1e-5 rad at the height of a mountain.
  public static func elevation(
    position: SIMD3<Double>, greenwichHourAngle: Double, declination: Double
  ) -> Double {
    let flattened = SIMD3(position.x, position.y, position.z / Geodetic.axisRatioSquared)
    let length = (flattened * flattened).sum().squareRoot()
    precondition(length > 0, "a station in the middle of the Earth has no horizon")
    let towards = uvw(
      position: flattened, greenwichHourAngle: greenwichHourAngle, declination: declination)
    return asin(max(-1, min(1, towards.z / length)))
  }
}

import Foundation

/// A place on or above the WGS 84 ellipsoid.
public struct Geodetic: Sendable {
  /// Degrees, to the east.
  public var longitude: Double
  /// Degrees.
  public var latitude: Double
  /// m.
  public var height: Double

  public init(longitude: Double, latitude: Double, height: Double) {
    self.longitude = longitude
    self.latitude = latitude
    self.height = height
  }

  static let equatorialRadius = 6_378_137.0
  static let flattening = 1 / 298.257223563
  /// Of the polar to the equatorial axis.
  static let axisRatioSquared = (1 - flattening) * (1 - flattening)

  /// Unit vectors to the east, the north and the zenith, geocentric.
  private var axes: (east: SIMD3<Double>, north: SIMD3<Double>, up: SIMD3<Double>) {
    let (sineL, cosineL) = (sin(longitude * .pi / 180), cos(longitude * .pi / 180))
    let (sineB, cosineB) = (sin(latitude * .pi / 180), cos(latitude * .pi / 180))
    return (
      SIMD3(-sineL, cosineL, 0), SIMD3(-sineB * cosineL, -sineB * sineL, cosineB),
      SIMD3(cosineB * cosineL, cosineB * sineL, sineB)
    )
  }

  /// Geocentric, m.
  public var position: SIMD3<Double> {
    let up = axes.up
    let ratio = Self.axisRatioSquared
    let normal = Self.equatorialRadius / (1 - (1 - ratio) * up.z * up.z).squareRoot()
    return SIMD3(normal + height, normal + height, normal * ratio + height) * up
  }

  /// Geocentric position of a point in the tangent plane here, m.
  public func position(east: Double, north: Double) -> SIMD3<Double> {
    let axes = axes
    return position + east * axes.east + north * axes.north
  }
}

/// An elliptical Gaussian by which an instrument blurs the sky.
public struct Beam: Sendable, Equatable {
  /// Full widths at half maximum, radians.
  public var majorAxis: Double
  public var minorAxis: Double
  /// Of the major axis, radians from north through east.
  public var positionAngle: Double

  public init(majorAxis: Double, minorAxis: Double, positionAngle: Double) {
    self.majorAxis = majorAxis
    self.minorAxis = minorAxis
    self.positionAngle = positionAngle
  }
}

/// Brightness on square pixels of the sky, in the plane tangent at the phase centre.
public struct SkyImage: Sendable, Equatable {
  public enum Unit: Sendable, Equatable {
    case janskyPerPixel
    case janskyPerBeam(Beam)
  }

  public let width: Int
  public let height: Int
  /// `[height, width]`: the first row is the southernmost, the first column the easternmost, as FITS
  /// stores images.
  public var pixels: [Double]
  /// Side of a pixel, radians.
  public var pixelSize: Double
  /// Where in the image the phase centre is, in pixels from the middle of the first one: (column, row).
  public var referencePixel: SIMD2<Double>
  public var unit: Unit
  public var source: String
  /// Of the phase centre, degrees (J2000).
  public var rightAscension: Double
  public var declination: Double
  /// Hz; nil where unknown.
  public var frequency: Double?
  /// The day of the observation; nil where unknown.
  public var mjd: Double?

  /// An image whose middle is the phase centre unless `referencePixel` says otherwise.
  public init(
    width: Int, height: Int, pixels: [Double]? = nil, pixelSize: Double,
    referencePixel: SIMD2<Double>? = nil, unit: Unit = .janskyPerPixel, source: String = "",
    rightAscension: Double = 0, declination: Double = 0, frequency: Double? = nil,
    mjd: Double? = nil
  ) {
    precondition(width > 0 && height > 0 && pixelSize > 0)
    precondition(pixels.map { $0.count == width * height } ?? true)
    self.width = width
    self.height = height
    self.pixels = pixels ?? [Double](repeating: 0, count: width * height)
    self.pixelSize = pixelSize
    self.referencePixel =
      referencePixel ?? SIMD2(Double(width - 1) / 2, Double(height - 1) / 2)
    self.unit = unit
    self.source = source
    self.rightAscension = rightAscension
    self.declination = declination
    self.frequency = frequency
    self.mjd = mjd
  }

  /// The sum of all pixels, Jy for an image in Jy per pixel.
  public var flux: Double { pixels.reduce(0, +) }

  /// Offset to the east (x) of a column and to the north (y) of a row, radians.
  public func x(column: Int) -> Double { (referencePixel.x - Double(column)) * pixelSize }
  public func y(row: Int) -> Double { (Double(row) - referencePixel.y) * pixelSize }
}

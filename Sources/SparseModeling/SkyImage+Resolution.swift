import Foundation
import Observations

extension Beam {
  /// Brightness at an offset to the east and north, radians, of the Gaussian whose peak is one.
  func gaussian(east: Double, north: Double) -> Double {
    let (sine, cosine) = (sin(positionAngle), cos(positionAngle))
    let along = (east * sine + north * cosine) / majorAxis
    let across = (east * cosine - north * sine) / minorAxis
    return exp(-4 * log(2) * (along * along + across * across))
  }

  /// The integral of the Gaussian whose peak is one, steradians.
  public var solidAngle: Double { .pi * majorAxis * minorAxis / (4 * log(2)) }
}

extension SkyImage {
  /// The image in Jy per pixel.
  public var inJanskyPerPixel: SkyImage {
    guard case .janskyPerBeam(let beam) = unit else { return self }
    var image = self
    let scale = pixelSize * pixelSize / beam.solidAngle
    for k in image.pixels.indices { image.pixels[k] *= scale }
    image.unit = .janskyPerPixel
    return image
  }

  /// The image convolved with a Gaussian of peak one: from Jy per pixel to Jy per that beam.
  ///
  /// What lies outside the image counts as zero. Complexity: O(n log n) for n pixels.
  public func restored(with beam: Beam) -> SkyImage {
    var image = self
    let field = PaddedField(width: width, height: height)
    let kernel = field.spectrum { columns, rows in
      beam.gaussian(east: -pixelSize * Double(columns), north: pixelSize * Double(rows))
    }
    image.pixels = field.convolve(pixels, columns: width, kernel)
    image.unit = .janskyPerBeam(beam)
    return image
  }

  /// The image blurred by a Gaussian: flux and unit, Jy per pixel, stay.
  ///
  /// What lies outside the image counts as zero, and what is blurred over the edge is lost. The Gaussian
  /// must be wider than a pixel. Complexity: O(n log n) for n pixels.
  public func blurred(by beam: Beam) -> SkyImage {
    precondition(unit == .janskyPerPixel && beam.minorAxis > pixelSize)
    return restored(with: beam).inJanskyPerPixel
  }

  /// The image on other pixels, Jy per pixel, by bilinear interpolation; the middle stays.
  ///
  /// What lies outside the image counts as zero. Coarser pixels lose detail that was not blurred before.
  public func regridded(width: Int, height: Int, pixelSize: Double) -> SkyImage {
    precondition(unit == .janskyPerPixel)
    let ratio = pixelSize / self.pixelSize
    let middle = SIMD2(Double(self.width - 1), Double(self.height - 1)) / 2
    let newMiddle = SIMD2(Double(width - 1), Double(height - 1)) / 2
    var image = SkyImage(
      width: width, height: height, pixelSize: pixelSize,
      referencePixel: newMiddle + (referencePixel - middle) / ratio, unit: unit, source: source,
      rightAscension: rightAscension, declination: declination, frequency: frequency, mjd: mjd)
    func pixel(_ column: Int, _ row: Int) -> Double {
      (0..<self.width).contains(column) && (0..<self.height).contains(row)
        ? pixels[row * self.width + column] : 0
    }
    for row in 0..<height {
      for column in 0..<width {
        let place = middle + ratio * (SIMD2(Double(column), Double(row)) - newMiddle)
        let corner = place.rounded(.down)
        let part = place - corner
        let (x, y) = (Int(corner.x), Int(corner.y))
        let lower = (1 - part.x) * pixel(x, y) + part.x * pixel(x + 1, y)
        let upper = (1 - part.x) * pixel(x, y + 1) + part.x * pixel(x + 1, y + 1)
        image.pixels[row * width + column] =
          ratio * ratio * ((1 - part.y) * lower + part.y * upper)
      }
    }
    return image
  }
}

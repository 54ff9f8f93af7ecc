import Observations

/// Why an image has no ring measure.
public enum RingError: Error, CustomStringConvertible, Equatable, Sendable {
  case notFinite(row: Int, column: Int, value: Double)
  case noBrightness
  case small(width: Int, height: Int)
  case noRidge

  static func check(_ image: SkyImage) throws(RingError) {
    if let bad = image.pixels.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(
        row: bad / image.width, column: bad % image.width, value: image.pixels[bad])
    }
    guard min(image.width, image.height) >= RingMeasure.leastPixels else {
      throw .small(width: image.width, height: image.height)
    }
    guard image.pixels.max()! > 0 else { throw .noBrightness }
  }

  public var description: String {
    switch self {
    case .notFinite(let row, let column, let value):
      "pixel (\(column + 1), \(row + 1)) is \(value); a ring measure needs finite numbers"
    case .noBrightness: "no pixel of the image is above zero: there is no ring to measure"
    case .small(let width, let height):
      "the image has \(width) x \(height) pixels; a ring measure needs at least "
        + "\(RingMeasure.leastPixels) along each axis"
    case .noRidge:
      "there is no point around which the image is brighter than there: no ring to measure"
    }
  }
}

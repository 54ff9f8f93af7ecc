import Observations
import Plotting

extension SkyImageFigure {
  /// A figure of an image as it is stored, in the unit in which the brightest pixel has one to three digits
  /// before the point.
  init(_ image: SkyImage, of quantity: String = "brightness", scale: Scale = .linear) {
    var beam: Beam?
    var area = "pixel"
    if case .janskyPerBeam(let shape) = image.unit {
      beam = Beam(
        majorAxis: shape.majorAxis, minorAxis: shape.minorAxis, positionAngle: shape.positionAngle)
      area = "beam"
    }
    let unit = Self.unit(of: image)
    self.init(
      values: (0..<image.height).map { row in
        image.pixels[row * image.width..<(row + 1) * image.width].map { $0 / unit.janskys }
      },
      pixelSize: image.pixelSize, corner: SIMD2(image.x(column: 0), image.y(row: 0)),
      label: Label("\(quantity) [\(unit.name)/\(area)]"), scale: scale, beam: beam)
  }

  /// The unit of a figure's values, and how many janskys it is.
  static func unit(of image: SkyImage) -> (name: String, janskys: Double) {
    let peak = image.pixels.map { abs($0) }.max()!
    let units = [("Jy", 1.0), ("mJy", 1e-3), ("µJy", 1e-6), ("nJy", 1e-9)]
    return units.first { peak >= $0.1 } ?? units.last!
  }
}

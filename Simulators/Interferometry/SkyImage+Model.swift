import Observations

extension SkyImage {
  /// An image of a model: its brightness at the middles of the pixels times their area, Jy per pixel.
  ///
  /// Where the brightness varies within a pixel, the sum of the pixels is not quite the flux.
  public init(of model: some ResolvedSkyModel, width: Int, height: Int, pixelSize: Double) {
    self.init(width: width, height: height, pixelSize: pixelSize)
    for row in 0..<height {
      for column in 0..<width {
        pixels[row * width + column] =
          model.brightness(x: x(column: column), y: y(row: row)) * pixelSize * pixelSize
      }
    }
  }
}

import Foundation
import NumericalMethods

/// An image of the sky, north up and east to the left, with the beam it was seen with.
public struct SkyImageFigure: Figure {
  public enum Scale: Sendable {
    case linear
    /// Three decades down from the brightest pixel; what is fainter, or negative, is black.
    case logarithmic
  }

  /// An ellipse of half-maximum widths, radians; the angle is that of the long axis from north to east.
  public struct Beam: Sendable {
    public var majorAxis: Double
    public var minorAxis: Double
    public var positionAngle: Double

    public init(majorAxis: Double, minorAxis: Double, positionAngle: Double) {
      self.majorAxis = majorAxis
      self.minorAxis = minorAxis
      self.positionAngle = positionAngle
    }
  }

  /// Brightness `[rows][columns]`: southernmost row first, easternmost column first.
  public var values: [[Double]]
  /// Side of a pixel, radians.
  public var pixelSize: Double
  /// Offsets to the east and north of the first column and row, radians.
  public var corner: SIMD2<Double>
  /// What the brightness is, with its unit in brackets.
  public var label: Label
  public var scale: Scale
  public var beam: Beam?

  public init(
    values: [[Double]], pixelSize: Double, corner: SIMD2<Double>, label: Label,
    scale: Scale = .linear, beam: Beam? = nil
  ) {
    (self.values, self.pixelSize, self.corner, self.label) = (values, pixelSize, corner, label)
    (self.scale, self.beam) = (scale, beam)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: 690, height: 570)
      let panel = SkyPanel(self, in: Panel(left: 78, right: 570, bottom: 60, top: 552))
      panel.drawColors(label, in: &script)
      panel.draw(.titled, in: &script)
      return script
    }
  }

  /// Values that the colours cover.
  var limits: ClosedRange<Double> {
    let (low, high) = (values.joined().min()!, values.joined().max()!)
    switch scale {
    // An image of nothing still needs a scale.
    case .linear: return min(low, 0)...(high > min(low, 0) ? high : 1)
    case .logarithmic: return high * 1e-3...high
    }
  }

  func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "image", problem: problem)
    }
    guard let first = values.first, !first.isEmpty, values.allSatisfy({ $0.count == first.count })
    else { throw fail("\(values.count) rows of unequal lengths or none; at least one pixel") }
    if let value = values.joined().first(where: { !$0.isFinite }) {
      throw fail("a pixel is \(value); finite")
    }
    if scale == .logarithmic, values.joined().max()! <= 0 {
      throw fail("no pixel above 0, which a logarithm needs")
    }
    guard pixelSize > 0, pixelSize.isFinite else { throw fail("pixels of \(pixelSize); above 0") }
  }
}

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

  /// Pixels along each axis above which neighbours are averaged: more cannot be seen.
  private static let mostPixels = 360

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
      let panel = Panel(left: 78, right: 570, bottom: 60, top: 552)
      let side = pixelSize * Double(max(values.count, values[0].count))
      let unit = AngleUnit(side / 2)
      let middle =
        corner + SIMD2(-Double(values[0].count - 1), Double(values.count - 1)) / 2
        * pixelSize
      func axis(_ centre: Double) -> Axis {
        Axis(
          low: (centre - side / 2) / unit.radians, high: (centre + side / 2) / unit.radians,
          maximumTicks: 9, offset: 0)
      }
      let (east, north) = (axis(middle.x), axis(middle.y))
      let block = script.addBlock(groups: [pixels(unit, east, north)])
      script.add(panel.commands(in: script))
      script.add(east.commands("x", inverted: true) + "\n" + north.commands("y"))
      script.addText(
        east.title("offset to the east", unit: unit.name), x: (panel.left + panel.right) / 2, y: 20)
      script.addText(
        north.title("offset to the north", unit: unit.name), x: 20,
        y: (panel.bottom + panel.top) / 2, rotated: true)
      drawColors(besides: panel, in: &script)
      script.add(
        "set tics front textcolor rgb '\(Style.ink)'\nset border linecolor rgb '\(Style.grey)'")
      if let beam { draw(beam, unit, east, north, in: &script) }
      script.add("plot \(block) using 1:2:3 with image")
      return script
    }
  }

  /// Rows of offset, offset and value to draw.
  private func pixels(_ unit: AngleUnit, _ east: Axis, _ north: Axis) -> [[Double]] {
    let step = max(1, (max(values.count, values[0].count) - 1) / Self.mostPixels + 1)
    let limits = limits
    return stride(from: 0, to: values.count, by: step).flatMap { row in
      stride(from: 0, to: values[0].count, by: step).map { column in
        let rows = row..<min(row + step, values.count)
        let columns = column..<min(column + step, values[0].count)
        let sum = rows.reduce(0) { $0 + values[$1][columns].reduce(0, +) }
        let mean = sum / Double(rows.count * columns.count)
        let place = SIMD2(-Double(2 * column + step - 1), Double(2 * row + step - 1)) / 2
        let offset = (corner + pixelSize * place) / unit.radians
        return [
          east(offset.x), north(offset.y),
          shown(min(max(mean, limits.lowerBound), limits.upperBound)),
        ]
      }
    }
  }

  private func shown(_ value: Double) -> Double { scale == .linear ? value : log10(value) }

  private var limits: ClosedRange<Double> {
    let (low, high) = (values.joined().min()!, values.joined().max()!)
    switch scale {
    // An image of nothing still needs a scale.
    case .linear: return min(low, 0)...(high > min(low, 0) ? high : 1)
    case .logarithmic: return high * 1e-3...high
    }
  }

  private func drawColors(besides panel: Panel, in script: inout GnuplotScript) {
    let (width, height) = (Double(script.width), Double(script.height))
    let limits = limits
    let bounds = [limits.lowerBound, limits.upperBound].map { GnuplotScript.number(shown($0)) }
    // gnuplot's "AFM hot".
    script.add(
      """
      set palette rgbformulae 34,35,36
      set cbrange [\(bounds[0]):\(bounds[1])]
      set colorbox user origin screen \(GnuplotScript.number((panel.right + 14) / width)),\
      screen \(GnuplotScript.number(panel.bottom / height)) \
      size screen \(GnuplotScript.number(14 / width)),\
      screen \(GnuplotScript.number((panel.top - panel.bottom) / height)) border
      set cbtics scale 0.6
      set format cb '\(scale == .linear ? "%g" : "10^{%g}")'
      """)
    if scale == .logarithmic { script.add("set cbtics 1") }
    script.addText(
      label, x: panel.right + 92, y: (panel.bottom + panel.top) / 2, rotated: true)
  }

  /// In the lower left corner.
  private func draw(
    _ beam: Beam, _ unit: AngleUnit, _ east: Axis, _ north: Axis, in script: inout GnuplotScript
  ) {
    let (major, minor) = (beam.majorAxis / unit.radians, beam.minorAxis / unit.radians)
    // Beams wider than the image tell nothing there.
    guard major < 0.5 * (east.high - east.low) else { return }
    let margin = 0.55 * major + 0.02 * (east.high - east.low)
    // gnuplot turns ellipses from the axis that points right, where west is.
    let angle = 90 + beam.positionAngle * 180 / .pi
    script.add(
      """
      set object 1 ellipse center \(GnuplotScript.number(east(east.high - margin))),\
      \(GnuplotScript.number(north(north.low + margin))) \
      size \(GnuplotScript.number(east(major))),\(GnuplotScript.number(east(minor))) \
      angle \(GnuplotScript.number(angle)) front fillcolor rgb '#ffffff' \
      fillstyle solid 0.5 border linecolor rgb '#ffffff' linewidth 0.8
      """)
  }

  private func validate() throws(PlottingError) {
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

/// The unit of angle in which a length has one to three digits.
struct AngleUnit {
  let name: String
  let radians: Double

  init(_ angle: Double) {
    let arcsecond = Double.pi / 180 / 3600
    let units = [
      ("°", 3600 * arcsecond), ("arcmin", 60 * arcsecond), ("arcsec", arcsecond),
      ("mas", 1e-3 * arcsecond), ("µas", 1e-6 * arcsecond),
    ]
    (name, radians) = units.first { angle >= 0.95 * $0.1 } ?? units.last!
  }
}

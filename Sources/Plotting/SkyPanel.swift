import Foundation

/// An image of the sky in one panel of a figure, north up and east to the left, with its beam and a bar
/// of round length.
struct SkyPanel {
  enum Colors {
    /// From black over red and yellow to white: gnuplot's "AFM hot".
    case brightness
    /// Blue below zero, red above.
    case signed

    var commands: String {
      switch self {
      case .brightness: "set palette rgbformulae 34,35,36"
      case .signed:
        "set palette defined (-1 '\(Style.blue)', 0 '#ffffff', 1 '\(Style.vermillion)')"
      }
    }

    /// Of what is drawn on the image, visible at its edges.
    var ink: String {
      switch self {
      case .brightness: "#ffffff"
      case .signed: Style.ink
      }
    }
  }

  /// How much is written at the axes.
  enum Axes {
    case titled
    case ticksOnly
    case none
  }

  let image: SkyImageFigure
  let panel: Panel
  let limits: ClosedRange<Double>
  let colors: Colors
  let unit: AngleUnit
  private let east: Axis
  private let north: Axis

  /// Pixels along each axis above which neighbours are averaged: more cannot be seen.
  private static let mostPixels = 360

  /// - Parameter image: a valid one.
  init(
    _ image: SkyImageFigure, in panel: Panel, limits: ClosedRange<Double>? = nil,
    colors: Colors = .brightness
  ) {
    (self.image, self.panel, self.colors) = (image, panel, colors)
    self.limits = limits ?? image.limits
    let (rows, columns) = (image.values.count, image.values[0].count)
    let side = image.pixelSize * Double(max(rows, columns))
    let unit = AngleUnit(side / 2)
    let middle =
      image.corner + SIMD2(-Double(columns - 1), Double(rows - 1)) / 2 * image.pixelSize
    func axis(_ centre: Double) -> Axis {
      Axis(
        low: (centre - side / 2) / unit.radians, high: (centre + side / 2) / unit.radians,
        maximumTicks: 9, offset: 0)
    }
    (self.unit, east, north) = (unit, axis(middle.x), axis(middle.y))
  }

  /// Draws everything but the scale of colours; what is set stays until the plot is made.
  func draw(_ axes: Axes, in script: inout GnuplotScript) {
    let block = script.addBlock(groups: [pixels])
    script.add(panel.commands(in: script))
    let isLabelled = axes == .titled
    script.add(
      east.commands("x", labelled: isLabelled, inverted: true) + "\n"
        + north.commands("y", labelled: isLabelled))
    if isLabelled {
      script.addText(
        east.title("offset to the east", unit: unit.name), x: (panel.left + panel.right) / 2,
        y: panel.bottom - 40)
      script.addText(
        north.title("offset to the north", unit: unit.name), x: panel.left - 58,
        y: (panel.bottom + panel.top) / 2, rotated: true)
    }
    script.add(
      """
      \(colors.commands)
      set cbrange [\(bound(limits.lowerBound)):\(bound(limits.upperBound))]
      set tics front textcolor rgb '\(Style.ink)'
      set border linecolor rgb '\(Style.grey)'
      """)
    if axes == .none { script.add("unset xtics\nunset ytics") }
    if let beam = image.beam { draw(beam, in: &script) }
    drawBar(in: &script)
    script.add("plot \(block) using 1:2:3 with image")
  }

  /// Forgets what one panel of several has set.
  static func finish(in script: inout GnuplotScript) {
    script.add("unset object\nunset arrow\nset xtics mirror\nset ytics mirror")
    script.clearLabels()
  }

  /// The scale of colours to the right of the panel; before the panel itself.
  func drawColors(_ label: Label, in script: inout GnuplotScript) {
    let (width, height) = (Double(script.width), Double(script.height))
    script.add(
      """
      set colorbox user origin screen \(GnuplotScript.number((panel.right + 14) / width)),\
      screen \(GnuplotScript.number(panel.bottom / height)) \
      size screen \(GnuplotScript.number(14 / width)),\
      screen \(GnuplotScript.number((panel.top - panel.bottom) / height)) border
      set cbtics \(image.scale == .linear ? "autofreq" : "1") scale 0.6
      set format cb '\(image.scale == .linear ? "%g" : "10^{%g}")'
      """)
    script.addText(
      label, x: panel.right + 92, y: (panel.bottom + panel.top) / 2, rotated: true)
  }

  /// A place on the axes: of an offset to the east and north, radians.
  func place(_ offset: SIMD2<Double>) -> String {
    let position = offset / unit.radians
    return
      "first \(GnuplotScript.number(east(position.x))),"
      + "first \(GnuplotScript.number(north(position.y)))"
  }

  /// Rows of offset, offset and value.
  private var pixels: [[Double]] {
    let values = image.values
    let step = max(1, (max(values.count, values[0].count) - 1) / Self.mostPixels + 1)
    return stride(from: 0, to: values.count, by: step).flatMap { row in
      stride(from: 0, to: values[0].count, by: step).map { column in
        let rows = row..<min(row + step, values.count)
        let columns = column..<min(column + step, values[0].count)
        let sum = rows.reduce(0) { $0 + values[$1][columns].reduce(0, +) }
        let mean = sum / Double(rows.count * columns.count)
        let place = SIMD2(-Double(2 * column + step - 1), Double(2 * row + step - 1)) / 2
        let offset = (image.corner + image.pixelSize * place) / unit.radians
        return [
          east(offset.x), north(offset.y),
          shown(min(max(mean, limits.lowerBound), limits.upperBound)),
        ]
      }
    }
  }

  private func shown(_ value: Double) -> Double {
    image.scale == .linear ? value : log10(value)
  }

  private func bound(_ value: Double) -> String { GnuplotScript.number(shown(value)) }

  /// In the lower left corner.
  private func draw(_ beam: SkyImageFigure.Beam, in script: inout GnuplotScript) {
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
      angle \(GnuplotScript.number(angle)) front fillcolor rgb '\(colors.ink)' \
      fillstyle solid 0.5 border linecolor rgb '\(colors.ink)' linewidth 0.8
      """)
  }

  /// In the lower right corner: the longest of 1, 2 and 5 times a power of ten up to a quarter of the
  /// side.
  private func drawBar(in script: inout GnuplotScript) {
    let side = east.high - east.low
    let decade = pow(10, log10(side / 4).rounded(.down))
    let length = [5, 2, 1].map { $0 * decade }.first { $0 <= side / 4 } ?? decade
    let decimals = max(0, -Int((log10(length) + 1e-9).rounded(.down)))
    let (x, y) = (east.low + 0.05 * side, north.low + 0.045 * side)
    let ends = [x + length, x].map {
      "\(GnuplotScript.number(east($0))),\(GnuplotScript.number(north(y)))"
    }
    let text = Label("\(Decimal10.fixed(length, decimals: decimals)) \(unit.name)").quoted
    // A long name over a short bar would leave the panel.
    let isShort = length < 0.2 * side
    script.add(
      """
      set arrow from first \(ends[0]) to first \(ends[1]) nohead front linewidth 2 \
      linecolor rgb '\(colors.ink)'
      set label \(text) at first \(GnuplotScript.number(east(isShort ? x : x + length / 2))),\
      \(GnuplotScript.number(north(y))) \(isShort ? "right" : "center") front offset character 0,0.7 \
      font ',\(Style.tickSize)' textcolor rgb '\(colors.ink)'
      """)
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

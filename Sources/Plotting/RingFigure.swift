import Foundation

/// A ring on the image it was measured in, and beside it the radial profile with diameter and width.
public struct RingFigure: Figure {
  /// What was measured; angles in radians, the orientation from north through east.
  public struct Ring: Sendable {
    /// To the east and north.
    public var center: SIMD2<Double>
    public var diameter: Double
    public var diameterDispersion: Double
    public var width: Double
    public var orientation: Double
    public var orientationDispersion: Double

    public init(
      center: SIMD2<Double>, diameter: Double, diameterDispersion: Double, width: Double,
      orientation: Double, orientationDispersion: Double
    ) {
      (self.center, self.diameter, self.width) = (center, diameter, width)
      self.diameterDispersion = diameterDispersion
      (self.orientation, self.orientationDispersion) = (orientation, orientationDispersion)
    }
  }

  /// Brightness over all directions at a distance from the centre, in the image's unit.
  public struct ProfilePoint: Sendable {
    /// Radians.
    public var radius: Double
    public var mean: Double
    /// Between what 16 and 84 % of all directions lie.
    public var low: Double
    public var high: Double

    public init(radius: Double, mean: Double, low: Double, high: Double) {
      (self.radius, self.mean, self.low, self.high) = (radius, mean, low, high)
    }
  }

  public var image: SkyImageFigure
  public var ring: Ring
  /// From the centre outwards.
  public var profile: [ProfilePoint]

  private static let teal = "#00c2a8"
  private static let darkTeal = "#00796b"

  public init(image: SkyImageFigure, ring: Ring, profile: [ProfilePoint]) {
    (self.image, self.ring, self.profile) = (image, ring, profile)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: 1150, height: 500)
      script.add("set multiplot")
      drawImage(in: &script)
      drawProfile(in: &script)
      script.add("unset multiplot")
      return script
    }
  }

  private func drawImage(in script: inout GnuplotScript) {
    let panel = SkyPanel(image, in: Panel(left: 78, right: 490, bottom: 60, top: 472))
    panel.drawColors(image.label, in: &script)
    let radius = ring.diameter / 2
    let deviation = ring.diameterDispersion / 2
    drawCircle(radius, "linewidth 2", on: panel, number: 11, in: &script)
    if deviation > 0.02 * radius {
      let dashed = "linewidth 1 dashtype (6,5)"
      drawCircle(radius + deviation, dashed, on: panel, number: 12, in: &script)
      if deviation < radius {
        drawCircle(radius - deviation, dashed, on: panel, number: 13, in: &script)
      }
    }
    let arm = 0.12 * radius
    drawPath([SIMD2(-arm, 0), SIMD2(arm, 0)].map { ring.center + $0 }, on: panel, in: &script)
    drawPath([SIMD2(0, -arm), SIMD2(0, arm)].map { ring.center + $0 }, on: panel, in: &script)
    // η and its dispersion, outside the ring.
    let mark = radius + max(deviation, ring.width / 2) + 0.12 * radius
    drawPath(
      [mark, mark + 0.5 * radius].map { place($0, ring.orientation) }, on: panel, "head filled",
      in: &script)
    let spread = min(ring.orientationDispersion, .pi)
    drawPath(
      (0...60).map { place(mark, ring.orientation + spread * (Double($0) / 30 - 1)) }, on: panel,
      in: &script)
    panel.draw(.titled, in: &script)
    SkyPanel.finish(in: &script)
  }

  private func place(_ radius: Double, _ angle: Double) -> SIMD2<Double> {
    ring.center + radius * SIMD2(sin(angle), cos(angle))
  }

  private func drawCircle(
    _ radius: Double, _ line: String, on panel: SkyPanel, number: Int,
    in script: inout GnuplotScript
  ) {
    let corners = (0...180).map { panel.place(place(radius, 2 * .pi * Double($0) / 180)) }
    script.add(
      "set object \(number) polygon from \(corners.joined(separator: " to ")) front "
        + "fillstyle empty border linecolor rgb '\(Self.teal)' \(line)")
  }

  private func drawPath(
    _ places: [SIMD2<Double>], on panel: SkyPanel, _ head: String = "nohead",
    in script: inout GnuplotScript
  ) {
    for (from, to) in zip(places, places.dropFirst()) {
      script.add(
        "set arrow from \(panel.place(from)) to \(panel.place(to)) \(head) front linewidth 2 "
          + "linecolor rgb '\(Self.teal)'")
    }
  }

  private func drawProfile(in script: inout GnuplotScript) {
    let panel = Panel(left: 708, right: 1120, bottom: 60, top: 472)
    let unit = AngleUnit(profile.last!.radius)
    let x = Axis(low: 0, high: profile.last!.radius / unit.radians, maximumTicks: 8, offset: 0)
    let (low, high) = (profile.map(\.low).min()!, profile.map(\.high).max()!)
    let bottom = min(low, 0)
    // An image of nothing still needs an axis.
    let top = high > bottom ? high : bottom + 1
    let y = Axis(
      low: bottom < 0 ? bottom - 0.05 * (top - bottom) : 0, high: top + 0.3 * (top - bottom),
      maximumTicks: 8)
    script.add(panel.commands(in: script))
    script.add(x.commands("x") + "\n" + y.commands("y"))
    script.addText(
      x.title("distance from the centre", unit: unit.name), x: (panel.left + panel.right) / 2, y: 20
    )
    script.addText(y.title(image.label), x: 650, y: (panel.bottom + panel.top) / 2, rotated: true)
    let radius = x(ring.diameter / 2 / unit.radians)
    let deviation = x(ring.diameterDispersion / 2 / unit.radians)
    let half = x(ring.width / 2 / unit.radians)
    let dark = "linecolor rgb '\(Self.darkTeal)'"
    script.add(
      """
      set object 1 rectangle from first \(GnuplotScript.number(radius - deviation)),graph 0 \
      to first \(GnuplotScript.number(radius + deviation)),graph 1 behind \
      fillcolor rgb '\(Self.teal)' fillstyle solid 0.2 noborder
      set arrow from first \(GnuplotScript.number(radius)),graph 0 \
      to first \(GnuplotScript.number(radius)),graph 1 nohead front linewidth 1.4 \(dark)
      """)
    let level = GnuplotScript.number(y(halfMaximum))
    script.add(
      """
      set arrow from first \(GnuplotScript.number(radius - half)),first \(level) \
      to first \(GnuplotScript.number(radius + half)),first \(level) heads front linewidth 1.6 \
      linecolor rgb '\(Style.vermillion)'
      """)
    for (line, (text, color)) in numbers(unit).enumerated() {
      script.addText(
        Label(markup: text), x: panel.right - 12, y: panel.top - 18 - 20 * Double(line),
        anchor: "right", color: color)
    }
    let block = script.addBlock(
      columns: [
        profile.map { x($0.radius / unit.radians) }, profile.map { y($0.mean) },
        profile.map { y($0.low) }, profile.map { y($0.high) },
      ])
    script.add(
      """
      plot \(block) using 1:3:4 with filledcurves fillcolor rgb '\(Style.regions[0])' \
      fillstyle solid 1 noborder, \
      \(block) using 1:2 with lines linewidth 2 linecolor rgb '\(Style.blue)'
      """)
    SkyPanel.finish(in: &script)
  }

  /// Half way from the mean profile's floor, where it ends, to its peak.
  private var halfMaximum: Double {
    (profile.map(\.mean).max()! + profile.last!.mean) / 2
  }

  private func numbers(_ unit: AngleUnit) -> [(String, String)] {
    func shown(_ angle: Double) -> String {
      Decimal10.fixed(angle / unit.radians, decimals: 1)
    }
    let degree = Double.pi / 180
    return [
      (
        "{/:Italic d} = \(shown(ring.diameter)) ± \(shown(ring.diameterDispersion)) \(unit.name)",
        Self.darkTeal
      ),
      ("{/:Italic w} = \(shown(ring.width)) \(unit.name)", Style.vermillion),
      (
        "η = \(Decimal10.fixed(ring.orientation / degree, decimals: 0))° ± "
          + "\(Decimal10.fixed(ring.orientationDispersion / degree, decimals: 0))°", Style.ink
      ),
    ]
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "ring", problem: problem)
    }
    try image.validate()
    guard profile.count >= 2, profile[0].radius >= 0,
      zip(profile, profile.dropFirst()).allSatisfy({ $0.radius < $1.radius })
    else { throw fail("a profile of \(profile.count) points; at least 2, radii increasing from 0") }
    if let bad = profile.firstIndex(where: { point in
      ![point.radius, point.mean, point.low, point.high].allSatisfy(\.isFinite)
    }) {
      throw fail("point \(bad) of the profile is \(profile[bad]); finite")
    }
    for (name, value) in [
      ("diameter", ring.diameter), ("dispersion of the diameter", ring.diameterDispersion),
      ("width", ring.width), ("dispersion of the orientation", ring.orientationDispersion),
    ] where !(value >= 0 && value.isFinite) {
      throw fail("the \(name) is \(value); 0 or more")
    }
    guard ring.center.x.isFinite, ring.center.y.isFinite, ring.orientation.isFinite else {
      throw fail("centre \(ring.center), orientation \(ring.orientation); finite")
    }
  }
}

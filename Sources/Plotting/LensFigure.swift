import Foundation

/// The geometry of a lensing event and its light curve.
///
/// Above, the lens plane with masses, critical curves, caustics and the source's track, and a region of
/// it in detail; below, the magnification over the whole event and while the source is in the region.
public struct LensFigure: Figure {
  /// A light curve: times increase, `[k]`.
  public struct Curve: Sendable {
    public var label: String
    public var times: [Double]
    public var magnifications: [Double]

    public init(label: String, times: [Double], magnifications: [Double]) {
      (self.label, self.times, self.magnifications) = (label, times, magnifications)
    }
  }

  public var masses: [LensPlane.Mass]
  /// Closed curves whose first point is not repeated; caustics likewise.
  public var criticalCurves: [[LensPlane.Point]]
  public var caustics: [[LensPlane.Point]]
  public var track: LensPlane.Track
  /// The source's disc where it is drawn, to scale.
  public var source: LensPlane.Region
  /// The region shown in detail.
  public var detail: LensPlane.Region
  /// When the source is in the region.
  public var detailTimes: ClosedRange<Double>
  /// The model first; up to three.
  public var curves: [Curve]

  public init(
    masses: [LensPlane.Mass], criticalCurves: [[LensPlane.Point]], caustics: [[LensPlane.Point]],
    track: LensPlane.Track, source: LensPlane.Region, detail: LensPlane.Region,
    detailTimes: ClosedRange<Double>, curves: [Curve]
  ) {
    (self.masses, self.criticalCurves, self.caustics) = (masses, criticalCurves, caustics)
    (self.track, self.source, self.detail) = (track, source, detail)
    (self.detailTimes, self.curves) = (detailTimes, curves)
  }

  private static let criticalLine =
    "dashtype (12,7) linewidth 1.1 linecolor rgb '\(Style.grey)'"
  private static let causticLine = "linewidth 1.7 linecolor rgb '\(Style.vermillion)'"
  private static let columns = [(left: 74.0, right: 484.0), (left: 584.0, right: 924.0)]
  private static let planeRows = (bottom: 284.0, top: 664.0)
  private static let curveRows = (bottom: 56.0, top: 226.0)

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: 944, height: 706)
      let critical = script.addCurves(criticalCurves)
      let caustic = script.addCurves(caustics)
      script.add("set multiplot")
      let everything = masses.map(\.position) + (criticalCurves + caustics).joined()
      let views = [(everything, 0.07), (detail.corners, 0.02)]
      for (column, (points, margin)) in views.enumerated() {
        let panel = Panel(
          left: Self.columns[column].left, right: Self.columns[column].right,
          bottom: Self.planeRows.bottom, top: Self.planeRows.top)
        let frame = LensPlane.Frame(around: points, in: panel, margin: margin)
        drawPlane(
          frame, in: panel, isMain: column == 0, critical: critical, caustic: caustic, &script)
      }
      let all = curves[0].times
      drawCurves(all.first!...all.last!, isMain: true, &script)
      drawCurves(detailTimes, isMain: false, &script)
      script.add("unset multiplot")
      return script
    }
  }

  // MARK: Lens plane

  private func drawPlane(
    _ frame: LensPlane.Frame, in panel: Panel, isMain: Bool, critical: String, caustic: String,
    _ script: inout GnuplotScript
  ) {
    let x = Axis(
      low: frame.x.lowerBound, high: frame.x.upperBound, maximumTicks: 6, maximumCharacters: 30,
      offset: 0)
    let y = Axis(low: frame.y.lowerBound, high: frame.y.upperBound, maximumTicks: 6, offset: 0)
    script.clearLabels()
    script.add("unset arrow\nunset object\nunset logscale y")
    script.add(panel.commands(in: script))
    script.add(x.commands("x") + "\n" + y.commands("y"))
    script.addText(
      LensPlane.title("x", x), x: (panel.left + panel.right) / 2, y: panel.bottom - 38)
    script.addText(
      LensPlane.title("y", y), x: panel.left - (isMain ? 58 : 68),
      y: (panel.bottom + panel.top) / 2,
      rotated: true)
    script.addTrack(track, across: frame, axes: (x, y))
    drawSource(frame, axes: (x, y), &script)
    if isMain {
      outlineDetail(axes: (x, y), &script)
      Legend(entries: [
        .init(label: "critical curve", line: Self.criticalLine),
        .init(label: "caustic", line: Self.causticLine),
        .init(label: "track of the source", line: LensPlane.trackLine),
        .init(label: "masses", line: nil),
      ]).draw(x: Double(script.width) / 2, y: panel.top + 24, in: &script)
    }
    script.add("unset key")
    let using = "using ($1/\(x.unit)):($2/\(y.unit))"
    // Curves lie on top: a mass may stand where a small caustic is.
    var elements: [String] = []
    for mass in masses {
      let block = script.addBlock(groups: [[[mass.position.x, mass.position.y]]])
      let size = (isMain ? 1.5 : 0.9) * max(0.35, pow(mass.mass, 1.0 / 3))
      elements.append(
        """
        \(block) \(using) with points pointtype 7 pointsize \(GnuplotScript.number(size)) \
        linecolor rgb '\(Style.ink)'
        """)
    }
    elements += [
      "\(critical) \(using) with lines \(Self.criticalLine)",
      "\(caustic) \(using) with lines \(Self.causticLine)",
    ]
    script.add("plot " + elements.joined(separator: ", "))
  }

  /// To scale, or a dot of two pixels where it would be smaller.
  private func drawSource(
    _ frame: LensPlane.Frame, axes: (x: Axis, y: Axis), _ script: inout GnuplotScript
  ) {
    let radius = max(source.radius, 2 / frame.scale)
    script.add(
      """
      set object circle at first \(GnuplotScript.number(axes.x(source.center.x))),\
      first \(GnuplotScript.number(axes.y(source.center.y))) \
      size first \(GnuplotScript.number(axes.x(radius))) front \
      fillcolor rgb '\(Style.blue)' fillstyle transparent solid 0.3 border linecolor rgb '\(Style.blue)' \
      linewidth 1.2
      """)
  }

  private func outlineDetail(axes: (x: Axis, y: Axis), _ script: inout GnuplotScript) {
    let panel = Panel(
      left: Self.columns[1].left, right: Self.columns[1].right, bottom: Self.planeRows.bottom,
      top: Self.planeRows.top)
    let frame = LensPlane.Frame(around: detail.corners, in: panel, margin: 0.02)
    func number(_ value: Double) -> String { GnuplotScript.number(value) }
    script.add(
      """
      set object rectangle from \(number(axes.x(frame.x.lowerBound))),\
      \(number(axes.y(frame.y.lowerBound))) to \(number(axes.x(frame.x.upperBound))),\
      \(number(axes.y(frame.y.upperBound))) behind fillcolor rgb '#f0f0f0' fillstyle solid noborder
      """)
  }

  // MARK: Light curves

  private func drawCurves(
    _ times: ClosedRange<Double>, isMain: Bool, _ script: inout GnuplotScript
  ) {
    let column = Self.columns[isMain ? 0 : 1]
    let panel = Panel(
      left: column.left, right: column.right, bottom: Self.curveRows.bottom,
      top: Self.curveRows.top)
    let all = curves[0].times
    let offset = LightCurveFigure.timeOffset(all.first!...all.last!)
    let time = Axis(
      low: times.lowerBound, high: times.upperBound, maximumTicks: 6, maximumCharacters: 28,
      offset: offset)
    let shown = curves.flatMap { curve in
      zip(curve.times, curve.magnifications).filter { times.contains($0.0) }.map(\.1)
    }
    let value = LogAxis(shown)
    script.clearLabels()
    script.add("unset arrow\nunset object")
    script.add(panel.commands(in: script))
    script.add(time.commands("x") + "\n" + "set format y '%g'\n" + value.commands())
    script.addText(
      time.title("time", unit: "days"), x: (panel.left + panel.right) / 2, y: panel.bottom - 38)
    if isMain {
      script.addText(
        value.title("magnification"), x: panel.left - 58, y: (panel.bottom + panel.top) / 2,
        rotated: true)
      script.add(
        """
        set object rectangle from \(GnuplotScript.number(time(detailTimes.lowerBound))),graph 0 \
        to \(GnuplotScript.number(time(detailTimes.upperBound))),graph 1 behind \
        fillcolor rgb '#f0f0f0' fillstyle solid noborder
        """)
      let peak = zip(all, curves[0].magnifications).max { $0.1 < $1.1 }!.0
      let side = peak < (all.first! + all.last!) / 2 ? "right" : "left"
      script.add(
        "set key at graph \(side == "right" ? 0.97 : 0.03),graph 0.94 \(side) top vertical Left "
          + "reverse samplen 1.8 spacing 1.1 width 0 font ',10' textcolor rgb '\(Style.ink)'")
    } else {
      script.add("unset key")
    }
    let styles = [
      "linewidth 1.4 linecolor rgb '\(Style.blue)'",
      "linewidth 1.1 dashtype (12,7) linecolor rgb '\(Style.grey)'",
      "linewidth 1.2 dashtype (5,4) linecolor rgb '\(Style.series(2))'",
    ]
    let elements = zip(curves, styles).map { curve, style in
      let block = script.addBlock(
        columns: [curve.times.map { time($0) }, curve.magnifications])
      return """
        \(block) using 1:($2/\(value.unit)) with lines \(style) title \(Label(curve.label).quoted)
        """
    }
    // The model lies on top.
    script.add(
      "plot " + elements.dropFirst().joined(separator: ", ")
        + (elements.count > 1 ? ", " : "") + elements[0])
  }

  // MARK: Checks

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError { .invalidData(figure: "lens", problem: problem) }
    guard (1...3).contains(curves.count) else {
      throw fail("\(curves.count) light curves; one to three can be shown")
    }
    for curve in curves {
      guard curve.times.count == curve.magnifications.count, curve.times.count >= 2 else {
        throw fail(
          "\(curve.label) has \(curve.times.count) times, \(curve.magnifications.count) values; "
            + "at least 2, equal")
      }
      guard zip(curve.times, curve.times.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw fail("the times of \(curve.label) do not increase")
      }
    }
    guard detailTimes.lowerBound < detailTimes.upperBound else {
      throw fail("the times in detail are an empty range")
    }
    guard detail.radius > 0, detail.radius.isFinite, source.radius >= 0, source.radius.isFinite
    else { throw fail("the radii \(detail.radius) and \(source.radius) must be positive") }
    let points = (criticalCurves + caustics).joined().flatMap { [$0.x, $0.y] }
    guard points.allSatisfy(\.isFinite) else {
      throw fail("a curve has a point that is not finite")
    }
  }
}

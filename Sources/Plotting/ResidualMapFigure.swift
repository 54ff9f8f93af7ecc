import Foundation
import NumericalMethods

/// A map of the source plane that shows how much the magnifications of two lenses differ, with the
/// caustics of both and the source's track.
public struct ResidualMapFigure: Figure {
  /// Centres of the columns and rows of equal width, in Einstein radii, increasing.
  public var x: [Double]
  public var y: [Double]
  /// Relative differences `[rows][columns]`.
  public var values: [[Double]]
  public var caustics: [[LensPlane.Point]]
  public var otherCaustics: [[LensPlane.Point]]
  public var track: LensPlane.Track
  /// What the two sets of caustics belong to.
  public var label: String
  public var otherLabel: String

  public init(
    x: [Double], y: [Double], values: [[Double]], caustics: [[LensPlane.Point]],
    otherCaustics: [[LensPlane.Point]], track: LensPlane.Track, label: String, otherLabel: String
  ) {
    (self.x, self.y, self.values) = (x, y, values)
    (self.caustics, self.otherCaustics, self.track) = (caustics, otherCaustics, track)
    (self.label, self.otherLabel) = (label, otherLabel)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: 680, height: 590)
      let panel = Panel(left: 74, right: 554, bottom: 60, top: 540)
      let half = (x.last! - x.first!) / Double(2 * (x.count - 1))
      let frame = LensPlane.Frame(
        around: [
          .init(x: x.first! - half, y: y.first! - half),
          .init(x: x.last! + half, y: y.last! + half),
        ], in: panel, margin: 0)
      let axes = (
        x: Axis(
          low: frame.x.lowerBound, high: frame.x.upperBound, maximumTicks: 6,
          maximumCharacters: 34, offset: 0),
        y: Axis(low: frame.y.lowerBound, high: frame.y.upperBound, maximumTicks: 6, offset: 0)
      )
      // Percent; the few largest values, next to caustics, saturate.
      let sizes = values.joined().map { 100 * abs($0) }.filter(\.isFinite)
      let reach = max(weightedQuantiles(sizes, at: [0.97])[0], 1e-6)
      let color = Axis(low: -reach, high: reach, maximumTicks: 7, offset: 0)
      let block = script.addBlock(
        groups: [
          values.enumerated().flatMap { row, values in
            values.enumerated().map { [axes.x(x[$0]), axes.y(y[row]), color(100 * $1)] }
          }
        ])
      script.add(panel.commands(in: script))
      script.add(axes.x.commands("x") + "\n" + axes.y.commands("y"))
      script.addText(LensPlane.title("x", axes.x), x: 314, y: 22)
      script.addText(LensPlane.title("y", axes.y), x: 20, y: 300, rotated: true)
      script.addText(
        color.title(
          Label(markup: "({/:Italic A} − {/:Italic A}_{twin}) / {/:Italic A}"), unit: "%"), x: 662,
        y: 300, rotated: true)
      script.add(
        """
        set palette defined (-1 '\(Style.blue)', 0 '#ffffff', 1 '\(Style.vermillion)')
        set cbrange [\(GnuplotScript.number(color(-reach))):\(GnuplotScript.number(color(reach)))]
        set cbtics \(GnuplotScript.number(color.step)) scale 0.6
        set colorbox user origin screen \(GnuplotScript.number(570.0 / 680)),\
        screen \(GnuplotScript.number(60.0 / 590)) size screen 0.026,\
        screen \(GnuplotScript.number(480.0 / 590)) border
        unset key
        """)
      let solid = "linewidth 1.5 linecolor rgb '\(Style.ink)'"
      // The map's own colours would hide the track.
      let trackLine = "linewidth 1.6 linecolor rgb '\(Style.series(2))'"
      let dashed = "linewidth 1.3 dashtype (10,6) linecolor rgb '\(Style.ink)'"
      Legend(entries: [
        .init(label: Label("caustics, \(label)"), line: solid),
        .init(label: Label("of the twin, \(otherLabel)"), line: dashed),
        .init(label: "track of the source", line: trackLine),
      ]).draw(x: 314, y: 562, in: &script)
      script.addTrack(track, across: frame, axes: axes, line: trackLine)
      let curves = script.addCurves(caustics)
      let others = script.addCurves(otherCaustics)
      let using = "using ($1/\(axes.x.unit)):($2/\(axes.y.unit))"
      script.add(
        """
        plot \(block) using 1:2:3 with image, \
        \(curves) \(using) with lines \(solid), \(others) \(using) with lines \(dashed)
        """)
      return script
    }
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "residual map", problem: problem)
    }
    guard x.count >= 2, y.count >= 2, values.count == y.count,
      values.allSatisfy({ $0.count == x.count })
    else {
      throw fail(
        "\(values.count) rows of \(values.first?.count ?? 0) values for \(y.count) rows of "
          + "\(x.count); at least 2 of 2, equal")
    }
    guard values.joined().contains(where: \.isFinite) else { throw fail("no finite value") }
  }
}

import Foundation

/// Where an interferometer measured in the plane of baselines; u increases to the left, as east does on
/// the sky. Each visibility is drawn at (u, v), and its conjugate at (-u, -v).
public struct UVCoverageFigure: Figure {
  public var points: VisibilityPoints

  public init(points: VisibilityPoints) {
    self.points = points
  }

  public var script: GnuplotScript {
    get throws {
      try points.validate("uv coverage")
      var script = GnuplotScript(width: 676, height: 570)
      let panel = Panel(left: 78, right: 570, bottom: 60, top: 552)
      let unit = points.unit
      // Zero baselines alone still need a frame.
      let reach = max(1.06 * points.lengths.max()! / unit.wavelengths, 1e-3)
      let axis = Axis(low: -reach, high: reach, maximumTicks: 9, offset: 0)
      let colors = SignalColors(points.signals)
      let signals = points.signals
      let block = script.addBlock(
        groups: [
          points.order.flatMap { index in
            let (u, v) = (points.u[index] / unit.wavelengths, points.v[index] / unit.wavelengths)
            return [[axis(u), axis(v), signals[index]], [axis(-u), axis(-v), signals[index]]]
          }
        ])
      script.add(panel.commands(in: script))
      script.add(axis.commands("x", inverted: true) + "\n" + axis.commands("y"))
      script.addText(
        axis.title(Label(markup: "{/:Italic u}"), unit: unit.name),
        x: (panel.left + panel.right) / 2, y: 20)
      script.addText(
        axis.title(Label(markup: "{/:Italic v}"), unit: unit.name), x: 20,
        y: (panel.bottom + panel.top) / 2, rotated: true)
      script.addText(
        points.countLabel, x: panel.right - 10, y: panel.top - 16, size: Style.tickSize,
        anchor: "right")
      colors.draw(besides: panel, in: &script)
      script.add(
        """
        set xzeroaxis linetype 1 dashtype solid linewidth 0.6 linecolor rgb '\(Style.faint)'
        set yzeroaxis linetype 1 dashtype solid linewidth 0.6 linecolor rgb '\(Style.faint)'
        plot \(block) using 1:2:($3/\(colors.unit)) with points pointtype 7 \
        pointsize \(points.pointSize) linecolor palette
        """)
      return script
    }
  }
}

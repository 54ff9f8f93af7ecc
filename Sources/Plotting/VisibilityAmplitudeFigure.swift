import Foundation

/// Amplitudes of visibilities against the length of their baselines, on a logarithmic axis.
///
/// One standard deviation is drawn where there are few enough to be told apart. Amplitudes that are not
/// positive have no place on the axis and are left out.
public struct VisibilityAmplitudeFigure: Figure {
  public var points: VisibilityPoints
  /// The quantity and its unit.
  public var label: Label

  /// More points than this have no error bars.
  private static let barLimit = 600

  public init(points: VisibilityPoints, label: Label = "amplitude [Jy]") {
    self.points = points
    self.label = label
  }

  public var script: GnuplotScript {
    get throws {
      try points.validate("amplitude")
      let shown = points.order.filter { points.amplitudes[$0] > 0 }
      guard !shown.isEmpty else {
        throw PlottingError.invalidData(
          figure: "amplitude", problem: "none of \(points.u.count) amplitudes is above 0")
      }
      var script = GnuplotScript(width: 816, height: 500)
      let panel = Panel(left: 84, right: 710, bottom: 60, top: 482)
      let unit = points.unit
      let (lengths, signals) = (points.lengths, points.signals)
      let longest = max(lengths.max()! / unit.wavelengths, 1e-3)
      let x = Axis(low: -0.02 * longest, high: 1.04 * longest, maximumTicks: 9, offset: 0)
      // A bar that reaches zero has no lower end on the axis: it ends at the frame.
      let hasBars = shown.count <= Self.barLimit
      let ends = shown.map { index in
        let (value, sigma) = (points.amplitudes[index], points.sigmas[index])
        return (low: max(value - sigma, 1e-6 * value), high: value + sigma)
      }
      let y = LogAxis(
        atLeast: 1.2,
        around: zip(shown, ends).flatMap { index, bar in
          let value = points.amplitudes[index]
          return hasBars ? [max(bar.low, value / 2), bar.high] : [value]
        })
      let colors = SignalColors(shown.map { signals[$0] })
      let block = script.addBlock(
        groups: [
          zip(shown, ends).map { index, bar in
            [
              x(lengths[index] / unit.wavelengths), points.amplitudes[index], bar.low,
              bar.high - bar.low, signals[index],
            ]
          }
        ])
      script.add(panel.commands(in: script))
      script.add(x.commands("x") + "\nset format y '%g'\n" + y.commands())
      script.addText(
        x.title("baseline length", unit: unit.name), x: (panel.left + panel.right) / 2, y: 20)
      script.addText(y.title(label), x: 20, y: (panel.bottom + panel.top) / 2, rotated: true)
      script.addText(
        points.countLabel, x: panel.right - 10, y: panel.top - 16, size: Style.tickSize,
        anchor: "right")
      colors.draw(besides: panel, in: &script)
      var elements: [String] = []
      if hasBars {
        elements.append(
          """
          \(block) using 1:($3/\(y.unit)):(0):($4/\(y.unit)) with vectors nohead \
          linewidth 0.8 linecolor rgb '#bdbdbd'
          """)
      }
      elements.append(
        """
        \(block) using 1:($2/\(y.unit)):($5/\(colors.unit)) with points pointtype 7 \
        pointsize \(points.pointSize) linecolor palette
        """)
      script.add("plot " + elements.joined(separator: ", "))
      return script
    }
  }
}

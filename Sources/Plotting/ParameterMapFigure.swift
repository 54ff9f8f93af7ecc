/// A positive quantity over two parameters: a dot of its colour for each case, on a logarithmic scale.
public struct ParameterMapFigure: Figure {
  /// Of each case, `[n]`.
  public var x: [Double]
  public var y: [Double]
  /// Above 0.
  public var values: [Double]
  public var xLabel: Label
  public var yLabel: Label
  public var label: Label

  public init(
    x: [Double], y: [Double], values: [Double], xLabel: Label, yLabel: Label, label: Label
  ) {
    (self.x, self.y, self.values) = (x, y, values)
    (self.xLabel, self.yLabel, self.label) = (xLabel, yLabel, label)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: 680, height: 560)
      let panel = Panel(left: 78, right: 560, bottom: 60, top: 542)
      let axes = [x, y].map { values in
        let (low, high) = (values.min()!, values.max()!)
        let margin = max(0.03 * (high - low), 1e-6 * max(1, abs(high)))
        return Axis(low: low - margin, high: high + margin, maximumTicks: 6)
      }
      let color = LogAxis(atLeast: 10, around: values)
      // The largest on top: the eye looks for them.
      let order = values.indices.sorted { values[$0] < values[$1] }
      let block = script.addBlock(groups: [
        order.map { [axes[0](x[$0]), axes[1](y[$0]), values[$0]] }
      ])
      script.add(panel.commands(in: script))
      script.add(
        """
        set palette defined (0 '#440154', 0.25 '#3e4a89', 0.5 '#26828e', 0.75 '#35b779', 1 '#fde725')
        \(color.commands("cb"))
        set cbtics scale 0.6
        set colorbox user origin screen \(GnuplotScript.number((panel.right + 14) / 680)),\
        screen \(GnuplotScript.number(panel.bottom / 560)) \
        size screen \(GnuplotScript.number(14.0 / 680)),\
        screen \(GnuplotScript.number((panel.top - panel.bottom) / 560)) border
        \(axes[0].commands("x"))
        \(axes[1].commands("y"))
        """)
      script.addText(axes[0].title(xLabel), x: 319, y: 18)
      script.addText(axes[1].title(yLabel), x: 18, y: 301, rotated: true)
      script.addText(color.title(label), x: panel.right + 96, y: 301, rotated: true)
      let size = GnuplotScript.number(min(1, max(0.3, 24 / Double(values.count).squareRoot())))
      script.add(
        "plot \(block) using 1:2:($3/\(color.unit)) with points pointtype 7 pointsize \(size) "
          + "linecolor palette")
      return script
    }
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "map", problem: problem)
    }
    guard !values.isEmpty, x.count == values.count, y.count == values.count else {
      throw fail("\(values.count) values at \(x.count) and \(y.count) places; equal, at least 1")
    }
    guard (x + y).allSatisfy(\.isFinite) else { throw fail("a place is not finite") }
    if let value = values.first(where: { !($0 > 0 && $0.isFinite) }) {
      throw fail("a value is \(value); it must be above 0")
    }
  }
}

/// The errors of predicted motion, and what is refused of it, against the Lyapunov times that have passed.
public struct LyapunovFigure: Figure {
  /// Predictions of similarly chaotic motion.
  public struct Bin: Sendable {
    /// Lyapunov times that have passed, above 0.
    public var time: Double
    /// Medians, above 0.
    public var error: Double
    public var errorBar: Double
    /// In 0...1.
    public var refused: Double

    public init(time: Double, error: Double, errorBar: Double, refused: Double) {
      (self.time, self.error, self.errorBar) = (time, error, errorBar)
      self.refused = refused
    }
  }

  public var bins: [Bin]

  public init(bins: [Bin]) { self.bins = bins }

  public var script: GnuplotScript {
    get throws {
      guard !bins.isEmpty,
        bins.allSatisfy({
          $0.time > 0 && $0.error > 0 && $0.errorBar > 0 && (0...1).contains($0.refused)
        })
      else {
        throw PlottingError.invalidData(
          figure: "Lyapunov times",
          problem: "needs bins of times, errors and error bars above 0, refused shares in 0...1")
      }
      var script = GnuplotScript(width: 560, height: 520)
      let x = LogAxis(atLeast: 7, around: bins.map(\.time))
      let size = LogAxis(atLeast: 100, around: bins.flatMap { [$0.error, $0.errorBar] })
      let share = Axis(low: 0, high: 1, maximumTicks: 6, offset: 0)
      let block = script.addBlock(columns: [
        bins.map(\.time), bins.map(\.error), bins.map(\.errorBar), bins.map(\.refused),
      ])
      func line(_ column: Int, _ index: Int) -> String {
        "\(block) using ($1/\(x.unit)):($\(column)/\(column == 4 ? "1" : size.unit)) with linespoints pointtype 7 pointsize 0.8 \(style(index))"
      }
      func style(_ index: Int) -> String {
        "linewidth 1.5 linecolor rgb '\(Style.series(index))'"
      }
      let upper = Panel(left: 84, right: 540, bottom: 204, top: 484)
      let lower = Panel(left: 84, right: 540, bottom: 58, top: 194)
      script.add("set multiplot")
      Legend(entries: [
        .init(label: "median error", line: style(0)),
        .init(label: "median error bar", line: style(1)),
      ]).draw(x: 312, y: 504, in: &script)
      script.add(upper.commands(in: script))
      script.add(x.commands("x", labelled: false) + "\n" + size.commands("y"))
      script.addText(size.title("error of positions"), x: 18, y: 344, rotated: true)
      script.add("plot \(line(2, 0)), \(line(3, 1))")
      script.clearLabels()
      script.add("unset arrow")
      script.add(lower.commands(in: script))
      script.add("unset logscale y\n" + x.commands("x") + "\n" + share.commands("y"))
      script.addText("refused", x: 18, y: 126, rotated: true)
      script.addText(x.title("Lyapunov times passed"), x: 312, y: 16)
      script.add("plot \(line(4, 2))")
      script.add("unset multiplot")
      return script
    }
  }
}

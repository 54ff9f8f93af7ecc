import NumericalMethods

/// Predicted against true values of rows not trained on, with error bars of 90 %, a panel for each output; below,
/// the differences.
public struct PredictionFigure: Figure {
  public struct Output: Sendable {
    public var name: String
    /// `[n]` each.
    public var truth: [Double]
    public var mean: [Double]
    public var standardDeviation: [Double]

    public init(name: String, truth: [Double], mean: [Double], standardDeviation: [Double]) {
      (self.name, self.truth, self.mean) = (name, truth, mean)
      self.standardDeviation = standardDeviation
    }
  }

  public var outputs: [Output]

  /// More points would hide each other.
  private static let most = 400
  /// Half the width of the central 90 % of a normal law.
  private static let width = 1.6448536269514722
  private static let side = 320.0

  public init(outputs: [Output]) { self.outputs = outputs }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let pitch = Self.side + 96
      var script = GnuplotScript(width: Int(pitch * Double(outputs.count)) + 10, height: 560)
      script.add("set multiplot")
      for (index, output) in outputs.enumerated() {
        draw(output, left: pitch * Double(index) + 84, in: &script)
      }
      script.add("unset multiplot")
      return script
    }
  }

  private func draw(_ output: Output, left: Double, in script: inout GnuplotScript) {
    let count = min(output.truth.count, Self.most)
    let shown = (0..<count).map { $0 * output.truth.count / count }
    let rows = shown.map { row in
      [output.truth[row], output.mean[row], Self.width * output.standardDeviation[row]]
    }
    let values = rows.flatMap { [$0[0], $0[1]] }
    let (low, high) = (values.min()!, values.max()!)
    let margin = max(0.04 * (high - low), 1e-6 * max(abs(high), 1e-300))
    let axis = Axis(low: low - margin, high: high + margin, maximumTicks: 6)
    // A few rows that are far off may leave the frame of the differences.
    let reach = weightedQuantiles(rows.map { abs($0[1] - $0[0]) + $0[2] }, at: [0.97])[0]
    let difference = Axis(
      low: -max(1.15 * reach, 1e-12), high: max(1.15 * reach, 1e-12), maximumTicks: 5, offset: 0)
    let block = script.addBlock(
      groups: [
        rows.map { row in
          [
            axis(row[0]), axis(row[1]), row[2] / (axis(1) - axis(0)),
            difference(row[1] - row[0]), row[2] / Double(difference.unit)!,
          ]
        }
      ])
    let bars = "with yerrorbars linewidth 0.8 linecolor rgb '\(Style.tint(0))' pointtype 0"
    let points = "with points pointtype 7 pointsize 0.3 linecolor rgb '\(Style.blue)'"
    let line = "with lines linewidth 1 linecolor rgb '\(Style.vermillion)'"
    script.add("set errorbars 0")
    let upper = Panel(left: left, right: left + Self.side, bottom: 214, top: 214 + Self.side)
    script.add(upper.commands(in: script))
    script.add(axis.commands("x", labelled: false) + "\n" + axis.commands("y"))
    script.addText(
      axis.title(Label("predicted " + output.name)), x: left - 72, y: 214 + Self.side / 2,
      rotated: true)
    script.add("plot \(block) using 1:2:3 \(bars), x \(line), \(block) using 1:2 \(points)")
    script.clearLabels()
    let lower = Panel(left: left, right: left + Self.side, bottom: 60, top: 204)
    script.add(lower.commands(in: script))
    script.add(axis.commands("x") + "\n" + difference.commands("y"))
    script.addText(axis.title(Label("true " + output.name)), x: left + Self.side / 2, y: 18)
    script.addText(difference.title("difference"), x: left - 72, y: 132, rotated: true)
    script.add("plot \(block) using 1:4:5 \(bars), 0 \(line), \(block) using 1:4 \(points)")
    script.clearLabels()
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "predictions", problem: problem)
    }
    guard !outputs.isEmpty else { throw fail("no output; at least 1") }
    for output in outputs {
      guard !output.truth.isEmpty, output.mean.count == output.truth.count,
        output.standardDeviation.count == output.truth.count
      else {
        throw fail(
          "'\(output.name)' has \(output.truth.count) truths and \(output.mean.count) predictions; "
            + "equal, at least 1")
      }
      guard (output.truth + output.mean).allSatisfy(\.isFinite),
        output.standardDeviation.allSatisfy({ $0 >= 0 && $0.isFinite })
      else { throw fail("'\(output.name)' has a value that is not finite") }
    }
  }
}

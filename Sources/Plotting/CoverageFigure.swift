import Foundation

/// Expected coverage: how often the truth lies in the posterior's smallest region of each credibility.
///
/// Above the diagonal the posterior is too wide, below it too narrow. The band holds 95 % of what a
/// calibrated posterior gives at each level; the lower panel shows the difference.
/// Reference: Hermans et al. (2022), TMLR, arXiv:2110.06581.
public struct CoverageFigure: Figure {
  /// Credibility levels in 0...1, increasing, `[k]`.
  public var levels: [Double]
  /// Fraction of simulations whose truth lies in the region of each level, `[k]`.
  public var coverage: [Double]
  /// Number of simulations.
  public var simulations: Int
  /// What they are called.
  public var noun: String

  private static let marks = [0.5, 0.68, 0.9]

  public init(
    levels: [Double], coverage: [Double], simulations: Int, noun: String = "simulations"
  ) {
    (self.levels, self.coverage) = (levels, coverage)
    (self.simulations, self.noun) = (simulations, noun)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: 478, height: 580)
      let binomial = Binomial(trials: simulations)
      let count = Double(simulations)
      let grid = (0...100).map { Double($0) / 100 }
      let bounds = grid.map { binomial.quantiles(lower: 0.025, upper: 0.975, chance: $0) }
      let band = script.addBlock(columns: [
        grid, bounds.map { Double($0.lower) / count }, bounds.map { Double($0.upper) / count },
      ])
      let curve = script.addBlock(columns: [[0] + levels + [1], [0] + coverage + [1]])
      let marked = Self.marks.map { [$0, interpolated(at: $0)] }
      let marks = script.addBlock(groups: [marked])

      let unitAxis = Axis(low: 0, high: 1, maximumTicks: 6, offset: 0)
      let reach = 1.15 * reach(bounds: zip(grid, bounds).map { ($0, $1.lower, $1.upper) })
      let differenceAxis = Axis(low: -reach, high: reach, maximumTicks: 5, offset: 0)
      let upper = Panel(left: 80, right: 460, bottom: 182, top: 562)
      let lower = Panel(left: 80, right: 460, bottom: 56, top: 174)

      script.add("set multiplot")
      script.add(upper.commands(in: script))
      script.add(unitAxis.commands("x", labelled: false) + "\n" + unitAxis.commands("y"))
      script.addText("coverage", x: 16, y: 372, rotated: true)
      for (row, mark) in marked.enumerated() {
        let error = (mark[0] * (1 - mark[0]) / count).squareRoot()
        let decimals = max(1, Decimal10.decimals(for: 100 * error, digits: 1))
        let text =
          "\(Decimal10.fixed(100 * mark[0], decimals: 0)) %:  "
          + "\(Decimal10.fixed(100 * mark[1], decimals: decimals)) ± "
          + "\(Decimal10.fixed(100 * error, decimals: decimals)) %"
        script.addText(Label(text), x: 448, y: 236 - 18 * Double(row), size: 11, anchor: "right")
      }
      script.addText(Label("\(simulations) \(noun)"), x: 92, y: 546, size: 11, anchor: "left")
      script.add("plot " + elements(band, curve, marks, minus: "0", unit: "1"))

      script.clearLabels()
      script.add(lower.commands(in: script))
      script.add(unitAxis.commands("x") + "\n" + differenceAxis.commands("y"))
      script.addText("credibility level", x: 270, y: 16)
      script.addText(differenceAxis.title("difference"), x: 16, y: 115, rotated: true)
      script.add("plot " + elements(band, curve, marks, minus: "$1", unit: differenceAxis.unit))
      script.add("unset multiplot")
      return script
    }
  }

  private func elements(
    _ band: String, _ curve: String, _ marks: String, minus base: String, unit: String
  ) -> String {
    func column(_ index: Int) -> String { "(($\(index)-\(base))/\(unit))" }
    return """
      \(band) using 1:\(column(2)):\(column(3)) with filledcurves fillcolor rgb '\(Style.faint)' \
      fillstyle solid noborder, \
      \(band) using 1:\(column(1)) with lines linewidth 0.8 dashtype 2 \
      linecolor rgb '\(Style.ink)', \
      \(curve) using 1:\(column(2)) with lines linewidth 1.5 linecolor rgb '\(Style.blue)', \
      \(marks) using 1:\(column(2)) with points pointtype 7 pointsize 0.8 \
      linecolor rgb '\(Style.vermillion)'
      """
  }

  private func reach(bounds: [(level: Double, lower: Int, upper: Int)]) -> Double {
    let count = Double(simulations)
    let band = bounds.flatMap { level, lower, upper in
      [abs(Double(lower) / count - level), abs(Double(upper) / count - level)]
    }
    let curve = zip(levels, coverage).map { abs($1 - $0) }
    return max((band + curve).max() ?? 0, 1e-3)
  }

  private func interpolated(at level: Double) -> Double {
    let (x, y) = ([0] + levels + [1], [0] + coverage + [1])
    let next = x.firstIndex { $0 >= level } ?? x.count - 1
    if next == 0 || x[next] == level { return y[next] }
    let part = (level - x[next - 1]) / (x[next] - x[next - 1])
    return y[next - 1] + part * (y[next] - y[next - 1])
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "coverage", problem: problem)
    }
    guard !levels.isEmpty, levels.count == coverage.count else {
      throw fail("\(levels.count) levels but \(coverage.count) coverages")
    }
    guard simulations > 0 else { throw fail("\(simulations) simulations; at least 1") }
    for (name, values) in [("level", levels), ("coverage", coverage)] {
      if let row = values.firstIndex(where: { !(0...1).contains($0) }) {
        throw fail("\(name) \(row) is \(values[row]); it must be in 0...1")
      }
    }
    guard zip(levels, levels.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw fail("the levels do not increase")
    }
  }
}

/// Cumulative distributions: which part of a population is below each value.
public struct DistributionFigure: Figure {
  public struct Curve: Sendable {
    public var name: String
    /// Rising, `[n]`: that of the part (k + 1/2) / n at place k.
    public var quantiles: [Double]

    public init(name: String, quantiles: [Double]) {
      (self.name, self.quantiles) = (name, quantiles)
    }
  }

  public var curves: [Curve]

  public init(curves: [Curve]) { self.curves = curves }

  public var script: GnuplotScript {
    get throws {
      for curve in curves {
        guard curve.quantiles.count > 1, curve.quantiles.allSatisfy(\.isFinite),
          zip(curve.quantiles, curve.quantiles.dropFirst()).allSatisfy({ $0 <= $1 })
        else {
          throw PlottingError.invalidData(
            figure: "distribution", problem: "the quantiles of \(curve.name) do not rise")
        }
      }
      var script = GnuplotScript(width: 560, height: 420)
      let block = script.addBlock(
        groups: curves.map { curve in
          curve.quantiles.enumerated().map {
            [$1, (Double($0) + 0.5) / Double(curve.quantiles.count)]
          }
        })
      func style(_ color: Int) -> String { "linewidth 1.5 linecolor rgb '\(Style.series(color))'" }
      script.add(Panel(left: 84, right: 540, bottom: 58, top: 384).commands(in: script))
      script.add("set yrange [0:1]")
      script.addText("value", x: 312, y: 16)
      script.addText("part of the population below", x: 18, y: 221, rotated: true)
      Legend(entries: curves.enumerated().map { .init(label: Label($1.name), line: style($0)) })
        .draw(x: 312, y: 402, in: &script)
      script.add(
        "plot "
          + curves.indices.map { "\(block) index \($0) using 1:2 with lines \(style($0))" }
          .joined(separator: ", "))
      return script
    }
  }
}

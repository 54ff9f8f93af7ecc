/// The error of a surrogate by the number of simulations, chosen where it was least sure or at random. Where the random
/// design crosses the dashed line it is as good as the active one in the end.
public struct DesignFigure: Figure {
  public struct Curve: Sendable {
    /// `[n]`, above 0.
    public var simulations: [Int]
    /// Relative, of rows not learnt from, `[n]`.
    public var errors: [Double]

    public init(simulations: [Int], errors: [Double]) {
      (self.simulations, self.errors) = (simulations, errors)
    }
  }

  public var active: Curve
  public var random: Curve

  public init(active: Curve, random: Curve) { (self.active, self.random) = (active, random) }

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: 560, height: 420)
      let curves = [("random", random, 1), ("active", active, 0)]
      let x = LogAxis(
        atLeast: 7, around: curves.flatMap { $0.1.simulations.map(Double.init) })
      let y = LogAxis(atLeast: 7, around: curves.flatMap(\.1.errors))
      func style(_ color: Int) -> String { "linewidth 1.5 linecolor rgb '\(Style.series(color))'" }
      let block = script.addBlock(
        groups: curves.map { curve in
          zip(curve.1.simulations, curve.1.errors).map { [Double($0), $1] }
        })
      script.add(Panel(left: 84, right: 540, bottom: 58, top: 384).commands(in: script))
      script.add(x.commands("x") + "\n" + y.commands("y"))
      script.addText(x.title("simulations"), x: 312, y: 16)
      script.addText(y.title("relative error of fresh rows"), x: 18, y: 221, rotated: true)
      Legend(entries: curves.map { .init(label: Label($0.0), line: style($0.2)) })
        .draw(x: 312, y: 402, in: &script)
      let goal = GnuplotScript.number(active.errors.last! / Double(y.unit)!)
      script.add(
        "set arrow from graph 0, first \(goal) to graph 1, first \(goal) nohead linewidth 1 "
          + "dashtype (8,6) linecolor rgb '\(Style.grey)'")
      script.add(
        "plot "
          + curves.enumerated().map { index, curve in
            "\(block) index \(index) using ($1/\(x.unit)):($2/\(y.unit)) with linespoints "
              + "pointtype 7 pointsize 0.9 \(style(curve.2))"
          }.joined(separator: ", "))
      return script
    }
  }

  private func validate() throws(PlottingError) {
    for (name, curve) in [("active", active), ("random", random)] {
      guard !curve.errors.isEmpty, curve.simulations.count == curve.errors.count,
        curve.simulations.allSatisfy({ $0 > 0 }), curve.errors.allSatisfy({ $0 > 0 && $0.isFinite })
      else {
        throw .invalidData(
          figure: "design",
          problem: "\(name) has \(curve.simulations.count) numbers of simulations and "
            + "\(curve.errors.count) errors; equal, above 0")
      }
    }
  }
}

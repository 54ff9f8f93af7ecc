import Foundation

/// How far a solver may be from the optimum, against time and against iterations, in the colours of its
/// phases.
public struct ConvergenceFigure: Figure {
  /// One algorithm's part of the way.
  public struct Phase: Sendable {
    public var name: String
    /// From the start of the whole, `[n]`, in ascending order.
    public var seconds: [Double]
    public var iterations: [Double]
    /// Objective minus its lower bound, relative to the objective, `[n]`; zero where rounding hides it.
    public var gaps: [Double]

    public init(name: String, seconds: [Double], iterations: [Double], gaps: [Double]) {
      (self.name, self.seconds) = (name, seconds)
      (self.iterations, self.gaps) = (iterations, gaps)
    }
  }

  public var phases: [Phase]
  /// The gap that was asked for.
  public var tolerance: Double?

  /// What is below the rounding of the objective is drawn there.
  private static let least = 1e-16
  /// Of each phase at most so many points are drawn, evenly chosen.
  private static let mostPoints = 1500

  public init(phases: [Phase], tolerance: Double? = nil) {
    (self.phases, self.tolerance) = (phases, tolerance)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: 940, height: 430)
      let gaps = phases.flatMap(\.gaps).filter(\.isFinite).map { max($0, Self.least) }
      let y = LogAxis(atLeast: 100, around: gaps + (tolerance.map { [$0] } ?? []))
      let panels = [
        (Panel(left: 92, right: 500, bottom: 58, top: 386), \Phase.seconds, "time [s]"),
        (Panel(left: 516, right: 924, bottom: 58, top: 386), \Phase.iterations, "iterations"),
      ]
      script.add("set multiplot")
      Legend(
        entries: phases.indices.map { index in
          .init(label: Label(phases[index].name), line: Self.line(index))
        }
      ).draw(x: 508, y: 408, in: &script)
      script.addText("relative duality gap", x: 20, y: 222, rotated: true)
      for (number, (panel, quantity, title)) in panels.enumerated() {
        let last = max(phases.flatMap { $0[keyPath: quantity] }.max()!, 1e-9)
        let x = Axis(low: -0.02 * last, high: 1.03 * last, maximumTicks: 7, offset: 0)
        script.add(panel.commands(in: script))
        script.add("set format y '%g'\n" + x.commands("x"))
        script.add(y.commands("y", labelled: number == 0))
        script.addText(x.title(Label(title)), x: (panel.left + panel.right) / 2, y: 18)
        let block = script.addBlock(
          groups: phases.map { phase in
            let step = max(1, phase.gaps.count / Self.mostPoints)
            return phase.gaps.indices.filter { $0 % step == 0 || $0 == phase.gaps.count - 1 }
              .map { [x(phase[keyPath: quantity][$0]), max(phase.gaps[$0], Self.least)] }
          })
        var elements = phases.indices.map { index in
          "\(block) index \(index) using 1:2 with linespoints pointtype 7 "
            + "pointsize \(phases[index].gaps.count > 60 ? 0.15 : 0.4) \(Self.line(index))"
        }
        if let tolerance {
          elements.append(
            "\(GnuplotScript.number(tolerance)) with lines linewidth 1 dashtype (8,6) "
              + "linecolor rgb '\(Style.grey)'")
        }
        script.add("plot " + elements.joined(separator: ", "))
        script.add("unset arrow")
        script.clearLabels()
      }
      script.add("unset multiplot")
      return script
    }
  }

  private static func line(_ index: Int) -> String {
    "linewidth 1.5 linecolor rgb '\(Style.series(index))'"
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "convergence", problem: problem)
    }
    for phase in phases {
      let counts = [phase.seconds.count, phase.iterations.count, phase.gaps.count]
      guard counts[0] == counts[1], counts[1] == counts[2], counts[0] > 0 else {
        throw fail(
          "\(phase.name) has \(counts[0]) times, \(counts[1]) iterations and \(counts[2]) gaps; "
            + "equal, at least 1")
      }
      for (name, values) in [("time", phase.seconds), ("iteration", phase.iterations)] {
        if let value = values.first(where: { !$0.isFinite || $0 < 0 }) {
          throw fail("a \(name) of \(phase.name) is \(value); 0 or more")
        }
      }
    }
    guard phases.contains(where: { $0.gaps.contains(where: \.isFinite) }) else {
      throw fail("no finite gap")
    }
    if let tolerance, !(tolerance > 0 && tolerance.isFinite) {
      throw fail("the tolerance is \(tolerance); above 0")
    }
  }
}

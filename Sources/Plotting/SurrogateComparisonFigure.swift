/// What was tried to learn a function: the error of each candidate on rows it had not seen, with one standard error,
/// and the time of its fit. The limit that the simplest may reach is dashed.
///
/// Reference: Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, §7.10.
public struct SurrogateComparisonFigure: Figure {
  public struct Candidate: Sendable {
    /// Method and settings.
    public var name: String
    public var error: Double
    public var standardError: Double
    public var fitSeconds: Double

    public init(name: String, error: Double, standardError: Double, fitSeconds: Double) {
      (self.name, self.error) = (name, error)
      (self.standardError, self.fitSeconds) = (standardError, fitSeconds)
    }
  }

  /// From top to bottom.
  public var candidates: [Candidate]
  /// Of the candidates.
  public var best: Int
  public var chosen: Int

  private static let pitch = 24.0
  /// Seconds: what took no time has a place on a logarithmic axis all the same.
  private static let leastTime = 1e-3

  public init(candidates: [Candidate], best: Int, chosen: Int) {
    (self.candidates, self.best, self.chosen) = (candidates, best, chosen)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let longest = candidates.map(\.name.count).max()!
      let left = 24 + 7.4 * Double(longest)
      let inner = Self.pitch * Double(candidates.count)
      var script = GnuplotScript(width: Int(left) + 680, height: Int(inner) + 110)
      let panels = [(0.0, 330.0), (350.0, 660.0)].map {
        Panel(left: left + $0.0, right: left + $0.1, bottom: 60, top: 60 + inner)
      }
      let errors = LogAxis(
        atLeast: 7,
        around: candidates.flatMap {
          [max($0.error - $0.standardError, 0.5 * $0.error), $0.error + $0.standardError]
        })
      let times = candidates.map { max($0.fitSeconds, Self.leastTime) }
      let seconds = LogAxis(atLeast: 10, around: times)
      let rows = candidates.enumerated().map { index, candidate in
        [
          candidate.error, Double(candidates.count - index), candidate.standardError,
          times[index],
        ]
      }
      let all = script.addBlock(groups: [rows])
      let marked = script.addBlock(groups: [[rows[best]], [rows[chosen]]])
      script.addText(
        "○ best     □ chosen", x: left + 175, y: 60 + inner + 24, size: Style.tickSize,
        color: Style.vermillion)
      script.add("set multiplot")
      let limit = candidates[best].error + candidates[best].standardError
      for (index, panel) in panels.enumerated() {
        let (axis, column) = index == 0 ? (errors, 1) : (seconds, 4)
        script.add(panel.commands(in: script))
        script.add(axis.commands("x"))
        script.add(
          "set yrange [0.4:\(Double(candidates.count) + 0.6)]\nset ytics scale 0 "
            + "(\(names(shown: index == 0)))\nset grid ytics linecolor rgb '\(Style.faint)'")
        script.addText(
          axis.title(index == 0 ? "relative error of rows left out" : "time of a fit [s]"),
          x: (panel.left + panel.right) / 2, y: 18)
        if index == 0 {
          let x = GnuplotScript.number(limit / Double(axis.unit)!)
          script.add(
            "set arrow from first \(x), graph 0 to first \(x), graph 1 nohead linewidth 1 "
              + "dashtype (8,6) linecolor rgb '\(Style.grey)'")
        }
        script.add("plot " + elements(all, marked, column, unit: axis.unit, bars: index == 0))
        script.clearLabels()
        script.add("unset arrow")
      }
      script.add("unset multiplot")
      return script
    }
  }

  private func names(shown: Bool) -> String {
    candidates.enumerated().map { index, candidate in
      "\(Label(shown ? candidate.name : "").quoted) \(candidates.count - index)"
    }.joined(separator: ", ")
  }

  private func elements(
    _ all: String, _ marked: String, _ column: Int, unit: String, bars: Bool
  ) -> String {
    let x = "($\(column)/\(unit))"
    let points =
      bars
      ? "\(all) using \(x):2:($3/\(unit)) with xerrorbars"
      : "\(all) using \(x):2 with points"
    let shapes = [(0, 6, 1.9), (1, 4, 2.5)].map { index, shape, size in
      "\(marked) index \(index) using \(x):2 with points pointtype \(shape) pointsize \(size) "
        + "linewidth 1.6 linecolor rgb '\(Style.vermillion)'"
    }
    return
      ([
        points + " pointtype 7 pointsize 0.7 linewidth 1.4 linecolor rgb '\(Style.blue)'"
      ] + shapes).joined(separator: ", ")
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "surrogates", problem: problem)
    }
    guard candidates.indices.contains(best), candidates.indices.contains(chosen) else {
      throw fail("\(best) and \(chosen) are not among \(candidates.count) candidates")
    }
    for candidate in candidates {
      guard candidate.error > 0, candidate.error.isFinite else {
        throw fail("the error of '\(candidate.name)' is \(candidate.error); it must be above 0")
      }
      guard candidate.standardError >= 0, candidate.standardError.isFinite,
        candidate.fitSeconds >= 0, candidate.fitSeconds.isFinite
      else { throw fail("'\(candidate.name)' has a negative or infinite standard error or time") }
    }
  }
}

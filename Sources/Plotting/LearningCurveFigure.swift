/// The error of a surrogate after training on more and more rows.
///
/// On logarithmic axes an error that falls as a power of the rows is a straight line: whether more of them would pay.
public struct LearningCurveFigure: Figure {
  /// `[n]`, above 0.
  public var rows: [Int]
  /// Of rows left out, relative, `[n]`.
  public var errors: [Double]

  public init(rows: [Int], errors: [Double]) { (self.rows, self.errors) = (rows, errors) }

  public var script: GnuplotScript {
    get throws {
      guard !rows.isEmpty, rows.count == errors.count, rows.allSatisfy({ $0 > 0 }),
        errors.allSatisfy({ $0 > 0 && $0.isFinite })
      else {
        throw PlottingError.invalidData(
          figure: "learning curve",
          problem: "\(rows.count) numbers of rows and \(errors.count) errors; equal, above 0")
      }
      var script = GnuplotScript(width: 560, height: 400)
      let x = LogAxis(atLeast: 7, around: rows.map(Double.init))
      let y = LogAxis(atLeast: 7, around: errors)
      let block = script.addBlock(columns: [rows.map(Double.init), errors])
      script.add(Panel(left: 84, right: 540, bottom: 58, top: 384).commands(in: script))
      script.add(x.commands("x") + "\n" + y.commands("y"))
      script.addText(x.title("rows trained on"), x: 312, y: 16)
      script.addText(y.title("relative error of rows left out"), x: 18, y: 221, rotated: true)
      script.add(
        "plot \(block) using ($1/\(x.unit)):($2/\(y.unit)) with linespoints pointtype 7 "
          + "pointsize 0.9 linewidth 1.5 linecolor rgb '\(Style.blue)'")
      return script
    }
  }
}

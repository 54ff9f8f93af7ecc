import Foundation

/// What the penalty of a sparse spectrum does: the size of each frequency along the path of λ, how many
/// there are, and what chose λ.
public struct LassoPathFigure: Figure {
  /// One frequency, or peak of neighbours.
  public struct Line: Sendable {
    public var label: Label
    /// At each λ, `[n]`.
    public var sizes: [Double]

    public init(label: Label, sizes: [Double]) { (self.label, self.sizes) = (label, sizes) }
  }

  /// Descending, above 0, `[n]`.
  public var penalties: [Double]
  /// Those with a label, in colours.
  public var lines: [Line]
  /// All others, in grey.
  public var others: [[Double]]
  /// Number of frequencies at each λ.
  public var counts: [Int]
  /// The λ taken, and by what.
  public var chosen: (penalty: Double, label: Label)?
  public var sizeLabel: Label

  public init(
    penalties: [Double], lines: [Line], others: [[Double]], counts: [Int],
    chosen: (penalty: Double, label: Label)? = nil, sizeLabel: Label = "amplitude"
  ) {
    (self.penalties, self.lines, self.others) = (penalties, lines, others)
    (self.counts, self.chosen, self.sizeLabel) = (counts, chosen, sizeLabel)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: 764, height: 500)
      let x = LogAxis(atLeast: 2, around: penalties + (chosen.map { [$0.penalty] } ?? []))
      let sizes = (lines.map(\.sizes) + others).joined()
      let most = max(sizes.max() ?? 0, 1e-300)
      let y = Axis(low: -0.03 * most, high: 1.08 * most, maximumTicks: 6, offset: 0)
      let count = Axis(
        low: 0, high: 1.15 * Double(max(4, counts.max()!)), maximumTicks: 4, offset: 0)
      script.add("set multiplot")
      let legend = lines.enumerated().map { index, line in
        Legend.Entry(
          label: line.label, line: "linewidth 2 linecolor rgb '\(Style.series(index))'")
      }
      Legend(entries: legend).draw(x: 410, y: 480, in: &script)

      let upper = Panel(left: 84, right: 740, bottom: 182, top: 460)
      script.add(upper.commands(in: script))
      script.add("set format x ''\n" + x.commands("x", labelled: false) + "\n" + y.commands("y"))
      script.addText(y.title(sizeLabel), x: 18, y: 321, rotated: true)
      var elements: [String] = []
      for (index, values) in (others + lines.map(\.sizes)).enumerated() {
        let block = block(values, x, y, in: &script)
        let named = index - others.count
        let color = named < 0 ? Style.faint : Style.series(named)
        elements.append(
          "\(block) using 1:2 with lines linewidth \(named < 0 ? 1 : 2) linecolor rgb '\(color)'")
      }
      addChosen(x, isLabelled: true, in: &script)
      script.add("plot " + elements.joined(separator: ", "))
      script.clearLabels()
      script.add("unset arrow")

      let lower = Panel(left: 84, right: 740, bottom: 60, top: 170)
      script.add(lower.commands(in: script))
      script.add(x.commands("x") + "\n" + count.commands("y"))
      script.addText(x.title("λ"), x: 412, y: 18)
      script.addText("frequencies", x: 18, y: 115, rotated: true)
      addChosen(x, isLabelled: false, in: &script)
      let steps = block(counts.map(Double.init), x, count, in: &script)
      script.add("plot \(steps) using 1:2 with steps linewidth 1.5 linecolor rgb '\(Style.ink)'")
      script.add("unset multiplot")
      return script
    }
  }

  private func block(
    _ values: [Double], _ x: LogAxis, _ y: Axis, in script: inout GnuplotScript
  ) -> String {
    let unit = Double(x.unit)!
    return script.addBlock(groups: [zip(penalties, values).map { [$0 / unit, y($1)] }])
  }

  private func addChosen(_ x: LogAxis, isLabelled: Bool, in script: inout GnuplotScript) {
    guard let chosen else { return }
    let place = GnuplotScript.number(chosen.penalty / Double(x.unit)!)
    script.add(
      """
      set arrow from \(place),graph 0 to \(place),graph 1 nohead linewidth 1.2 dashtype (8,6) \
      linecolor rgb '\(Style.vermillion)'
      """)
    if isLabelled {
      script.add(
        """
        set label \(chosen.label.quoted) at \(place),graph 0.94 left offset 0.6,0 front \
        font ',10' textcolor rgb '\(Style.vermillion)'
        """)
    }
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "LASSO path", problem: problem)
    }
    guard penalties.count >= 2, penalties.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw fail("\(penalties.count) penalties; at least 2, above 0")
    }
    guard counts.count == penalties.count else {
      throw fail("\(counts.count) counts for \(penalties.count) penalties; equal")
    }
    for values in lines.map(\.sizes) + others {
      guard values.count == penalties.count, values.allSatisfy(\.isFinite) else {
        throw fail("\(values.count) sizes for \(penalties.count) penalties; equal, finite")
      }
    }
  }
}

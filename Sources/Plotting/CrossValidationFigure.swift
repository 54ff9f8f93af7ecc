import Foundation

/// The held-out χ² of each pair of regularisation parameters, λ of l1 and μ of squared variation: a map of
/// what each loses against the best, or a curve with one standard error where only one of the two varies.
///
/// Reference: Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, §7.10.
public struct CrossValidationFigure: Figure {
  /// A place on the grid.
  public struct Place: Sendable, Equatable {
    public var l1: Int
    public var tsv: Int

    public init(l1: Int, tsv: Int) { (self.l1, self.tsv) = (l1, tsv) }
  }

  /// λ and μ, ascending or descending; zero is allowed.
  public var l1: [Double]
  public var tsv: [Double]
  /// Mean over the folds, `[tsv][l1]`; not finite where there is none.
  public var scores: [[Double]]
  /// Standard error of each mean, `[tsv][l1]`.
  public var standardErrors: [[Double]]
  /// What the one-standard-error rule takes.
  public var chosen: Place
  public var label: Label = "held-out χ² per datum"
  public var l1Title = Label(markup: "λ of {/:Italic l}_1 [Jy^{−1}]")
  public var tsvTitle = Label(markup: "μ of squared variation [Jy^{−2}]")
  public var l1Symbol = "λ"
  public var tsvSymbol = "μ"

  public init(
    l1: [Double], tsv: [Double], scores: [[Double]], standardErrors: [[Double]], chosen: Place
  ) {
    (self.l1, self.tsv, self.scores) = (l1, tsv, scores)
    (self.standardErrors, self.chosen) = (standardErrors, chosen)
  }

  /// Where the score is least.
  public var minimum: Place {
    let places = tsv.indices.flatMap { row in l1.indices.map { Place(l1: $0, tsv: row) } }
    return places.filter { self[$0].isFinite }.min { self[$0] < self[$1] } ?? Place(l1: 0, tsv: 0)
  }

  private subscript(place: Place) -> Double { scores[place.tsv][place.l1] }

  public var script: GnuplotScript {
    get throws {
      try validate()
      return tsv.count > 1 && l1.count > 1 ? map : curve
    }
  }

  // MARK: Two parameters

  private var map: GnuplotScript {
    var script = GnuplotScript(width: 760, height: 590)
    let panel = Panel(left: 84, right: 640, bottom: 62, top: 524)
    let color = LogAxis(atLeast: 1.001, around: losses.joined().filter(\.isFinite))
    let cells = tsv.indices.flatMap { row in
      l1.indices.map { [Double($0), Double(row), losses[row][$0]] }
    }
    let block = script.addBlock(groups: [cells])
    script.add(panel.commands(in: script))
    script.add(
      """
      set palette defined (0 '#440154', 0.25 '#3e4a89', 0.5 '#26828e', 0.75 '#35b779', 1 '#fde725')
      \(color.commands("cb"))
      set cbtics scale 0.6
      set colorbox user origin screen \(GnuplotScript.number((panel.right + 14) / 760)),\
      screen \(GnuplotScript.number(panel.bottom / 590)) \
      size screen \(GnuplotScript.number(14.0 / 760)),\
      screen \(GnuplotScript.number((panel.top - panel.bottom) / 590)) border
      set object 1 rectangle from graph 0,0 to graph 1,1 behind fillcolor rgb '\(Style.faint)' \
      fillstyle solid noborder
      \(Self.ticks(l1, letter: "x"))
      \(Self.ticks(tsv, letter: "y"))
      """)
    script.addText(l1Title, x: 362, y: 20)
    script.addText(tsvTitle, x: 20, y: 293, rotated: true)
    script.addText(color.title(lossLabel), x: panel.right + 98, y: 293, rotated: true)
    addNumbers(in: &script)
    mark(minimum, shape: "ellipse", size: 0.72, in: &script)
    mark(chosen, shape: "rectangle", size: 0.86, in: &script)
    script.addText(Label(markup: "○ " + description(minimum, "minimum").markup), x: 362, y: 566)
    script.addText(
      Label(markup: "□ " + description(chosen, "one standard error").markup), x: 362, y: 544)
    script.add("plot \(block) using 1:2:($3/\(color.unit)) with image")
    return script
  }

  /// A number in each cell where there is room.
  private func addNumbers(in script: inout GnuplotScript) {
    guard l1.count <= 10, tsv.count <= 14 else { return }
    let least = self[minimum]
    for (row, values) in scores.enumerated() {
      for (column, value) in values.enumerated() where value.isFinite {
        let loss = value - least
        let text =
          loss == 0
          ? "0"
          : loss < 1e4 && loss >= 1e-4
            ? "+" + Decimal10.fixed(loss, decimals: Decimal10.decimals(for: loss, digits: 2))
            : String(format: "+%.0e", loss)
        script.add(
          """
          set label \(Label(text).quoted) at first \(column),\(row) center front \
          font ',9' textcolor rgb '\(isDark(losses[row][column]) ? "#ffffff" : Style.ink)'
          """)
      }
    }
  }

  /// Within the edges of a cell.
  private func mark(_ place: Place, shape: String, size: Double, in script: inout GnuplotScript) {
    script.add(
      """
      set object \(shape) center first \(place.l1),\(place.tsv) size first \(size),\(size) front \
      fillstyle empty border linecolor rgb '\(isDark(losses[place.tsv][place.l1]) ? "#ffffff" : Style.ink)' \
      linewidth 2
      """)
  }

  /// By how much each score is above the least, `[tsv][l1]`; no less than the smallest of these that is not
  /// zero.
  private var losses: [[Double]] {
    let least = self[minimum]
    let above = scores.joined().map { $0 - least }.filter { $0.isFinite && $0 > 0 }
    let floor = above.min() ?? 1
    return scores.map { $0.map { $0.isFinite ? max(floor, $0 - least) : .nan } }
  }

  private var lossLabel: Label { Label(markup: label.markup + " above the least") }

  /// In the lower half of the colours.
  private func isDark(_ value: Double) -> Bool {
    let finite = losses.joined().filter(\.isFinite)
    let (low, high) = (finite.min() ?? 1, finite.max() ?? 1)
    let isLogarithmic = high / low >= 6
    return isLogarithmic ? value * value < low * high : 2 * value < low + high
  }

  // MARK: One parameter

  private var curve: GnuplotScript {
    var script = GnuplotScript(width: 680, height: 450)
    let isL1 = l1.count > 1
    let values = isL1 ? l1 : tsv
    let indices = values.indices.sorted { values[$0] < values[$1] }
    let rows = indices.enumerated().map { position, index in
      let place = isL1 ? Place(l1: index, tsv: 0) : Place(l1: 0, tsv: index)
      return (position: position, place: place)
    }
    let shown = rows.filter { self[$0.place].isFinite }
    func error(_ place: Place) -> Double {
      let value = standardErrors[place.tsv][place.l1]
      return value.isFinite ? value : 0
    }
    let y = LogAxis(
      atLeast: 1.001,
      around: shown.flatMap { row -> [Double] in
        let (value, bar) = (self[row.place], error(row.place))
        return [max(value - bar, 0.3 * value), value + bar]
      })
    let block = script.addBlock(
      groups: [shown.map { [Double($0.position), self[$0.place], error($0.place)] }])
    let places = script.addBlock(
      groups: [minimum, chosen].map { place in
        rows.filter { $0.place == place }.map { [Double($0.position), self[place]] }
      })
    let limit = self[minimum] + error(minimum)
    script.add(Panel(left: 92, right: 660, bottom: 62, top: 386).commands(in: script))
    script.add(
      "set format y '%g'\n" + y.commands() + "\n"
        + Self.ticks(indices.map { values[$0] }, letter: "x"))
    script.addText(isL1 ? l1Title : tsvTitle, x: 376, y: 20)
    script.addText(y.title(label), x: 20, y: 224, rotated: true)
    script.addText(Label(markup: "○ " + description(minimum, "minimum").markup), x: 376, y: 428)
    script.addText(
      Label(markup: "□ " + description(chosen, "one standard error").markup), x: 376, y: 406)
    script.add(
      """
      plot \(GnuplotScript.number(limit))/\(y.unit) with lines dashtype (8,6) linewidth 1 \
      linecolor rgb '\(Style.grey)', \
      \(block) using 1:($2/\(y.unit)):($3/\(y.unit)) with yerrorbars pointtype 7 pointsize 0.5 \
      linewidth 1.2 linecolor rgb '\(Style.blue)', \
      \(block) using 1:($2/\(y.unit)) with lines linewidth 1.2 linecolor rgb '\(Style.blue)', \
      \(places) index 0 using 1:($2/\(y.unit)) with points pointtype 6 pointsize 1.8 \
      linewidth 1.6 linecolor rgb '\(Style.vermillion)', \
      \(places) index 1 using 1:($2/\(y.unit)) with points pointtype 4 pointsize 2.4 \
      linewidth 1.6 linecolor rgb '\(Style.vermillion)'
      """)
    return script
  }

  // MARK: Text

  /// Ticks at the places 0, 1, 2, ..., labelled by the values there, and the range of an axis.
  private static func ticks(_ values: [Double], letter: String) -> String {
    let step = letter == "x" ? (values.count - 1) / 10 + 1 : (values.count - 1) / 20 + 1
    let ticks = values.indices.filter { $0 % step == 0 }.map { index in
      "\(Label(markup: power(values[index])).quoted) \(index)"
    }
    return """
      set \(letter)range [-0.5:\(Double(values.count) - 0.5)]
      set \(letter)tics (\(ticks.joined(separator: ", "))) scale 0
      unset m\(letter)tics
      """
  }

  private static func power(_ value: Double) -> String {
    value == 0 ? "0" : "10^{\(Decimal10.fixed(log10(value), decimals: 1))}"
  }

  /// Such as `minimum: 1.02 ± 0.01 at λ = 10^5.1, μ = 10^4.9`.
  private func description(_ place: Place, _ name: String) -> Label {
    let error = standardErrors[place.tsv][place.l1]
    let shown = Decimal10.decimals(for: error)
    var text = "\(name): \(Decimal10.fixed(self[place], decimals: shown))"
    if error.isFinite { text += " ± \(Decimal10.fixed(error, decimals: shown))" }
    text += " at \(l1Symbol) = \(Self.power(l1[place.l1]))"
    if tsv != [0] { text += ", \(tsvSymbol) = \(Self.power(tsv[place.tsv]))" }
    return Label(markup: text)
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "cross-validation", problem: problem)
    }
    guard !l1.isEmpty, !tsv.isEmpty else {
      throw fail("\(l1.count) values of λ and \(tsv.count) of μ; at least one of each")
    }
    for (name, values) in [("λ", l1), ("μ", tsv)] {
      if let value = values.first(where: { !($0 >= 0 && $0.isFinite) }) {
        throw fail("a value of \(name) is \(value); 0 or more")
      }
    }
    for (name, grid) in [("scores", scores), ("standard errors", standardErrors)] {
      guard grid.count == tsv.count, grid.allSatisfy({ $0.count == l1.count }) else {
        throw fail(
          "\(grid.count) rows of \(grid.first?.count ?? 0) \(name); \(tsv.count) of \(l1.count)")
      }
    }
    guard let least = scores.joined().filter(\.isFinite).min(), least > 0 else {
      throw fail("no finite score, or one that is not above 0")
    }
    guard l1.indices.contains(chosen.l1), tsv.indices.contains(chosen.tsv), self[chosen].isFinite
    else { throw fail("the chosen place \(chosen.l1), \(chosen.tsv) has no score") }
  }
}

import Foundation

/// Light curves folded at their periods, one panel each: what is left of the data when all else that the
/// model knows is taken away, twice around, with the model.
public struct FoldedCurveFigure: Figure {
  /// One period.
  public struct Fold: Sendable {
    public var title: Label
    /// Of each band: phases in cycles, values and errors, `[n]`.
    public var bands: [(label: String, phases: [Double], values: [Double], errors: [Double])]
    /// Of each band over phases from 0 to 1 in equal steps, ends included, `[k]`; empty for none.
    public var models: [[Double]]

    public init(
      title: Label,
      bands: [(label: String, phases: [Double], values: [Double], errors: [Double])],
      models: [[Double]] = []
    ) {
      (self.title, self.bands, self.models) = (title, bands, models)
    }
  }

  public var folds: [Fold]
  /// Brighter is up: the axis of magnitudes is inverted.
  public var isMagnitude: Bool
  public var valueLabel: Label

  private static let (panelWidth, panelHeight) = (396.0, 236.0)
  private static let (left, bottom, gapX, gapY, top) = (84.0, 58.0, 78.0, 44.0, 56.0)
  /// Of one band, evenly chosen.
  private static let mostPoints = 6000

  public init(folds: [Fold], isMagnitude: Bool = true, valueLabel: Label? = nil) {
    (self.folds, self.isMagnitude) = (folds, isMagnitude)
    self.valueLabel = valueLabel ?? (isMagnitude ? "magnitude" : "flux")
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let columns = min(2, folds.count)
      let rows = (folds.count + columns - 1) / columns
      let width =
        Self.left + Double(columns) * Self.panelWidth + Double(columns - 1) * Self.gapX + 22
      let height =
        Self.bottom + Double(rows) * Self.panelHeight + Double(rows - 1) * Self.gapY + Self.top
      var script = GnuplotScript(width: Int(width), height: Int(height))
      script.add("set multiplot")
      let labels = folds[0].bands.map(\.label)
      if labels.count > 1 {
        Legend(
          entries: labels.enumerated().map { index, label in
            .init(
              label: Label(label), line: "linewidth 3 linecolor rgb '\(Style.series(index))'")
          }
        ).draw(x: width / 2, y: height - 14, in: &script)
      }
      for (number, fold) in folds.enumerated() {
        let (column, row) = (number % columns, rows - 1 - number / columns)
        let low = Self.bottom + Double(row) * (Self.panelHeight + Self.gapY)
        let start = Self.left + Double(column) * (Self.panelWidth + Self.gapX)
        let panel = Panel(
          left: start, right: start + Self.panelWidth, bottom: low, top: low + Self.panelHeight)
        let isLast = number + columns >= folds.count
        draw(fold, on: panel, isLast: isLast, isFirst: column == 0, in: &script)
      }
      script.add("unset multiplot")
      return script
    }
  }

  private func draw(
    _ fold: Fold, on panel: Panel, isLast: Bool, isFirst: Bool, in script: inout GnuplotScript
  ) {
    let y = axis(of: fold)
    script.add(panel.commands(in: script))
    script.add(
      Axis(low: 0, high: 2, maximumTicks: 6, offset: 0).commands("x", labelled: isLast))
    script.add(y.commands("y", inverted: isMagnitude))
    script.addText(fold.title, x: (panel.left + panel.right) / 2, y: panel.top + 14)
    if isLast { script.addText("phase", x: (panel.left + panel.right) / 2, y: panel.bottom - 38) }
    if isFirst {
      script.addText(
        y.title(valueLabel), x: 18, y: (panel.bottom + panel.top) / 2, rotated: true)
    }
    var elements: [String] = []
    for (index, band) in fold.bands.enumerated() {
      let step = max(1, band.phases.count / Self.mostPoints)
      let points = band.phases.indices.filter { $0 % step == 0 }.flatMap { k in
        let phase = band.phases[k] - band.phases[k].rounded(.down)
        return [0.0, 1].map { [phase + $0, y(band.values[k]), (y(band.errors[k] + y.offset))] }
      }
      let block = script.addBlock(groups: [points])
      if band.phases.count <= 1500 {
        elements.append(
          "\(block) using 1:2:3 with yerrorbars pointtype 0 linewidth 0.8 "
            + "linecolor rgb '\(Style.tint(index))'")
      }
      elements.append(
        "\(block) using 1:2 with points pointtype 7 "
          + "pointsize \(band.phases.count > 400 ? 0.25 : 0.45) "
          + "linecolor rgb '\(Style.series(index))'")
    }
    for model in fold.models {
      let last = Double(model.count - 1)
      let curve = [0.0, 1].flatMap { turn in
        model.enumerated().map { [turn + Double($0) / last, y($1)] }
      }
      let block = script.addBlock(groups: [curve])
      elements.append(
        "\(block) using 1:2 with lines linewidth 1.5 linecolor rgb '\(Style.ink)'")
    }
    script.add("plot " + elements.joined(separator: ", "))
    script.clearLabels()
    script.add("unset arrow")
  }

  /// Around the model and the bulk of the points: wild ones are cut by the frame.
  private func axis(of fold: Fold) -> Axis {
    let values = fold.bands.flatMap(\.values).sorted()
    let tail = values.count < 100 ? 0 : values.count / 200
    let bounds = [values[tail], values[values.count - 1 - tail]] + fold.models.joined()
    let (low, high) = (bounds.min()!, bounds.max()!)
    let margin = high > low ? 0.12 * (high - low) : max(abs(low) * 1e-3, 1e-3)
    return Axis(low: low - margin, high: high + margin, maximumTicks: 6)
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "folded curve", problem: problem)
    }
    guard !folds.isEmpty else { throw fail("no period") }
    for fold in folds {
      guard fold.bands.contains(where: { !$0.phases.isEmpty }) else { throw fail("no data") }
      for band in fold.bands {
        guard band.phases.count == band.values.count, band.phases.count == band.errors.count else {
          throw fail(
            "\(band.label) has \(band.phases.count) phases, \(band.values.count) values, "
              + "\(band.errors.count) errors; the numbers must agree")
        }
        guard (band.phases + band.values + band.errors).allSatisfy(\.isFinite) else {
          throw fail("\(band.label) holds a number that is not finite")
        }
      }
      guard fold.models.allSatisfy({ $0.count >= 2 && $0.allSatisfy(\.isFinite) }) else {
        throw fail("a model of fewer than 2 points, or not finite")
      }
    }
  }
}

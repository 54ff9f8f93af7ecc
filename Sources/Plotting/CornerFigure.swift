import Foundation

/// Marginal distributions of posterior samples: histograms on the diagonal with the median and the
/// 16–84 % interval, and below it the smallest regions that hold 39.3 % and 86.5 % of the samples, which
/// are 1 and 2 sigma of a Gaussian in two dimensions.
///
/// Axes cover the central 99 % of each parameter. Dots show samples outside the regions.
public struct CornerFigure: Figure {
  /// Parameter names, 2 to 10; they appear as ``Label/symbol(for:)`` says unless `labels` has them.
  public var names: [String]
  /// Samples `[parameters][n]`.
  public var columns: [[Double]]
  /// Weights `[n]`, equal when nil.
  public var weights: [Double]?
  /// Values to mark, by parameter name.
  public var references: [String: Double]
  /// What the reference values are, for the legend.
  public var referenceName: String?
  /// Labels that replace the customary symbols, by parameter name.
  public var labels: [String: Label] = [:]
  /// Units, by parameter name, for the axes.
  public var units: [String: String] = [:]

  /// Masses of the two-dimensional regions: 1 − exp(−k²/2) for k = 1, 2.
  public static let regionMasses = [1 - exp(-0.5), 1 - exp(-2.0)]
  private static let maximumDots = 1500

  public init(
    names: [String], columns: [[Double]], weights: [Double]? = nil,
    references: [String: Double] = [:], referenceName: String? = nil
  ) {
    (self.names, self.columns, self.weights) = (names, columns, weights)
    (self.references, self.referenceName) = (references, referenceName)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let layout = Layout(parameters: names.count)
      var script = GnuplotScript(width: layout.side, height: layout.side)
      let marginals = names.indices.map { index in
        Marginal(
          values: columns[index], weights: weights, label: label(of: index),
          reference: references[names[index]], layout: layout)
      }
      let dots = dotIndices()
      let titleWidth = marginals.map { layout.width(ofTitle: $0, stacked: false) }.max() ?? 0
      let isTitleStacked = titleWidth > layout.panelSide
      script.add("set multiplot")
      script.add("set tics \(layout.ticks)")
      for row in names.indices {
        for column in 0...row {
          script.add(layout.panel(row: row, column: column).commands(in: script))
          if column == row {
            addTitle(marginals[row], at: row, stacked: isTitleStacked, layout, in: &script)
            drawHistogram(marginals[row], at: row, layout, in: &script)
          } else {
            let (x, y) = (marginals[column], marginals[row])
            drawRegions(x, y, row: row, column: column, dots: dots, layout, in: &script)
          }
          script.clearLabels()
        }
      }
      drawLegend(layout, in: &script)
      script.add("unset multiplot")
      return script
    }
  }

  private func label(of index: Int) -> Label {
    labels[names[index]] ?? Label.symbol(for: names[index])
  }

  // MARK: Panels

  private func drawHistogram(
    _ marginal: Marginal, at index: Int, _ layout: Layout, in script: inout GnuplotScript
  ) {
    let axis = marginal.axis
    let histogram = marginal.histogram(weights: weights)
    let peak = max(histogram.map(\.height).max() ?? 1, .leastNormalMagnitude)
    let corners = histogram.flatMap { bin in
      [[axis(bin.low), bin.height / peak], [axis(bin.high), bin.height / peak]]
    }
    let block = script.addBlock(groups: [corners])
    let isLast = index == names.count - 1
    script.add(axis.commands("x", labelled: isLast))
    script.add("set yrange [0:1.12]\nunset ytics\nunset arrow")
    // The SVG terminal starts a new dash pattern only where the width changes, too.
    for (value, line) in zip(marginal.quantiles, [(2, 0.8), (1, 1.1), (2, 0.8)]) {
      let (dash, width) = line
      addLine(x: axis(value), color: Style.ink, dash: dash, width: width, in: &script)
    }
    if let reference = marginal.reference {
      addLine(x: axis(reference), color: Style.vermillion, dash: 1, width: 1.4, in: &script)
    }
    let panel = layout.panel(row: index, column: index)
    if isLast { addAxisTitle(index, axis, panel: panel, vertical: false, layout, in: &script) }
    script.add(
      """
      plot \(block) using 1:2 with filledcurves y1=0 fillcolor rgb '\(Style.regions[0])' \
      fillstyle solid noborder, \(block) using 1:2 with lines linewidth 1.3 \
      linecolor rgb '\(Style.blue)'
      set ytics mirror \(layout.ticks)
      """)
  }

  private func drawRegions(
    _ x: Marginal, _ y: Marginal, row: Int, column: Int, dots: [Int], _ layout: Layout,
    in script: inout GnuplotScript
  ) {
    let grid = DensityGrid(
      x: x.values, y: y.values, weights: weights, xRange: x.gridRange, yRange: y.gridRange)
    // Contours never cross, so painting from the largest to the smallest loop is exact.
    let loops = Self.regionMasses.reversed().enumerated().flatMap { order, fraction in
      grid.contours(at: grid.level(enclosing: fraction)).map { loop in
        let inside = loop.signedArea > 0 ? order : order - 1
        return (loop: loop, color: inside < 0 ? "#ffffff" : Style.regions[inside])
      }
    }.sorted { abs($0.loop.signedArea) > abs($1.loop.signedArea) }
    let outer = grid.level(enclosing: Self.regionMasses[1])
    let outside = dots.filter { grid.value(x: x.values[$0], y: y.values[$0]) < outer }

    let isLast = row == names.count - 1
    script.add(x.axis.commands("x", labelled: isLast))
    script.add(y.axis.commands("y", labelled: column == 0))
    script.add("unset arrow")
    if let reference = x.reference {
      addLine(x: x.axis(reference), color: Style.vermillion, dash: 1, width: 1.2, in: &script)
    }
    if let reference = y.reference {
      addLine(y: y.axis(reference), color: Style.vermillion, dash: 1, width: 1.2, in: &script)
    }
    let panel = layout.panel(row: row, column: column)
    if isLast { addAxisTitle(column, x.axis, panel: panel, vertical: false, layout, in: &script) }
    if column == 0 { addAxisTitle(row, y.axis, panel: panel, vertical: true, layout, in: &script) }

    var elements: [String] = []
    if !outside.isEmpty {
      let rows = outside.map { [x.axis(x.values[$0]), y.axis(y.values[$0])] }
      let block = script.addBlock(groups: [rows])
      elements.append(
        "\(block) with points pointtype 7 pointsize 0.12 linecolor rgb '#9fb4c2'")
    }
    if !loops.isEmpty {
      let groups = loops.map { loop, _ in
        zip(loop.x, loop.y).map { [x.axis($0), y.axis($1)] }
      }
      let block = script.addBlock(groups: groups)
      for (index, loop) in loops.enumerated() {
        elements.append(
          """
          \(block) index \(index) with filledcurves closed fillcolor rgb '\(loop.color)' \
          fillstyle solid noborder
          """)
      }
      elements.append("\(block) with lines linewidth 0.8 linecolor rgb '\(Style.blue)'")
    }
    script.add("plot " + (elements.isEmpty ? "NaN" : elements.joined(separator: ", ")))
  }

  private func addLine(
    x: Double, color: String, dash: Int, width: Double, in script: inout GnuplotScript
  ) {
    let place = GnuplotScript.number(x)
    addLine(
      from: "first \(place),graph 0", to: "first \(place),graph 1", color, dash, width, &script)
  }

  private func addLine(
    y: Double, color: String, dash: Int, width: Double, in script: inout GnuplotScript
  ) {
    let place = GnuplotScript.number(y)
    addLine(
      from: "graph 0,first \(place)", to: "graph 1,first \(place)", color, dash, width, &script)
  }

  private func addLine(
    from start: String, to end: String, _ color: String, _ dash: Int, _ width: Double,
    _ script: inout GnuplotScript
  ) {
    script.add(
      """
      set arrow from \(start) to \(end) nohead front linewidth \(width) \
      linecolor rgb '\(color)' dashtype \(dash == 1 ? "solid" : "2")
      """)
  }

  private func addTitle(
    _ marginal: Marginal, at index: Int, stacked: Bool, _ layout: Layout,
    in script: inout GnuplotScript
  ) {
    let panel = layout.panel(row: index, column: index)
    let centre = (panel.left + panel.right) / 2
    let name = marginal.summaryName
    let size = layout.titleSize
    let value = stacked ? marginal.median : "\(name.markup) = \(marginal.median)"
    // The errors hang on a seam, because not every output format can stack text itself.
    let errors = layout.width(ofErrors: marginal)
    let seam = centre + (layout.width(ofTitle: marginal, stacked: stacked) - 2 * errors) / 2
    let y = panel.top + 13
    script.addText(Label(markup: value), x: seam, y: y, size: size, anchor: "right")
    for (text, shift) in [(marginal.upperError, 6.0), (marginal.lowerError, -5.0)] {
      script.addText(
        Label(text), x: seam + 2, y: y + shift, size: layout.errorSize, anchor: "left")
    }
    if stacked { script.addText(name, x: centre, y: y + 21, size: size) }
  }

  private func addAxisTitle(
    _ index: Int, _ axis: Axis, panel: Panel, vertical: Bool, _ layout: Layout,
    in script: inout GnuplotScript
  ) {
    let title = axis.title(label(of: index), unit: units[names[index]])
    if vertical {
      let middle = (panel.bottom + panel.top) / 2
      script.addText(title, x: 16, y: middle, size: layout.labelSize, rotated: true)
    } else {
      let middle = (panel.left + panel.right) / 2
      script.addText(title, x: middle, y: 16, size: layout.labelSize)
    }
  }

  private func drawLegend(_ layout: Layout, in script: inout GnuplotScript) {
    let panel = layout.legendPanel
    script.add(panel.commands(in: script))
    script.add("unset border\nunset tics\nunset arrow\nset xrange [0:1]\nset yrange [0:1]")
    script.add(
      "set key at graph 1,graph 1 right top Left reverse samplen 2.2 spacing 1.25 "
        + "font ',\(layout.legendSize)' textcolor rgb '\(Style.ink)'")
    var entries = [(1, "39 %"), (0, "86 %")].map { fill, text in
      """
      NaN with filledcurves y1=0 fillcolor rgb '\(Style.regions[fill])' fillstyle solid \
      border linecolor rgb '\(Style.blue)' title '\(text) of the samples'
      """
    }
    entries += ["NaN with lines linecolor rgb '\(Style.ink)' linewidth 0.9 title 'median'"]
    entries += [
      "NaN with lines linecolor rgb '\(Style.ink)' linewidth 0.9 dashtype 2 title '16–84 %'"
    ]
    if names.contains(where: { references[$0] != nil }) {
      let title = Label(referenceName ?? "reference").quoted
      entries += [
        "NaN with lines linecolor rgb '\(Style.vermillion)' linewidth 1.4 title \(title)"
      ]
    }
    script.add("plot " + entries.joined(separator: ", "))
  }

  // MARK: Samples

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "corner", problem: problem)
    }
    guard (2...10).contains(names.count) else {
      throw fail("\(names.count) parameters; 2 to 10 can be drawn")
    }
    guard columns.count == names.count else {
      throw fail("\(names.count) names but \(columns.count) columns of samples")
    }
    for (name, column) in zip(names, columns) {
      guard column.count == columns[0].count, column.count >= 2 else {
        throw fail("\(name) has \(column.count) samples, \(names[0]) has \(columns[0].count)")
      }
      if let row = column.firstIndex(where: { !$0.isFinite }) {
        throw fail("\(name), sample \(row): \(column[row]) is not finite")
      }
    }
    guard let weights else { return }
    guard weights.count == columns[0].count else {
      throw fail("\(weights.count) weights for \(columns[0].count) samples")
    }
    if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw fail("weight of sample \(row) is \(weights[row]); weights are finite and not negative")
    }
    guard weights.contains(where: { $0 > 0 }) else { throw fail("all weights are zero") }
  }

  /// Samples to show as dots: evenly spread in the order given, or by their weights.
  private func dotIndices() -> [Int] {
    let count = columns[0].count
    let wanted = min(count, Self.maximumDots)
    guard let weights else { return (0..<wanted).map { $0 * count / wanted } }
    let spacing = weights.reduce(0, +) / Double(wanted)
    var (position, target) = (0.0, spacing / 2)
    var chosen: [Int] = []
    for index in weights.indices {
      position += weights[index]
      if position > target {
        chosen.append(index)
        target = max(target + spacing, position)
      }
    }
    return chosen
  }
}

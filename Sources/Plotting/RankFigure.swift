import Foundation

/// Simulation-based calibration: for each parameter the empirical distribution of the truth's ranks
/// minus the uniform one, with the band that a calibrated posterior stays inside with 95 %.
///
/// A curve that leaves its band is drawn in vermillion.
/// References: Talts et al. (2018), arXiv:1804.06788; the band: ``SimultaneousBand``.
public struct RankFigure: Figure {
  public var names: [String]
  /// Ranks `[parameters][simulations]`, each in 0..<`possibleRanks`.
  public var ranks: [[Int]]
  /// One more than the number of posterior samples that the truth was ranked among.
  public var possibleRanks: Int
  /// Labels that replace the customary symbols, by parameter name.
  public var labels: [String: Label] = [:]

  public init(names: [String], ranks: [[Int]], possibleRanks: Int) {
    (self.names, self.ranks, self.possibleRanks) = (names, ranks, possibleRanks)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let columns = min(4, names.count)
      let rows = (names.count + columns - 1) / columns
      let (side, gap, left, bottom) = (190.0, 30.0, 74.0, 58.0)
      let pitch = side * 0.9 + 36
      var script = GnuplotScript(
        width: max(360, Int(left + Double(columns) * (side + gap))),
        height: Int(bottom + Double(rows) * pitch + 24))
      let counts = Set(ranks.map(\.count))
      let bands = Dictionary(
        uniqueKeysWithValues: counts.map {
          ($0, SimultaneousBand(draws: $0, possibleRanks: possibleRanks))
        })
      let curves = ranks.map { Curve(ranks: $0, band: bands[$0.count]!, possibleRanks) }
      let reach = 1.15 * (curves.map(\.reach).max() ?? 1)
      let valueAxis = Axis(low: -reach, high: reach, maximumTicks: 5, offset: 0)
      let rankAxis = Axis(low: 0, high: 1, maximumTicks: 3, offset: 0)
      script.add("set multiplot")
      let most = counts.max() ?? 0
      let simulations = counts.count == 1 ? "\(most)" : "up to \(most)"
      let heading = Label("\(simulations) simulations, simultaneous 95 % bands")
      for (index, curve) in curves.enumerated() {
        let (row, column) = (index / columns, index % columns)
        let x = left + Double(column) * (side + gap)
        let y = bottom + Double(rows - 1 - row) * pitch
        let panel = Panel(left: x, right: x + side, bottom: y, top: y + side * 0.9)
        let isLowest = index + columns >= names.count
        script.clearLabels()
        script.add(panel.commands(in: script))
        script.add(rankAxis.commands("x", labelled: isLowest))
        script.add(valueAxis.commands("y", labelled: column == 0))
        let middle = (panel.left + panel.right) / 2
        let label = labels[names[index]] ?? Label.symbol(for: names[index])
        if index == 0 {
          script.addText(
            heading, x: left, y: Double(script.height) - 12, size: Style.tickSize, anchor: "left")
        }
        script.addText(label, x: middle, y: panel.top + 14)
        if isLowest { script.addText("normalised rank", x: middle, y: panel.bottom - 40) }
        if column == 0 {
          script.addText(
            valueAxis.title("ECDF \u{2212} uniform"), x: 16, y: (panel.bottom + panel.top) / 2,
            rotated: true)
        }
        draw(curve, unit: valueAxis.unit, in: &script)
      }
      script.add("unset multiplot")
      return script
    }
  }

  private func draw(_ curve: Curve, unit: String, in script: inout GnuplotScript) {
    let block = script.addBlock(columns: [curve.x, curve.low, curve.high, curve.difference])
    let color = curve.isInside ? Style.blue : Style.vermillion
    script.add(
      """
      plot \(block) using 1:($2/\(unit)):($3/\(unit)) with filledcurves \
      fillcolor rgb '\(Style.faint)' fillstyle solid noborder, \
      0 with lines linewidth 0.8 dashtype 2 linecolor rgb '\(Style.ink)', \
      \(block) using 1:($4/\(unit)) with lines linewidth 1.4 linecolor rgb '\(color)'
      """)
  }

  /// One parameter's curve and band, at the band's thresholds and both ends.
  private struct Curve {
    let x: [Double]
    let low: [Double]
    let high: [Double]
    let difference: [Double]
    let isInside: Bool
    var reach: Double { (low + high + difference).map(abs).max() ?? 1 }

    init(ranks: [Int], band: SimultaneousBand, _ possibleRanks: Int) {
      let counts = band.counts(of: ranks)
      let draws = Double(ranks.count)
      let places = band.thresholds.map { Double($0) / Double(possibleRanks) }
      func minusUniform(_ counts: [Int]) -> [Double] {
        [0] + zip(counts, places).map { Double($0) / draws - $1 } + [0]
      }
      x = [0] + places + [1]
      low = minusUniform(band.lower)
      high = minusUniform(band.upper)
      difference = minusUniform(counts)
      isInside = band.contains(counts)
    }
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError { .invalidData(figure: "rank", problem: problem) }
    guard !names.isEmpty, names.count == ranks.count else {
      throw fail("\(names.count) names but \(ranks.count) lists of ranks")
    }
    guard possibleRanks > 1 else { throw fail("\(possibleRanks) possible ranks; at least 2") }
    for (name, list) in zip(names, ranks) {
      guard !list.isEmpty else { throw fail("\(name) has no ranks") }
      if let row = list.firstIndex(where: { !(0..<possibleRanks).contains($0) }) {
        throw fail("\(name), simulation \(row): rank \(list[row]) is not in 0..<\(possibleRanks)")
      }
    }
  }
}

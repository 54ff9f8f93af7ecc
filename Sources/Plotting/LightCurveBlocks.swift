extension LightCurveFigure {
  /// Inline data of a light curve figure, stored once and drawn in every panel.
  struct Blocks {
    let offset: Double
    /// In the order they are drawn, the largest first lest it hide the others.
    private let sets: [(name: String, label: Label, color: Int)]
    private let isCrowded: Bool
    private let bands: [(name: String, label: Label)]
    private let model: (name: String, label: Label)?

    init(figure: LightCurveFigure, offset: Double, script: inout GnuplotScript) {
      self.offset = offset
      func shifted(_ times: [Double]) -> [Double] { times.map { $0 - offset } }
      sets = figure.dataSets.enumerated().filter { !$1.times.isEmpty }.map { index, set in
        let columns = [shifted(set.times), set.values, set.errors, figure.residuals(of: set)]
        return (script.addBlock(columns: columns), Label(set.label), index, set.times.count)
      }.sorted { ($1.3, $0.2) < ($0.3, $1.2) }.map { ($0.0, $0.1, $0.2) }
      isCrowded = figure.dataSets.reduce(0) { $0 + $1.times.count } > 300
      bands = figure.bands.map { band in
        let columns = [shifted(band.times), band.low, band.high]
        return (script.addBlock(columns: columns), Label(band.label))
      }
      model = figure.model.map { curve in
        (script.addBlock(columns: [shifted(curve.times), curve.values]), Label(figure.modelLabel))
      }
    }

    /// Points get smaller where there are many.
    private func pointSize(isMain: Bool) -> Double { isCrowded && isMain ? 0.32 : 0.5 }

    /// Where an error bar starts; points outside the frame have none.
    private func bottom(_ column: String, _ axis: Axis) -> String {
      let (low, high) = (GnuplotScript.number(axis.low), GnuplotScript.number(axis.high))
      return "(\(column)>=\(low)&&\(column)<=\(high)?(\(column)-$3)/\(axis.unit):NaN)"
    }

    func curves(timeAxis: Axis, valueAxis: Axis, isMain: Bool) -> String {
      let timeUnit = timeAxis.unit
      let unit = valueAxis.unit
      var elements: [String] = []
      for set in sets {
        elements.append(
          """
          \(set.name) using ($1/\(timeUnit)):\(bottom("$2", valueAxis)):(0):(2*$3/\(unit)) \
          with vectors nohead linewidth 0.7 linecolor rgb '\(Style.tint(set.color))'
          """)
      }
      for (index, band) in bands.enumerated() {
        let color = index == 0 && bands.count > 1 ? "#b9b9b9" : "#8a8a8a"
        elements.append(
          """
          \(band.name) using ($1/\(timeUnit)):($2/\(unit)):($3/\(unit)) with filledcurves \
          fillcolor rgb '\(color)' fillstyle transparent solid 0.55 noborder \
          title \(band.label.quoted)
          """)
      }
      for set in sets {
        elements.append(
          """
          \(set.name) using ($1/\(timeUnit)):($2/\(unit)) with points pointtype 7 \
          pointsize \(pointSize(isMain: isMain)) linecolor rgb '\(Style.series(set.color))'
          """)
      }
      // In the caller's order; the legend's dots are larger than the panel's.
      for set in sets.sorted(by: { $0.color < $1.color }) {
        elements.append(
          """
          NaN with points pointtype 7 pointsize 0.7 linecolor rgb '\(Style.series(set.color))' \
          title \(set.label.quoted)
          """)
      }
      if let model {
        elements.append(
          """
          \(model.name) using ($1/\(timeUnit)):($2/\(unit)) with lines linewidth 1.2 \
          linecolor rgb '\(Style.ink)' title \(model.label.quoted)
          """)
      }
      return elements.joined(separator: ", ")
    }

    func residuals(timeAxis: Axis, axis: Axis, isMain: Bool) -> String {
      let timeUnit = timeAxis.unit
      let unit = axis.unit
      var elements: [String] = []
      for set in sets {
        elements.append(
          """
          \(set.name) using ($1/\(timeUnit)):\(bottom("$4", axis)):(0):(2*$3/\(unit)) \
          with vectors nohead linewidth 0.7 linecolor rgb '\(Style.tint(set.color))'
          """)
      }
      for set in sets {
        elements.append(
          """
          \(set.name) using ($1/\(timeUnit)):($4/\(unit)) with points pointtype 7 \
          pointsize \(pointSize(isMain: isMain)) linecolor rgb '\(Style.series(set.color))'
          """)
      }
      elements.append("0 with lines linewidth 1 linecolor rgb '\(Style.ink)'")
      return elements.joined(separator: ", ")
    }
  }
}

import Foundation

/// Spectra above each other on one axis of frequency: a periodogram with the modes found in it and its
/// level of significance, the spectral window, what other methods make of the same data.
public struct PeriodogramFigure: Figure {
  /// One panel.
  public struct Row: Sendable {
    public var label: Label
    /// On the figure's frequencies, `[n]`; drawn as the envelope of what falls into one pixel.
    public var values: [Double]
    /// Small where there is a period, as the dispersion of phases: drawn upside down.
    public var isInverted = false
    /// A value that chance passes rarely, and what it is.
    public var level: (value: Double, label: Label)?
    /// Circles on the axis of the values, such as amplitudes that were fitted.
    public var circles: [(frequency: Double, value: Double)] = []

    public init(label: Label, values: [Double]) {
      (self.label, self.values) = (label, values)
    }
  }

  /// First frequency and step.
  public var first: Double
  public var step: Double
  public var rows: [Row]
  /// Frequencies marked on top, with a name each.
  public var marks: [(frequency: Double, name: String)]
  public var unit = "1/d"

  private static let (left, right) = (92.0, 944.0)
  private static let (bottom, top) = (58.0, 44.0)
  private static let (rowHeight, rowGap) = (128.0, 12.0)

  public init(
    first: Double, step: Double, rows: [Row], marks: [(frequency: Double, name: String)] = []
  ) {
    (self.first, self.step, self.rows, self.marks) = (first, step, rows, marks)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let count = Double(rows.count)
      let height = Self.bottom + Self.top + count * Self.rowHeight + (count - 1) * Self.rowGap
      var script = GnuplotScript(width: 966, height: Int(height))
      let last = first + step * Double(rows[0].values.count - 1)
      let margin = 0.01 * (last - first)
      let x = Axis(low: first - margin, high: last + margin, maximumTicks: 9, offset: 0)
      script.add("set multiplot")
      addMarks(x, height: height, in: &script)
      for (number, row) in rows.enumerated() {
        let low = Self.bottom + (count - 1 - Double(number)) * (Self.rowHeight + Self.rowGap)
        let panel = Panel(
          left: Self.left, right: Self.right, bottom: low, top: low + Self.rowHeight)
        let isLast = number == rows.count - 1
        script.add(panel.commands(in: script))
        script.add(x.commands("x", labelled: isLast))
        if isLast {
          script.addText(
            x.title("frequency", unit: unit), x: (Self.left + Self.right) / 2, y: 18)
        }
        draw(row, on: panel, x, in: &script)
      }
      script.add("unset multiplot")
      return script
    }
  }

  private func draw(_ row: Row, on panel: Panel, _ x: Axis, in script: inout GnuplotScript) {
    let shown = row.values.filter(\.isFinite) + row.circles.map(\.value)
    let (least, most) = (row.isInverted ? shown.min()! : 0, shown.max()!)
    let reach = most > least ? most - least : max(abs(most), 1e-300)
    let y = Axis(
      low: least - (row.isInverted ? 0.08 * reach : 0), high: most + 0.1 * reach, maximumTicks: 4,
      offset: 0)
    script.add(y.commands("y", inverted: row.isInverted))
    script.addText(
      row.label, x: 14, y: (panel.bottom + panel.top) / 2, size: Style.tickSize, rotated: true)
    if y.power != 0 {
      script.addText(
        Label(markup: "× 10^{\(y.power)}"), x: panel.left + 6, y: panel.top - 12, size: 10,
        anchor: "left")
    }
    let block = script.addBlock(groups: [envelope(row.values, x, y)])
    var elements: [String] = []
    if let level = row.level, level.value > y.low, level.value < y.high {
      script.addText(
        level.label, x: panel.right - 6, y: panel.top - 12, size: 10, anchor: "right",
        color: Style.vermillion)
      elements.append(
        "\(GnuplotScript.number(y(level.value))) with lines linewidth 1 dashtype (8,6) "
          + "linecolor rgb '\(Style.vermillion)'")
    }
    elements.append(
      "\(block) using 1:2:3 with filledcurves fillcolor rgb '\(Style.blue)' "
        + "fillstyle solid noborder")
    elements.append("\(block) using 1:3 with lines linewidth 0.8 linecolor rgb '\(Style.blue)'")
    if !row.circles.isEmpty {
      let circles = script.addBlock(groups: [row.circles.map { [x($0.frequency), y($0.value)] }])
      elements.append(
        "\(circles) using 1:2 with points pointtype 6 pointsize 0.9 linewidth 1.5 "
          + "linecolor rgb '\(Style.vermillion)'")
    }
    script.add("plot " + elements.joined(separator: ", "))
    script.clearLabels()
  }

  /// Frequency, least and largest value of each column of pixels.
  private func envelope(_ values: [Double], _ x: Axis, _ y: Axis) -> [[Double]] {
    let columns = 2 * Int(Self.right - Self.left)
    let size = max(1, (values.count + columns - 1) / columns)
    return stride(from: 0, to: values.count, by: size).compactMap { start in
      let part = values[start..<min(start + size, values.count)].filter(\.isFinite)
      guard let low = part.min(), let high = part.max() else { return nil }
      let middle = first + step * (Double(start) + Double(size - 1) / 2)
      return [x(middle), y(low), y(high)]
    }
  }

  /// Names above the panels, those that would touch their left neighbour left out.
  private func addMarks(_ x: Axis, height: Double, in script: inout GnuplotScript) {
    let (low, high) = (x(x.low), x(x.high))
    var end = -Double.infinity
    for mark in marks.sorted(by: { $0.frequency < $1.frequency }) {
      let place = Self.left + (Self.right - Self.left) * (x(mark.frequency) - low) / (high - low)
      guard place >= Self.left, place <= Self.right else { continue }
      let half = 3.4 * Double(mark.name.count) + 2
      if place - half > end {
        script.addText(Label(mark.name), x: place, y: height - 16, size: 10)
        end = place + half
      }
      let (across, up) = (place / Double(script.width), height - 28)
      script.add(
        """
        set arrow from screen \(GnuplotScript.number(across)),\
        screen \(GnuplotScript.number(up / height)) \
        to screen \(GnuplotScript.number(across)),\
        screen \(GnuplotScript.number((height - Self.top + 2) / height)) \
        head filled size screen 0.005,20 linewidth 1 linecolor rgb '\(Style.ink)'
        """)
    }
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "periodogram", problem: problem)
    }
    guard let count = rows.first?.values.count, count >= 2 else {
      throw fail("no spectrum of at least 2 frequencies")
    }
    guard first.isFinite, step > 0, step.isFinite else {
      throw fail("frequencies from \(first) by \(step); finite, the step above 0")
    }
    for row in rows {
      guard row.values.count == count else {
        throw fail("spectra of \(count) and \(row.values.count) frequencies; equal")
      }
      guard row.values.contains(where: \.isFinite) else { throw fail("no finite value") }
      if let circle = row.circles.first(where: { !$0.value.isFinite || !$0.frequency.isFinite }) {
        throw fail("a circle of \(circle.value) at \(circle.frequency); finite")
      }
    }
  }
}

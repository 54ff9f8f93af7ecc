/// What many analyses of the same data find, by observation: stacks of dots, dark for the accepted ones, with the
/// median of these and an interval around it.
///
/// Reference: Wilkinson (1999), American Statistician 53, 276 (dot plots).
public struct SurveyFigure: Figure {
  public struct Point: Sendable {
    public var value: Double
    public var isAccepted: Bool

    public init(value: Double, isAccepted: Bool) {
      (self.value, self.isAccepted) = (value, isAccepted)
    }
  }

  public struct Interval: Sendable {
    public var low: Double
    public var median: Double
    public var high: Double

    public init(low: Double, median: Double, high: Double) {
      (self.low, self.median, self.high) = (low, median, high)
    }
  }

  public struct Row: Sendable {
    public var name: String
    public var note: String
    public var points: [Point]
    /// Nil for none.
    public var interval: Interval?

    public init(name: String, note: String = "", points: [Point], interval: Interval? = nil) {
      (self.name, self.note, self.points, self.interval) = (name, note, points, interval)
    }
  }

  /// From top to bottom.
  public var rows: [Row]
  public var label: Label

  private static let pitch = 120.0
  private static let left = 90.0
  private static let right = 660.0
  private static let bottom = 56.0
  private static let bins = 76
  /// Height over a row's base at which dots begin, pixels; the interval is below.
  private static let base = 22.0

  public init(rows: [Row], label: Label) { (self.rows, self.label) = (rows, label) }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let inner = Self.pitch * Double(rows.count)
      var script = GnuplotScript(width: 680, height: Int(Self.bottom + inner) + 46)
      let panel = Panel(
        left: Self.left, right: Self.right, bottom: Self.bottom, top: Self.bottom + inner)
      let axis = axis
      script.add(panel.commands(in: script))
      script.add(axis.commands("x"))
      script.add("set yrange [0:\(GnuplotScript.number(inner))]\nunset ytics")
      script.addText(axis.title(label), x: (Self.left + Self.right) / 2, y: 18)
      var dots: [[[Double]]] = [[], []]
      var intervals: [[Double]] = []
      for (index, row) in rows.enumerated() {
        let floor = inner - Self.pitch * Double(index + 1)
        let stacked = stacks(row, on: axis)
        for k in 0..<2 { dots[k] += stacked[k].map { [$0[0], floor + Self.base + $0[1]] } }
        if let interval = row.interval {
          intervals.append(
            [interval.median, floor + Self.base / 2, interval.low, interval.high])
        }
        if index > 0 {
          let y = GnuplotScript.number(floor + Self.pitch)
          script.add(
            "set arrow from graph 0, first \(y) to graph 1, first \(y) nohead "
              + "linecolor rgb '\(Style.faint)'")
        }
        let middle = Self.bottom + floor + Self.pitch / 2
        script.addText(Label(row.name), x: Self.left - 10, y: middle, anchor: "right")
        script.addText(
          Label(row.note), x: Self.right - 10, y: Self.bottom + floor + Self.pitch - 14,
          size: Style.tickSize, anchor: "right")
      }
      Legend(entries: [
        .init(label: "accepted", line: "linecolor rgb '\(Style.blue)' linewidth 5"),
        .init(label: "others", line: "linecolor rgb '\(Style.grey)' linewidth 5"),
        .init(
          label: "median and interval", line: "linecolor rgb '\(Style.vermillion)' linewidth 2"),
      ]).draw(x: (Self.left + Self.right) / 2, y: Self.bottom + inner + 22, in: &script)
      plot(dots, intervals, axis, in: &script)
      return script
    }
  }

  private func plot(
    _ dots: [[[Double]]], _ intervals: [[Double]], _ axis: Axis, in script: inout GnuplotScript
  ) {
    func x(_ column: Int) -> String { "(($\(column)-\(axis.offset))/\(axis.unit))" }
    var elements: [String] = []
    for (points, color) in zip(dots, [Style.blue, Style.grey]) where !points.isEmpty {
      let block = script.addBlock(groups: [points])
      elements.append(
        "\(block) using \(x(1)):2 with points pointtype 7 pointsize 0.75 linecolor rgb '\(color)'")
    }
    if !intervals.isEmpty {
      let block = script.addBlock(groups: [intervals])
      elements.append(
        "\(block) using \(x(1)):2:\(x(3)):\(x(4)) with xerrorbars pointtype 5 pointsize 0.9 "
          + "linewidth 2 linecolor rgb '\(Style.vermillion)'")
    }
    script.add("plot " + elements.joined(separator: ", "))
  }

  /// Around all values.
  private var axis: Axis {
    let values = rows.flatMap { row in
      row.points.map(\.value) + (row.interval.map { [$0.low, $0.high] } ?? [])
    }
    let (low, high) = (values.min()!, values.max()!)
    let margin = max(0.06 * (high - low), 0.02 * max(abs(low), abs(high)), 1e-12)
    return Axis(low: low - margin, high: high + margin, maximumTicks: 8)
  }

  /// Places (value, height in pixels) of the accepted dots and of the others, which stand on them.
  private func stacks(_ row: Row, on axis: Axis) -> [[[Double]]] {
    let width = (axis.high - axis.low) / Double(Self.bins)
    let bins = Dictionary(grouping: row.points) { Int(($0.value - axis.low) / width) }
    let highest = bins.values.map(\.count).max() ?? 1
    let room = Self.pitch - Self.base - 26
    let pitch = min((Self.right - Self.left) / Double(Self.bins), room / Double(highest))
    var result: [[[Double]]] = [[], []]
    for (bin, points) in bins.sorted(by: { $0.key < $1.key }) {
      let accepted = points.count { $0.isAccepted }
      for number in points.indices {
        result[number < accepted ? 0 : 1].append(
          [axis.low + (Double(bin) + 0.5) * width, (Double(number) + 0.5) * pitch])
      }
    }
    return result
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "survey", problem: problem)
    }
    guard rows.contains(where: { !$0.points.isEmpty }) else { throw fail("no value; at least one") }
    for row in rows {
      let interval = row.interval.map { [$0.low, $0.median, $0.high] } ?? []
      if let value = (row.points.map(\.value) + interval).first(where: { !$0.isFinite }) {
        throw fail("a value of \(row.name) is \(value); it must be finite")
      }
      guard interval == interval.sorted() else {
        throw fail("the interval of \(row.name) is not in order: \(interval)")
      }
    }
  }
}

import Foundation

/// Relative errors of the energy against time, of several integrations, on a logarithmic scale that reaches
/// from rounding errors of more than double precision to 1.
///
/// A line is drawn through the largest error of each pixel; where all are zero, dots lie below the scale, a
/// row for each integration. A line ends where its errors become NaN, after an early end.
public struct EnergyErrorFigure: Figure {
  /// One integration.
  public struct Line: Sendable {
    public var label: Label
    /// In order, or in reverse, `[n]`.
    public var times: [Double]
    /// (E − E₀) / E₀ of either sign, `[n]`; NaN after an early end.
    public var errors: [Double]

    public init(label: Label, times: [Double], errors: [Double]) {
      (self.label, self.times, self.errors) = (label, times, errors)
    }
  }

  public var lines: [Line]
  public var timeUnit: String?

  /// Smaller ones are drawn as 0: double-double numbers have 32 digits.
  private static let least = 1e-33
  private static let frame = Panel(left: 84, right: 736, bottom: 58, top: 424)
  private static let legendRow = 22.0

  public init(lines: [Line], timeUnit: String? = nil) {
    (self.lines, self.timeUnit) = (lines, timeUnit)
  }

  /// Throws ``PlottingError/invalidData(figure:problem:)`` for no line, counts that differ, times out of order,
  /// and errors that are infinite, or NaN before others that are not.
  public var script: GnuplotScript {
    get throws {
      let lines = try known()
      let frame = Self.frame
      let columns = legendColumns
      let rows = (lines.count + columns - 1) / columns
      var script = GnuplotScript(
        width: 764, height: Int(frame.top + Self.legendRow * Double(rows) + 16))
      drawLegend(columns, in: &script)
      let ends = lines.flatMap { [$0.times[0], $0.times[$0.times.count - 1]] }
      let x = Axis(low: ends.min()!, high: ends.max()!, maximumTicks: 8)
      let peaks = lines.map { Self.peaks($0, x) }
      let hasZeros = lines.indices.filter { number in
        peaks[number].contains { abs($0.error) < Self.least }
      }
      let scale = Scale(lines.flatMap(\.errors), least: Self.least, rowsOfZeros: hasZeros.count)
      script.add(frame.commands(in: script))
      script.add(x.commands("x") + "\n" + scale.commands)
      script.addText(
        x.title("time", unit: timeUnit), x: (frame.left + frame.right) / 2, y: 18)
      script.addText(
        Label(markup: "|Δ{/:Italic E}/{/:Italic E}|"), x: 20, y: (frame.bottom + frame.top) / 2,
        rotated: true)
      script.add("plot " + elements(peaks, x, scale, in: &script).joined(separator: ", \\\n  "))
      return script
    }
  }

  private func elements(
    _ peaks: [[(time: Double, error: Double)]], _ x: Axis, _ scale: Scale,
    in script: inout GnuplotScript
  ) -> [String] {
    var row = 0
    var elements: [String] = []
    for (number, line) in peaks.enumerated() {
      let color = "linecolor rgb '\(Style.series(number))'"
      let zeros = line.filter { abs($0.error) < Self.least }
      if zeros.count < line.count {
        // Empty rows interrupt the line where there are zeros; the points show what is alone between them.
        let rows = line.map {
          abs($0.error) < Self.least ? [] : [x($0.time), log10(abs($0.error))]
        }
        let block = script.addBlock(groups: [Self.withoutRuns(rows)])
        elements.append(
          "\(block) using 1:2 with linespoints pointtype 7 pointsize 0.15 linewidth 1.3 \(color)")
      }
      if !zeros.isEmpty {
        let y = scale.zero(row: row)
        let block = script.addBlock(groups: [zeros.map { [x($0.time), y] }])
        elements.append("\(block) using 1:2 with points pointtype 7 pointsize 0.35 \(color)")
        row += 1
      }
    }
    return elements
  }

  /// With single empty rows between others: two begin another block of data.
  private static func withoutRuns(_ rows: [[Double]]) -> [[Double]] {
    var kept: [[Double]] = []
    for row in rows where !(row.isEmpty && (kept.last?.isEmpty ?? true)) { kept.append(row) }
    if kept.last?.isEmpty == true { kept.removeLast() }
    return kept
  }

  /// The largest of each pixel, in the order of time.
  private static func peaks(_ line: Line, _ x: Axis) -> [(time: Double, error: Double)] {
    let columns = frame.right - frame.left
    var largest: [Int: Int] = [:]
    for (index, time) in line.times.enumerated() {
      let column = Int(columns * (time - x.low) / (x.high - x.low))
      let other = largest[column]
      if other == nil || abs(line.errors[index]) > abs(line.errors[other!]) {
        largest[column] = index
      }
    }
    return largest.values.sorted().map { (line.times[$0], line.errors[$0]) }
  }

  /// Exponents of errors; below them, rows for those that are zero.
  private struct Scale {
    private let low: Int
    private let high: Int
    private let rows: Int

    init(_ errors: [Double], least: Double, rowsOfZeros rows: Int) {
      let positive = errors.map { abs($0) }.filter { $0 >= least }
      let (smallest, largest) = (positive.min() ?? 1e-16, positive.max() ?? 1e-15)
      low = Int(log10(smallest).rounded(.down))
      high = max(low + 2, Int(log10(largest).rounded(.up)))
      self.rows = rows
    }

    private var margin: Double { 0.025 * Double(high - low) }

    /// Far enough below for the numbers of both ticks.
    func zero(row: Int) -> Double { Double(low) - (Double(row) + 2) * margin }

    /// Of axis y; at most nine ticks with numbers.
    var commands: String {
      let step = [1, 2, 4, 5, 10, 20].first { (high - low) / $0 < 9 } ?? 50
      var ticks = (low...high).map {
        $0 % step == 0 ? "'\($0 == 0 ? "1" : "10^{\($0)}")' \($0)" : "'' \($0) 1"
      }
      if rows > 0 { ticks.append("'0' \(zero(row: 0) - Double(rows - 1) / 2 * margin)") }
      let bottom = rows == 0 ? Double(low) - margin : zero(row: rows)
      return """
        set yrange [\(bottom):\(Double(high) + margin)]
        set ytics (\(ticks.joined(separator: ", ")))
        """
    }
  }

  // MARK: Legend

  private static let sampleWidth = 30.0

  /// Of the widest entry; capitals and digits are wider than the average of a text.
  private var entryWidth: Double {
    Self.sampleWidth + 40 + 7.4 * Double(lines.map(\.label.visibleLength).max()!)
  }

  private var legendColumns: Int {
    let fitting = Int((Self.frame.right - Self.frame.left) / entryWidth)
    return min(lines.count, max(1, fitting))
  }

  /// In columns above the frame.
  private func drawLegend(_ columns: Int, in script: inout GnuplotScript) {
    let (width, height) = (Double(script.width), Double(script.height))
    for (number, line) in lines.enumerated() {
      let x = Self.frame.left + 8 + entryWidth * Double(number % columns)
      let y = height - 16 - Self.legendRow * Double(number / columns)
      func place(_ x: Double) -> String {
        "screen \(GnuplotScript.number(x / width)),screen \(GnuplotScript.number(y / height))"
      }
      script.add(
        "set arrow from \(place(x)) to \(place(x + Self.sampleWidth)) nohead linewidth 2 "
          + "linecolor rgb '\(Style.series(number))'")
      script.addText(
        line.label, x: x + Self.sampleWidth + 8, y: y, size: Style.tickSize, anchor: "left")
    }
  }

  // MARK: Input

  /// Lines up to their early ends.
  private func known() throws(PlottingError) -> [Line] {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "energy error", problem: problem)
    }
    guard !lines.isEmpty else { throw fail("no line; at least 1") }
    var known = lines
    for (number, line) in lines.enumerated() {
      guard line.times.count >= 2, line.errors.count == line.times.count else {
        throw fail(
          "line \(number) has \(line.errors.count) errors at \(line.times.count) times; "
            + "as many, at least 2")
      }
      if let problem = Trajectories.disorder(of: line.times) {
        throw fail("line \(number): \(problem)")
      }
      let end = line.errors.firstIndex { $0.isNaN } ?? line.errors.count
      guard end >= 2 else {
        throw fail("line \(number) has \(end) errors before they are nan; at least 2")
      }
      if let index = line.errors.indices[end...].first(where: { !line.errors[$0].isNaN }) {
        throw fail("error \(index) of line \(number) is \(line.errors[index]) after nan; nan")
      }
      if let index = line.errors[..<end].firstIndex(where: { abs($0) == .infinity }) {
        throw fail("error \(index) of line \(number) is \(line.errors[index]); finite")
      }
      known[number].times.removeSubrange(end...)
      known[number].errors.removeSubrange(end...)
    }
    return known
  }
}

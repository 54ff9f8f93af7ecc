import Foundation

/// Amplitudes and phases of stations' gains against time, a row for each station, with bars of one standard
/// deviation; channels have colours.
public struct GainFigure: Figure {
  /// Gains of one station.
  public struct Station: Sendable {
    public var name: String
    /// Hours, `[n]`.
    public var times: [Double]
    /// Amplitudes and their standard deviations, `[n]`.
    public var amplitudes: [Double]
    public var amplitudeErrors: [Double]
    /// Degrees, and their standard deviations, `[n]`.
    public var phases: [Double]
    public var phaseErrors: [Double]
    /// Of each gain, for its colour, `[n]`.
    public var channels: [Int]

    public init(
      name: String, times: [Double], amplitudes: [Double], amplitudeErrors: [Double],
      phases: [Double], phaseErrors: [Double], channels: [Int]
    ) {
      (self.name, self.times, self.channels) = (name, times, channels)
      (self.amplitudes, self.amplitudeErrors) = (amplitudes, amplitudeErrors)
      (self.phases, self.phaseErrors) = (phases, phaseErrors)
    }
  }

  /// Those without gains are left out.
  public var stations: [Station]

  private static let rowHeight = 96.0
  private static let rowGap = 12.0
  private static let bottom = 58.0
  private static let top = 58.0

  public init(stations: [Station]) { self.stations = stations }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let shown = stations.filter { !$0.times.isEmpty }
      let rows = Double(shown.count)
      let height = Self.bottom + Self.top + rows * Self.rowHeight + (rows - 1) * Self.rowGap
      var script = GnuplotScript(width: 980, height: Int(height))
      let times = shown.flatMap(\.times)
      let (first, last) = (times.min()!, times.max()!)
      // A single time still needs an axis.
      let margin = max(0.03 * (last - first), 0.1)
      let time = Axis(low: first - margin, high: last + margin, maximumTicks: 7, offset: 0)
      let amplitude = LogAxis(
        atLeast: 1.5, around: [1] + shown.flatMap { Self.ends($0).flatMap { [$0.low, $0.high] } })
      let phase = Axis(low: -190, high: 190, maximumTicks: 5, offset: 0)
      script.add("set multiplot")
      drawChannels(of: shown, in: &script)
      for (number, station) in shown.enumerated() {
        let low = Self.bottom + (rows - 1 - Double(number)) * (Self.rowHeight + Self.rowGap)
        let isLast = number == shown.count - 1
        let left = Panel(left: 100, right: 498, bottom: low, top: low + Self.rowHeight)
        let right = Panel(left: 558, right: 964, bottom: low, top: low + Self.rowHeight)
        let block = Self.block(station, time: time, in: &script)
        if number == 0 {
          for (panel, title) in [(left, amplitude.title("|g|")), (right, "arg g [°]")] {
            script.addText(title, x: (panel.left + panel.right) / 2, y: panel.top + 14)
          }
        }
        if isLast {
          for panel in [left, right] {
            script.addText(
              time.title("time", unit: "h"), x: (panel.left + panel.right) / 2, y: 18)
          }
        }
        drawAmplitudes(station, block, on: left, time: time, amplitude, isLast, in: &script)
        drawPhases(block, on: right, time: time, phase, isLast, in: &script)
      }
      script.add("unset multiplot")
      return script
    }
  }

  /// Times, amplitudes, their ends, phases, theirs and colours.
  private static func block(
    _ station: Station, time: Axis, in script: inout GnuplotScript
  ) -> String {
    let ends = ends(station)
    return script.addBlock(
      groups: [
        station.times.indices.map { k in
          [
            time(station.times[k]), station.amplitudes[k], ends[k].low, ends[k].high,
            station.phases[k], station.phases[k] - station.phaseErrors[k],
            station.phases[k] + station.phaseErrors[k], color(station.channels[k]),
          ]
        }
      ])
  }

  /// gnuplot's number of a colour.
  private static func color(_ channel: Int) -> Double {
    let color = Style.series(channel)
    return Double(Int(color.dropFirst(), radix: 16)!)
  }

  /// Of bars one standard deviation long; a bar that reaches zero ends above it.
  private static func ends(_ station: Station) -> [(low: Double, high: Double)] {
    zip(station.amplitudes, station.amplitudeErrors).map { amplitude, error in
      (max(amplitude - error, amplitude / 3), min(amplitude + error, 3 * amplitude))
    }
  }

  private func drawAmplitudes(
    _ station: Station, _ block: String, on panel: Panel, time: Axis, _ axis: LogAxis,
    _ isLast: Bool, in script: inout GnuplotScript
  ) {
    begin(panel, time: time, isLast: isLast, in: &script)
    script.add("set format y '%g'\n" + axis.commands())
    script.addText(
      Label(station.name), x: 12, y: (panel.bottom + panel.top) / 2, anchor: "left")
    script.add(
      """
      plot \(1)/\(axis.unit) with lines linewidth 1 linecolor rgb '\(Style.grey)', \
      \(block) using 1:($2/\(axis.unit)):($3/\(axis.unit)):($4/\(axis.unit)):8 with yerrorbars \
      pointtype 7 pointsize 0.6 linewidth 1 linecolor rgb variable
      """)
    SkyPanel.finish(in: &script)
  }

  private func drawPhases(
    _ block: String, on panel: Panel, time: Axis, _ axis: Axis, _ isLast: Bool,
    in script: inout GnuplotScript
  ) {
    begin(panel, time: time, isLast: isLast, in: &script)
    script.add("unset logscale y\n" + axis.commands("y") + "\nset ytics -180,90,180\nset mytics 3")
    script.add(
      """
      plot 0 with lines linewidth 1 linecolor rgb '\(Style.grey)', \
      \(block) using 1:5:6:7:8 with yerrorbars \
      pointtype 7 pointsize 0.6 linewidth 1 linecolor rgb variable
      """)
    SkyPanel.finish(in: &script)
  }

  private func drawChannels(of shown: [Station], in script: inout GnuplotScript) {
    let channels = Set(shown.flatMap(\.channels)).sorted()
    guard (2...8).contains(channels.count) else { return }
    let entries = channels.map { channel in
      Legend.Entry(
        label: Label("channel \(channel)"),
        line: "linewidth 2 linecolor rgb '\(Style.series(channel))'")
    }
    let (width, height) = (Double(script.width), Double(script.height))
    Legend(entries: entries).draw(x: width / 2, y: height - 16, in: &script)
  }

  private func begin(
    _ panel: Panel, time: Axis, isLast: Bool, in script: inout GnuplotScript
  ) {
    script.add(panel.commands(in: script))
    script.add(time.commands("x", labelled: isLast))
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "gain", problem: problem)
    }
    guard stations.contains(where: { !$0.times.isEmpty }) else {
      throw fail("no gain; at least one")
    }
    for station in stations {
      let columns = [
        ("time", station.times), ("amplitude", station.amplitudes),
        ("amplitude error", station.amplitudeErrors), ("phase", station.phases),
        ("phase error", station.phaseErrors),
      ]
      let counts = columns.map(\.1.count) + [station.channels.count]
      guard counts.allSatisfy({ $0 == station.times.count }) else {
        throw fail("columns of \(station.name) have \(counts) numbers; equal")
      }
      for (name, values) in columns {
        if let index = values.firstIndex(where: { !$0.isFinite }) {
          throw fail("\(name) \(index) of \(station.name) is \(values[index]); finite")
        }
      }
      for (name, values) in [columns[2], columns[4]] {
        if let index = values.firstIndex(where: { $0 < 0 }) {
          throw fail("\(name) \(index) of \(station.name) is \(values[index]); 0 or more")
        }
      }
      if let index = station.amplitudes.firstIndex(where: { $0 <= 0 }) {
        throw fail(
          "amplitude \(index) of \(station.name) is \(station.amplitudes[index]); above 0")
      }
      if let channel = station.channels.first(where: { $0 < 0 }) {
        throw fail("a channel of \(station.name) is \(channel); 0 or more")
      }
    }
  }
}

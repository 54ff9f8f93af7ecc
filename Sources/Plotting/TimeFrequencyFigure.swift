import Foundation

/// Spectra of overlapping windows of time, as a map of time and frequency.
public struct TimeFrequencyFigure: Figure {
  /// Centres of the windows, increasing, equally spaced, `[times]`.
  public var times: [Double]
  /// First frequency and step.
  public var first: Double
  public var step: Double
  /// Amplitudes, `[times][frequencies]`; not finite where a window holds too few data.
  public var values: [[Double]]
  public var label: Label
  public var timeLabel: Label
  public var unit = "1/d"

  public init(
    times: [Double], first: Double, step: Double, values: [[Double]], label: Label = "amplitude",
    timeLabel: Label = "time [d]"
  ) {
    (self.times, self.first, self.step, self.values) = (times, first, step, values)
    (self.label, self.timeLabel) = (label, timeLabel)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: 860, height: 470)
      let panel = Panel(left: 88, right: 730, bottom: 60, top: 440)
      let half = (times.last! - times[0]) / Double(2 * (times.count - 1))
      let offset = LightCurveFigure.timeOffset(times[0]...times.last!)
      let x = Axis(
        low: times[0] - half, high: times.last! + half, maximumTicks: 7,
        offset: offset > 0 ? offset : nil)
      let y = Axis(
        low: first - step / 2, high: first + step * (Double(values[0].count) - 0.5),
        maximumTicks: 7, offset: 0)
      let most = values.joined().filter(\.isFinite).max()!
      let color = Axis(low: 0, high: max(most, 1e-300), maximumTicks: 6, offset: 0)
      // Sparse spectra have lines of one cell: of those that share a row of pixels the strongest shows.
      let bin = max(1, (values[0].count + 149) / 150)
      let rows = (values[0].count + bin - 1) / bin
      let cells = (0..<rows).flatMap { row in
        times.indices.map { column in
          let part = values[column][row * bin..<min((row + 1) * bin, values[column].count)]
          let value = part.filter(\.isFinite).max() ?? .nan
          let frequency = first + step * (Double(row * bin) + Double(bin - 1) / 2)
          return [x(times[column]), y(frequency), color(value)]
        }
      }
      let block = script.addBlock(groups: [cells])
      script.add(panel.commands(in: script))
      script.add(x.commands("x") + "\n" + y.commands("y"))
      script.addText(x.title(timeLabel), x: 409, y: 20)
      script.addText(y.title("frequency", unit: unit), x: 20, y: 250, rotated: true)
      script.addText(color.title(label), x: 838, y: 250, rotated: true)
      script.add(
        """
        set palette defined (0 '#ffffff', 0.15 '#c9e1f0', 0.5 '\(Style.blue)', 1 '#440154')
        set cbrange [0:\(GnuplotScript.number(color(color.high)))]
        set cbtics \(GnuplotScript.number(color.step)) scale 0.6
        set colorbox user origin screen \(GnuplotScript.number(746.0 / 860)),\
        screen \(GnuplotScript.number(60.0 / 470)) size screen 0.018,\
        screen \(GnuplotScript.number(380.0 / 470)) border
        set object 1 rectangle from graph 0,0 to graph 1,1 behind fillcolor rgb '\(Style.faint)' \
        fillstyle solid noborder
        plot \(block) using 1:2:3 with image
        """)
      return script
    }
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "time-frequency", problem: problem)
    }
    guard times.count >= 2, values.count == times.count, (values.first?.count ?? 0) >= 2,
      Set(values.map(\.count)).count == 1
    else {
      throw fail("\(values.count) spectra for \(times.count) times; at least 2, of equal length")
    }
    guard first.isFinite, step > 0, step.isFinite else {
      throw fail("frequencies from \(first) by \(step); finite, the step above 0")
    }
    guard values.joined().contains(where: \.isFinite) else { throw fail("no finite value") }
  }
}

import Foundation
import NumericalMethods

/// Closure phases and log closure amplitudes against time, and what samples of a posterior predict: one
/// panel for each triangle or quadrangle, with the central 68 and 95 % of the predictions, or with a line
/// where there is one alone.
public struct ClosureFigure: Figure {
  /// One triangle or quadrangle.
  public struct Entry: Sendable {
    public enum Quantity: Sendable {
      /// Degrees. Phases that turn beyond ±180° go on.
      case phase
      case logAmplitude
    }

    /// Such as its stations.
    public var name: String
    public var quantity: Quantity
    /// In the order of time.
    public var points: [Point]

    public init(name: String, quantity: Quantity, points: [Point]) {
      (self.name, self.quantity, self.points) = (name, quantity, points)
    }
  }

  public struct Point: Sendable {
    /// Hours.
    public var time: Double
    /// Number of the set of data it belongs to, from 0.
    public var series: Int
    public var value: Double
    /// One standard deviation.
    public var sigma: Double
    /// What samples predict, without noise.
    public var predictions: [Double]

    public init(
      time: Double, series: Int, value: Double, sigma: Double, predictions: [Double]
    ) {
      (self.time, self.series, self.value) = (time, series, value)
      (self.sigma, self.predictions) = (sigma, predictions)
    }
  }

  /// In the order of reading.
  public var entries: [Entry]
  /// Names of the sets of data.
  public var series: [String]
  /// What the time is, such as its time scale.
  public var timeLabel: Label

  /// Points that are no further apart were measured together, hours.
  private static let together = 0.02
  /// Over which bands go on, hours.
  private static let longestPause = 1.5
  private static let columns = 3
  private static let side = SIMD2(226.0, 148)
  private static let pitch = SIMD2(306.0, 196)
  private static let margin = (left: 74.0, bottom: 52.0, top: 56.0)

  public init(entries: [Entry], series: [String], timeLabel: Label = "time [h UTC]") {
    (self.entries, self.series, self.timeLabel) = (entries, series, timeLabel)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let columns = min(entries.count, Self.columns)
      let rows = (entries.count - 1) / columns + 1
      let height =
        Self.margin.bottom + Self.pitch.y * Double(rows - 1) + Self.side.y + Self.margin.top
      var script = GnuplotScript(
        width: Int(Self.margin.left + Self.pitch.x * Double(columns - 1) + Self.side.x) + 18,
        height: Int(height))
      let times = entries.flatMap { $0.points.map(\.time) }
      let (first, last) = (times.min()!, times.max()!)
      let margin = max(0.06 * (last - first), 0.1)
      let x = Axis(low: first - margin, high: last + margin, maximumTicks: 7, offset: 0)
      script.add("set multiplot")
      Legend(
        entries: series.enumerated().map { index, name in
          .init(label: Label(name), line: "linewidth 2 linecolor rgb '\(Style.series(index))'")
        }
          + (isSingle
            ? [.init(label: "prediction", line: Self.prediction)]
            : [
              .init(label: "68 % of predictions", line: "linewidth 9 linecolor rgb '#b3b3b3'"),
              .init(label: "95 %", line: "linewidth 9 linecolor rgb '#dedede'"),
            ])
      ).draw(x: Double(script.width) / 2, y: height - 16, in: &script)
      for (index, entry) in entries.enumerated() {
        let left = Self.margin.left + Self.pitch.x * Double(index % columns)
        let top = height - Self.margin.top - Self.pitch.y * Double(index / columns)
        let panel = Panel(
          left: left, right: left + Self.side.x, bottom: top - Self.side.y, top: top)
        let isLowest = index + columns >= entries.count
        draw(entry, in: panel, x, isLowest: isLowest, &script)
        SkyPanel.finish(in: &script)
      }
      script.add("unset multiplot")
      return script
    }
  }

  /// Whether there is one prediction, which is a line instead of bands.
  private var isSingle: Bool {
    entries.allSatisfy { $0.points.allSatisfy { $0.predictions.count == 1 } }
  }

  private static let prediction = "linewidth 1.6 linecolor rgb '#5f5f5f'"

  /// What is drawn of a point; phases are moved by whole turns so that they follow each other.
  private struct Shown {
    let time: Double
    let series: Int
    let value: Double
    let sigma: Double
    /// 2.5, 16, 50, 84 and 97.5 % of the predictions.
    let quantiles: [Double]
  }

  private func shown(_ entry: Entry) -> [Shown] {
    var last: Double?
    return entry.points.map { point in
      var (value, predictions) = (point.value, point.predictions.sorted())
      if entry.quantity == .phase {
        // Around the direction of their mean, and that near the one before.
        var middle = Self.circularMean(predictions)
        if let last { middle = last + (middle - last).remainder(dividingBy: 360) }
        last = middle
        predictions = predictions.map { middle + ($0 - middle).remainder(dividingBy: 360) }.sorted()
        value = middle + (value - middle).remainder(dividingBy: 360)
      }
      return Shown(
        time: point.time, series: point.series, value: value, sigma: point.sigma,
        quantiles: weightedQuantiles(predictions, at: [0.025, 0.16, 0.5, 0.84, 0.975]))
    }
  }

  /// Points of which one band is drawn: without a long pause, and one of those measured together.
  private static func bands(_ points: [Shown]) -> [[Shown]] {
    points.reduce(into: []) { bands, point in
      let pause = point.time - (bands.last?.last?.time ?? -.infinity)
      if pause > longestPause {
        bands.append([point])
      } else if pause > together {
        bands[bands.count - 1].append(point)
      }
    }
  }

  private static func circularMean(_ degrees: [Double]) -> Double {
    let (x, y) = degrees.reduce((0.0, 0.0)) {
      ($0.0 + cos($1 * .pi / 180), $0.1 + sin($1 * .pi / 180))
    }
    return atan2(y, x) * 180 / .pi
  }

  private func draw(
    _ entry: Entry, in panel: Panel, _ x: Axis, isLowest: Bool, _ script: inout GnuplotScript
  ) {
    let points = shown(entry)
    let ends = points.flatMap {
      [$0.value - $0.sigma, $0.value + $0.sigma, $0.quantiles[0], $0.quantiles[4]]
    }
    let least = entry.quantity == .phase ? 10 : 0.3
    let (low, high) = (ends.min()!, ends.max()!)
    let margin = max(0.06 * (high - low), (least - (high - low)) / 2)
    let y = Axis(
      low: low - margin, high: high + margin + 0.14 * (high - low), maximumTicks: 6, offset: 0)
    script.add(panel.commands(in: script))
    script.add(x.commands("x", labelled: isLowest) + "\n" + y.commands("y"))
    let middle = (panel.left + panel.right) / 2
    if isLowest { script.addText(x.title(timeLabel), x: middle, y: panel.bottom - 36) }
    script.addText(
      y.title(entry.quantity == .phase ? "closure phase [°]" : "log closure amplitude"),
      x: panel.left - 57, y: (panel.bottom + panel.top) / 2, size: Style.tickSize, rotated: true)
    script.addText(Label(entry.name), x: middle, y: panel.top + 12, size: Style.tickSize)
    var elements: [String] = []
    let bands = Self.bands(points)
    let block = script.addBlock(
      groups: bands.map { band in
        // A single one has no width of its own.
        let half = band.count == 1 ? 0.015 * (x.high - x.low) : 0
        return band.flatMap { point in
          (half > 0 ? [-half, half] : [0]).map { shift in
            [x(point.time + shift)] + point.quantiles.map { y($0) }
          }
        }
      })
    if isSingle {
      elements += bands.indices.map {
        "\(block) index \($0) using 1:4 with lines \(Self.prediction)"
      }
    }
    for (columns, color) in isSingle ? [] : [("1:2:6", "#dedede"), ("1:3:5", "#b3b3b3")] {
      elements += bands.indices.map {
        "\(block) index \($0) using \(columns) with filledcurves fillcolor rgb '\(color)' "
          + "fillstyle solid noborder"
      }
    }
    for number in series.indices {
      let own = points.filter { $0.series == number }
      if own.isEmpty { continue }
      let block = script.addBlock(
        groups: [own.map { [x($0.time), y($0.value), y($0.sigma) - y(0)] }])
      let color = Style.series(number)
      // gnuplot's own error bars leave a white place around points.
      elements += [
        "\(block) using 1:($2-$3):(0):(2*$3) with vectors nohead linewidth 1.1 "
          + "linecolor rgb '\(color)'",
        "\(block) using 1:2 with points pointtype 7 pointsize 0.5 linecolor rgb '\(color)'",
      ]
    }
    script.add("plot " + elements.joined(separator: ", "))
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "closure", problem: problem)
    }
    guard !entries.isEmpty else { throw fail("no triangle or quadrangle; at least one") }
    for entry in entries {
      guard !entry.points.isEmpty else { throw fail("\(entry.name) has no points; at least one") }
      for (index, point) in entry.points.enumerated() {
        let numbers = [point.time, point.value, point.sigma] + point.predictions
        guard numbers.allSatisfy(\.isFinite), point.sigma >= 0 else {
          throw fail("\(entry.name), point \(index): a number is not finite, or a sigma below 0")
        }
        guard !point.predictions.isEmpty else {
          throw fail("\(entry.name), point \(index): no predictions; at least one")
        }
        guard series.indices.contains(point.series) else {
          throw fail(
            "\(entry.name), point \(index): of set \(point.series), expected 0 to "
              + "\(series.count - 1)")
        }
      }
    }
  }
}

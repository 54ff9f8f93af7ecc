import Foundation
import NumericalMethods

/// A light curve with its best model, the spread of the posterior's models, and the residuals below;
/// an optional second column shows a window of time, such as an anomaly, in detail.
///
/// All data sets are on one system (the caller aligns them). Axes follow the model and the bulk of the
/// data: single wild points do not stretch them and are cut by the frame.
public struct LightCurveFigure: Figure {
  /// Photometry of one telescope and filter: times, values and 1-sigma errors, all `[n]`.
  public struct DataSet: Sendable {
    public var label: String
    public var times: [Double]
    public var values: [Double]
    public var errors: [Double]
    /// The model at the data's own times; interpolated from ``LightCurveFigure/model`` when nil.
    public var modelValues: [Double]?

    public init(
      label: String, times: [Double], values: [Double], errors: [Double],
      modelValues: [Double]? = nil
    ) {
      (self.label, self.times, self.values, self.errors) = (label, times, values, errors)
      self.modelValues = modelValues
    }
  }

  /// A curve at increasing times, `[k]`.
  public struct Curve: Sendable {
    public var times: [Double]
    public var values: [Double]

    public init(times: [Double], values: [Double]) {
      (self.times, self.values) = (times, values)
    }
  }

  /// The range between two curves at increasing times, `[k]`.
  public struct Band: Sendable {
    public var label: String
    public var times: [Double]
    public var low: [Double]
    public var high: [Double]

    public init(label: String, times: [Double], low: [Double], high: [Double]) {
      (self.label, self.times, self.low, self.high) = (label, times, low, high)
    }
  }

  public var dataSets: [DataSet]
  public var model: Curve?
  /// Widest first, e.g. 95 %, then 68 %.
  public var bands: [Band]
  public var isMagnitude: Bool
  public var valueLabel: Label
  /// Name of the time system, e.g. `HJD`; an offset is subtracted and said where times are large.
  public var timeLabel: Label
  /// Times to show; all by default.
  public var window: ClosedRange<Double>?
  /// Times of the second column; none by default.
  public var zoom: ClosedRange<Double>?
  public var modelLabel = "best model"

  /// - Parameters:
  ///   - isMagnitude: brighter is up: the value axis is inverted.
  ///   - valueLabel: `magnitude` or `magnification` when nil.
  public init(
    dataSets: [DataSet], model: Curve? = nil, bands: [Band] = [], isMagnitude: Bool = true,
    valueLabel: Label? = nil, timeLabel: Label = "HJD", window: ClosedRange<Double>? = nil,
    zoom: ClosedRange<Double>? = nil
  ) {
    (self.dataSets, self.model, self.bands) = (dataSets, model, bands)
    self.isMagnitude = isMagnitude
    self.valueLabel = valueLabel ?? (isMagnitude ? "magnitude" : "magnification")
    (self.timeLabel, self.window, self.zoom) = (timeLabel, window, zoom)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let full = window ?? Self.padded(range(of: dataSets.flatMap(\.times)), by: 0.02)
      var script = GnuplotScript(width: zoom == nil ? 764 : 1066, height: 540)
      let blocks = Blocks(figure: self, offset: Self.timeOffset(full), script: &script)
      script.add("set multiplot")
      let mainRight = zoom == nil ? 740.0 : 640.0
      let mainFrame = (left: 78.0, right: mainRight)
      draw(full, frame: mainFrame, isMain: true, blocks: blocks, in: &script)
      if let zoom { draw(zoom, frame: (712, 1040), isMain: false, blocks: blocks, in: &script) }
      script.add("unset multiplot")
      return script
    }
  }

  // MARK: Panels

  private func draw(
    _ times: ClosedRange<Double>, frame: (left: Double, right: Double), isMain: Bool,
    blocks: Blocks, in script: inout GnuplotScript
  ) {
    let hasResiduals = model != nil || dataSets.contains { $0.modelValues != nil }
    let timeAxis = Axis(
      low: times.lowerBound, high: times.upperBound, maximumTicks: isMain ? 7 : 5,
      offset: blocks.offset)
    let values = valueRange(in: times)
    let valueAxis = Axis(
      low: values.lowerBound, high: values.upperBound, maximumTicks: 7, offset: 0)
    let split = hasResiduals ? 168.0 : 56.0
    let upper = Panel(left: frame.left, right: frame.right, bottom: split, top: 522)
    let middle = (frame.left + frame.right) / 2
    let timeTitle = timeAxis.title(timeLabel)

    script.add(upper.commands(in: script))
    script.add(timeAxis.commands("x", labelled: !hasResiduals))
    script.add(valueAxis.commands("y", inverted: isMagnitude))
    script.clearLabels()
    script.add("unset arrow\nunset object")
    if isMain {
      script.addText(
        valueAxis.title(valueLabel), x: 18, y: (split + 522) / 2, rotated: true)
      if let zoom { markZoom(zoom, axis: timeAxis, in: &script) }
      script.add(
        "set key top \(isPeakEarly(in: times) ? "right" : "left") Left reverse samplen 1.6 "
          + "spacing 1.2 width 3 font ',11' textcolor rgb '\(Style.ink)'")
    } else {
      script.add("unset key")
    }
    if !hasResiduals { script.addText(timeTitle, x: middle, y: 16) }
    script.add("plot " + blocks.curves(timeAxis: timeAxis, valueAxis: valueAxis, isMain: isMain))
    guard hasResiduals else { return }

    let lower = Panel(left: frame.left, right: frame.right, bottom: 56, top: 160)
    let reach = residualReach(in: times)
    let residualAxis = Axis(low: -reach, high: reach, maximumTicks: 5, offset: 0)
    script.add(lower.commands(in: script))
    script.clearLabels()
    script.add("unset key\nunset object")
    script.add(timeAxis.commands("x"))
    script.add(residualAxis.commands("y", inverted: isMagnitude))
    if isMain { script.addText(residualAxis.title("residual"), x: 18, y: 108, rotated: true) }
    script.addText(timeTitle, x: middle, y: 16)
    script.add("plot " + blocks.residuals(timeAxis: timeAxis, axis: residualAxis, isMain: isMain))
    script.clearLabels()
  }

  private func markZoom(
    _ zoom: ClosedRange<Double>, axis: Axis, in script: inout GnuplotScript
  ) {
    let (low, high) = (axis(zoom.lowerBound), axis(zoom.upperBound))
    script.add(
      """
      set object 1 rectangle from \(GnuplotScript.number(low)),graph 0 \
      to \(GnuplotScript.number(high)),graph 1 behind fillcolor rgb '#f0f0f0' \
      fillstyle solid noborder
      """)
  }

  // MARK: Ranges

  private func valueRange(in times: ClosedRange<Double>) -> ClosedRange<Double> {
    var bounds: [Double] = []
    if let model {
      bounds += zip(model.times, model.values).filter { times.contains($0.0) }.map(\.1)
    }
    let data = points(in: times) { $0.values }
    if !data.isEmpty {
      let tail = data.count < 100 ? 0.0 : 0.01
      bounds += weightedQuantiles(
        data.map(\.value), weights: data.map(\.weight), at: [tail, 1 - tail])
    }
    return Self.padded(range(of: bounds), by: 0.08)
  }

  /// Finite values in a time range with the weights 1/error², so that the precise points set the axis.
  private func points(
    in times: ClosedRange<Double>, _ values: (DataSet) -> [Double]
  ) -> [(value: Double, weight: Double)] {
    dataSets.flatMap { set in
      zip(set.times, zip(values(set), set.errors)).compactMap { time, point in
        let weight = 1 / (point.1 * point.1)
        let isUsable = times.contains(time) && point.0.isFinite && point.1 > 0 && weight.isFinite
        return isUsable && weight > 0 ? (point.0, weight) : nil
      }
    }
  }

  /// The legend goes to the half without the peak.
  private func isPeakEarly(in times: ClosedRange<Double>) -> Bool {
    let curve =
      model.map { Array(zip($0.times, $0.values)) }
      ?? dataSets.flatMap { Array(zip($0.times, $0.values)) }
    let shown = curve.filter { times.contains($0.0) && $0.1.isFinite }
    let peak = shown.max { isMagnitude ? $0.1 > $1.1 : $0.1 < $1.1 }
    return (peak?.0 ?? times.upperBound) < (times.lowerBound + times.upperBound) / 2
  }

  private func residualReach(in times: ClosedRange<Double>) -> Double {
    let data = points(in: times, residuals(of:))
    guard !data.isEmpty else { return 1 }
    let bulk = weightedQuantiles(
      data.map { abs($0.value) }, weights: data.map(\.weight),
      at: [data.count < 100 ? 1 : 0.98])[0]
    return bulk > 0 ? 1.3 * bulk : 1
  }

  func residuals(of set: DataSet) -> [Double] {
    set.times.indices.map { index in
      let expected = set.modelValues?[index] ?? interpolated(at: set.times[index])
      return set.values[index] - expected
    }
  }

  private func interpolated(at time: Double) -> Double {
    guard let model, let first = model.times.first, let last = model.times.last,
      time >= first, time <= last
    else { return .nan }
    var (low, high) = (0, model.times.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if model.times[middle] <= time { low = middle } else { high = middle }
    }
    let width = model.times[high] - model.times[low]
    let part = width > 0 ? (time - model.times[low]) / width : 0
    return model.values[low] + part * (model.values[high] - model.values[low])
  }

  private func range(of values: [Double]) -> ClosedRange<Double> {
    (values.min() ?? 0)...(values.max() ?? 1)
  }

  private static func padded(_ range: ClosedRange<Double>, by part: Double) -> ClosedRange<Double> {
    let width = range.upperBound - range.lowerBound
    let margin = width > 0 ? part * width : max(abs(range.lowerBound) * 1e-3, 1e-3)
    return (range.lowerBound - margin)...(range.upperBound + margin)
  }

  /// Full Julian dates lose 2450000, as is the custom; smaller times stay.
  static func timeOffset(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound > 2_450_000 ? 2_450_000 : range.lowerBound > 2_400_000 ? 2_400_000 : 0
  }

  // MARK: Checks

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "light curve", problem: problem)
    }
    guard !dataSets.isEmpty || model != nil else { throw fail("neither data nor a model") }
    for set in dataSets {
      guard set.values.count == set.times.count, set.errors.count == set.times.count else {
        throw fail(
          "\(set.label) has \(set.times.count) times, \(set.values.count) values, "
            + "\(set.errors.count) errors; the numbers must agree")
      }
      if let expected = set.modelValues, expected.count != set.times.count {
        throw fail("\(set.label) has \(set.times.count) times, \(expected.count) model values")
      }
      if let row = set.times.firstIndex(where: { !$0.isFinite }) {
        throw fail("\(set.label), row \(row): time \(set.times[row]) is not finite")
      }
    }
    let curves =
      (model.map { [("model", $0.times, $0.values)] } ?? [])
      + bands.map { ("band \($0.label), low", $0.times, $0.low) }
      + bands.map { ("band \($0.label), high", $0.times, $0.high) }
    for (name, times, values) in curves {
      guard times.count == values.count, times.count >= 2 else {
        throw fail("\(name) has \(times.count) times, \(values.count) values; at least 2, equal")
      }
      guard zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 }) else {
        throw fail("the times of \(name) do not increase")
      }
      if let row = values.firstIndex(where: { !$0.isFinite }) {
        throw fail("\(name), row \(row): \(values[row]) is not finite")
      }
    }
    guard dataSets.contains(where: { !$0.times.isEmpty }) || model != nil else {
      throw fail("no data set has any point")
    }
    for range in [window, zoom].compactMap({ $0 }) where range.lowerBound >= range.upperBound {
      throw fail("the time range \(range.lowerBound) to \(range.upperBound) is empty")
    }
  }
}

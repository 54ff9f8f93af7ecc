import Foundation
import NumericalMethods

/// One parameter of a corner figure: its axis, quantiles and histogram.
struct Marginal {
  let values: [Double]
  let axis: Axis
  /// The 16, 50 and 84 % quantiles.
  let quantiles: [Double]
  let reference: Double?
  private let label: Label

  init(
    values: [Double], weights: [Double]?, label: Label, reference: Double?,
    layout: CornerFigure.Layout
  ) {
    let found = weightedQuantiles(
      values, weights: weights, at: [0.005, 0.02, 0.16, 0.5, 0.84, 0.98, 0.995])
    // One or two stray samples in a hundred must not squeeze all others.
    var low = found[3] - found[0] > 4 * (found[3] - found[1]) ? found[1] : found[0]
    var high = found[6] - found[3] > 4 * (found[5] - found[3]) ? found[5] : found[6]
    if high - low <= 1e-12 * max(abs(low), abs(high)) {
      let half = max(abs(low) * 1e-3, 1e-6)  // all samples equal: show the spike in a small frame
      (low, high) = (low - half, high + half)
    }
    // A reference just outside is worth showing; one far away must not squeeze the samples.
    if let reference, abs(reference - (low + high) / 2) < high - low {
      (low, high) = (min(low, reference), max(high, reference))
    }
    let margin = 0.1 * (high - low)
    self.values = values
    self.label = label
    self.reference = reference
    quantiles = Array(found[2...4])
    axis = Axis(
      low: low - margin, high: high + margin, maximumTicks: layout.maximumTicks,
      maximumCharacters: layout.maximumTickCharacters)
  }

  /// The grid reaches beyond the frame, so that contours are cut by the frame and not by the grid.
  var gridRange: ClosedRange<Double> {
    let margin = 0.08 * (axis.high - axis.low)
    return (axis.low - margin)...(axis.high + margin)
  }

  /// Bins by the rule of Freedman & Diaconis (1981), 12 to 40 of them.
  func histogram(weights: [Double]?) -> [(low: Double, high: Double, height: Double)] {
    let spread = (quantiles[2] - quantiles[0]) * 0.678  // interquartile range of a Gaussian
    let width = 2 * spread / pow(Double(values.count), 1.0 / 3)
    let wanted = width > 0 ? (axis.high - axis.low) / width : 40
    let bins = Int(min(40, max(12, wanted)))
    let step = (axis.high - axis.low) / Double(bins)
    var heights = [Double](repeating: 0, count: bins)
    for (index, value) in values.enumerated() where value >= axis.low && value < axis.high {
      heights[min(bins - 1, Int((value - axis.low) / step))] += weights?[index] ?? 1
    }
    return heights.enumerated().map { bin, height in
      (axis.low + Double(bin) * step, axis.low + Double(bin + 1) * step, height)
    }
  }

  // MARK: Summary

  private var errors: (up: Double, down: Double) {
    (quantiles[2] - quantiles[1], quantiles[1] - quantiles[0])
  }

  private var texts: (median: String, up: String, down: String) {
    let unit = pow(10, Double(axis.power))
    let smaller = min(errors.up, errors.down) > 0 ? min(errors.up, errors.down) : errors.up
    let decimals = Decimal10.decimals(for: smaller / unit)
    let shift = axis.power == 0 ? 0 : axis.offset
    return (
      Decimal10.fixed((quantiles[1] - shift) / unit, decimals: decimals),
      Decimal10.fixed(errors.up / unit, decimals: decimals),
      Decimal10.fixed(errors.down / unit, decimals: decimals)
    )
  }

  /// The name in the unit of ``median``.
  var summaryName: Label {
    axis.power == 0 ? label : axis.title(label)
  }

  var median: String { texts.median }
  /// Distances to the 84 and 16 % quantiles.
  var upperError: String { "+" + texts.up }
  var lowerError: String { "\u{2212}" + texts.down }
}

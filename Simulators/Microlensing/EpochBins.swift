import Observations

/// Neighbouring epochs of one data set averaged with inverse-variance weights.
///
/// Fluxes are linear in the magnification, so a bin's mean flux is source flux × mean magnification +
/// blend flux, exactly. Bins are narrow near the peak and widen away from it, where nothing is fast.
struct EpochBins: Sendable {
  struct Bin: Sendable {
    let dataSet: Int
    let epochs: Range<Int>
    /// Error of the mean flux.
    let error: Double
  }

  /// Epochs so close together that one magnification serves them all.
  struct Node: Sendable {
    let bin: Int
    /// Mean time, full JD.
    let time: Double
    /// Share of the bin's weight.
    let weight: Double
  }

  /// Widest bin and node at the peak in days, and their growth per day of distance from it.
  private static let binWidth = (peak: 0.05, growth: 0.02)
  private static let nodeWidth = (peak: 0.01, growth: 0.002)

  let bins: [Bin]
  let nodes: [Node]
  /// Inverse-variance weights of the epochs of each data set, Σ = 1 in each bin.
  private let weights: [[Double]]
  /// The bins of each data set.
  private let dataSetRanges: [Range<Int>]

  init(_ lightCurves: [LightCurve], peak: Double) {
    var bins: [Bin] = []
    var nodes: [Node] = []
    var weights: [[Double]] = []
    var ranges: [Range<Int>] = []
    for (index, curve) in lightCurves.enumerated() {
      let first = bins.count
      var relative = curve.fluxError.map { 1 / ($0 * $0) }
      for epochs in Self.groups(
        curve.times, 0..<curve.times.count, width: Self.binWidth, peak: peak)
      {
        let total = relative[epochs].reduce(0, +)
        for epoch in epochs { relative[epoch] /= total }
        for group in Self.groups(curve.times, epochs, width: Self.nodeWidth, peak: peak) {
          let weight = relative[group].reduce(0, +)
          // Relative to the first time: full Julian dates have no digits to waste.
          let start = curve.times[group.lowerBound]
          let mean = group.reduce(0) { $0 + relative[$1] * (curve.times[$1] - start) } / weight
          nodes.append(Node(bin: bins.count, time: start + mean, weight: weight))
        }
        bins.append(Bin(dataSet: index, epochs: epochs, error: 1 / total.squareRoot()))
      }
      weights.append(relative)
      ranges.append(first..<bins.count)
    }
    self.bins = bins
    self.nodes = nodes
    self.weights = weights
    dataSetRanges = ranges
  }

  /// Cuts a range of sorted times into stretches no longer than a width that depends on their distance
  /// from the peak.
  private static func groups(
    _ times: [Double], _ range: Range<Int>, width: (peak: Double, growth: Double), peak: Double
  ) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var start = range.lowerBound
    for end in range.dropFirst() {
      let limit = width.peak + width.growth * abs(times[start] - peak)
      if times[end] - times[start] > limit {
        groups.append(start..<end)
        start = end
      }
    }
    groups.append(start..<range.upperBound)
    return groups
  }

  /// The weighted mean in each bin of values given at the epochs of each data set.
  func means(ofEpochs values: [[Double]]) -> [Double] {
    bins.map { bin in
      bin.epochs.reduce(0) { $0 + weights[bin.dataSet][$1] * values[bin.dataSet][$1] }
    }
  }

  /// The weighted mean in each bin of values given at the nodes.
  func means(ofNodes values: [Double]) -> [Double] {
    var means = [Double](repeating: 0, count: bins.count)
    for (node, value) in zip(nodes, values) { means[node.bin] += node.weight * value }
    return means
  }

  /// Values `[bins]` grouped by data set.
  func perDataSet(_ values: [Double]) -> [[Double]] {
    dataSetRanges.map { Array(values[$0]) }
  }
}

import Numerics

/// Makes a ``VisibilitySummary`` of any number of visibilities, which arrive in blocks.
///
/// What needs the order of time is exact for a million visibilities in any order, and for more if those
/// after the first million come in the order of time; otherwise it is left out, with a note. Memory: the
/// first million visibilities, two histograms, and the baselines of one scan.
public struct VisibilitySummarizer {
  private var summary = VisibilitySummary()
  private var isStationUsed: [Bool] = []
  private var lengths = Extent()
  private var longLengths = Extent()
  private var times = Extent()
  private var signal = MedianEstimate()
  private var longSignal = MedianEstimate()
  private var zeroBaselines = ZeroBaselineFluxes()
  private var first: Visibility?
  private var last: Visibility?
  /// Rows of the beginning, to be sorted; nil when they have been.
  private var waiting: [Visibility]? = []
  /// nil when rows came too late to be sorted.
  private var ordered: ScanStatistics? = ScanStatistics()

  public init() {}

  /// - Complexity: O(rows).
  public mutating func add(_ rows: [Visibility]) {
    for row in rows { count(row) }
    first = first ?? rows.first
    last = rows.last ?? last
    if ordered == nil { return }
    if let count = waiting?.count, count + rows.count <= MedianEstimate.exactCount {
      waiting?.append(contentsOf: rows)
    } else {
      sortWaiting()
      for row in rows { addInOrder(row) }
    }
  }

  /// - Parameter header: all about the observation but its visibilities, which are not looked at.
  public mutating func finish(_ header: VisibilitySet) -> VisibilitySummary {
    sortWaiting()
    ordered?.finish()
    for row in header.squaredVisibilities {
      addLength((row.u * row.u + row.v * row.v).squareRoot())
      use(row.station1, row.station2)
    }
    fill(from: header)
    summary.uvRange = lengths.range?.map { $0 / 1e9 }
    summary.medianSNR = signal.median
    if !signal.isExact {
      summary.notes.append(
        "the median of SNR over \(signal.count) visibilities is from a histogram, good to 1e-4")
    }
    if lengths.high >= 10 * VisibilitySummary.shortLength {
      summary.shortestLong = longLengths.low / 1e9
      summary.medianSNRLong = longSignal.median
    }
    if header.stations.isEmpty { return summary }
    summary.times = times.range
    summary.zeroBaselines = zeroBaselines.summaries(of: header.stations, longest: lengths.high)
    if let ordered, summary.visibilities > 0 {
      summary.timestamps = ordered.timestamps
      summary.scans = ordered.scans
      summary.closures = ordered.closureCounts
      summary.scanAverage = ordered.weightedAverages
      summary.plainScanAverage = ordered.plainAverages
    }
    return summary
  }

  private mutating func fill(from header: VisibilitySet) {
    summary.source = header.source
    summary.rightAscensionHours = header.rightAscension / 15
    summary.declination = header.declination
    summary.mjd = header.mjd
    summary.frequencies = header.frequencies
    summary.bandwidth = header.bandwidth
    summary.stations = header.stations.map(\.name)
    summary.stationsInData = zip(summary.stations, isStationUsed).filter(\.1).map(\.0)
    summary.squaredVisibilities = header.squaredVisibilities.count
    summary.bispectra = header.bispectra.count
    summary.notes = header.warnings + summary.notes
    func record(_ row: Visibility) -> VisibilitySummary.Record {
      func name(_ station: Int) -> String {
        header.stations.isEmpty ? "" : header.stations[station].name
      }
      return .init(
        time: row.time, tint: row.integration, t1: name(row.station1), t2: name(row.station2),
        u: row.u, v: row.v, re: row.value.real, im: row.value.imaginary, sigma: row.sigma)
    }
    summary.firstRecord = first.map(record)
    summary.lastRecord = last.map(record)
  }

  private mutating func count(_ row: Visibility) {
    summary.visibilities += 1
    summary.sumOfValues[0] += row.value.real
    summary.sumOfValues[1] += row.value.imaginary
    summary.sumOfSigma += row.sigma
    summary.sumOfAbsoluteU += abs(row.u)
    summary.sumOfAbsoluteV += abs(row.v)
    let length = (row.u * row.u + row.v * row.v).squareRoot()
    let amplitude = row.value.length
    addLength(length)
    times.add(row.time)
    signal.add(amplitude / row.sigma)
    if length > VisibilitySummary.shortLength { longSignal.add(amplitude / row.sigma) }
    use(row.station1, row.station2)
    zeroBaselines.add(row, length: length, amplitude: amplitude)
  }

  private mutating func addLength(_ length: Double) {
    lengths.add(length)
    if length > VisibilitySummary.shortLength { longLengths.add(length) }
  }

  private mutating func use(_ station1: Int, _ station2: Int) {
    while isStationUsed.count <= max(station1, station2) { isStationUsed.append(false) }
    isStationUsed[station1] = true
    isStationUsed[station2] = true
  }

  private mutating func sortWaiting() {
    guard let rows = waiting else { return }
    waiting = nil
    let isSorted = zip(rows, rows.dropFirst()).allSatisfy { $0.time <= $1.time }
    for row in isSorted ? rows : rows.sorted(by: { $0.time < $1.time }) { addInOrder(row) }
  }

  private mutating func addInOrder(_ row: Visibility) {
    guard ordered?.add(row) == false else { return }
    ordered = nil
    summary.notes.append(
      "more than \(MedianEstimate.exactCount) visibilities that are not in the order of time: times, "
        + "scans and closures are not counted")
  }
}

/// The smallest and the largest of some numbers.
private struct Extent {
  var low = Double.infinity
  var high = -Double.infinity

  mutating func add(_ value: Double) {
    low = min(low, value)
    high = max(high, value)
  }

  var range: [Double]? { low <= high ? [low, high] : nil }
}

extension VisibilitySummary {
  /// Of a set in memory.
  public init(_ set: VisibilitySet) {
    var summarizer = VisibilitySummarizer()
    summarizer.add(set.visibilities)
    self = summarizer.finish(set)
  }
}

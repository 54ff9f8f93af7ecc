import Numerics

/// Makes a ``VisibilitySummary`` of any number of visibilities, which arrive in blocks.
///
/// What needs the order of time is exact for a million visibilities in any order, and for more if those
/// after the first million come in the order of time; otherwise it is left out, with a note. Memory: the
/// first million visibilities, three histograms, and the baselines of one scan.
public struct VisibilitySummarizer {
  private let header: VisibilitySet
  private var summary = VisibilitySummary()
  private var isStationUsed: [Bool]
  private var shortest = Double.infinity
  private var shortestLong = Double.infinity
  private var longest = 0.0
  private var earliest = Double.infinity
  private var latest = -Double.infinity
  private var signal = MedianEstimate()
  private var longSignal = MedianEstimate()
  private var zeroBaselines: ZeroBaselineFluxes
  /// Rows of the beginning, to be sorted.
  private var waiting: [Visibility] = []
  private var hasSorted = false
  private var ordered: ScanStatistics?

  /// - Parameter header: all about the observation but its visibilities, which are not looked at.
  public init(_ header: VisibilitySet) {
    self.header = header
    isStationUsed = [Bool](repeating: false, count: header.stations.count)
    zeroBaselines = ZeroBaselineFluxes(stationCount: header.stations.count)
    if !header.stations.isEmpty { ordered = ScanStatistics(stationCount: header.stations.count) }
  }

  /// - Complexity: O(rows).
  public mutating func add(_ rows: [Visibility]) {
    for row in rows { count(row) }
    if let first = rows.first, summary.firstRecord == nil { summary.firstRecord = record(first) }
    if let last = rows.last { summary.lastRecord = record(last) }
    guard ordered != nil else { return }
    if !hasSorted && waiting.count + rows.count <= MedianEstimate.exactCount {
      waiting += rows
    } else {
      sortWaiting()
      for row in rows { addInOrder(row) }
    }
  }

  public mutating func finish() -> VisibilitySummary {
    sortWaiting()
    ordered?.finish()
    fillHeader()
    summary.stationsInData = zip(header.stations, isStationUsed).filter(\.1).map(\.0.name)
    if earliest <= latest { summary.times = [earliest, latest] }
    if summary.visibilities + header.squaredVisibilities.count > 0 {
      summary.uvRange = [shortest / 1e9, longest / 1e9]
    }
    summary.medianSNR = signal.median
    if !signal.isExact {
      summary.notes.append(
        "medians over \(signal.count) visibilities are from a histogram, good to a relative 1e-4")
    }
    if longest >= 10 * VisibilitySummary.shortLength {
      summary.shortestLong = shortestLong / 1e9
      summary.medianSNRLong = longSignal.median
      summary.zeroBaselines = zeroBaselines.summaries(of: header.stations)
    }
    if let ordered {
      summary.timestamps = ordered.timestamps
      summary.scans = ordered.scans
      summary.closures = ordered.closureCounts
      summary.scanAverage = ordered.weightedAverages
      summary.plainScanAverage = ordered.plainAverages
    }
    return summary
  }

  private mutating func fillHeader() {
    summary.source = header.source
    summary.rightAscensionHours = header.rightAscension / 15
    summary.declination = header.declination
    summary.mjd = header.mjd
    summary.frequencies = header.frequencies
    summary.bandwidth = header.bandwidth
    summary.stations = header.stations.map(\.name)
    summary.squaredVisibilities = header.squaredVisibilities.count
    summary.bispectra = header.bispectra.count
    for row in header.squaredVisibilities {
      widen(toLength: (row.u * row.u + row.v * row.v).squareRoot())
      use(row.station1, row.station2)
    }
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
    widen(toLength: length)
    signal.add(amplitude / row.sigma)
    if length > VisibilitySummary.shortLength { longSignal.add(amplitude / row.sigma) }
    if header.stations.isEmpty { return }
    use(row.station1, row.station2)
    zeroBaselines.add(row, length: length, amplitude: amplitude)
    (earliest, latest) = (min(earliest, row.time), max(latest, row.time))
  }

  private mutating func widen(toLength length: Double) {
    shortest = min(shortest, length)
    longest = max(longest, length)
    if length > VisibilitySummary.shortLength { shortestLong = min(shortestLong, length) }
  }

  private mutating func use(_ station1: Int, _ station2: Int) {
    if header.stations.isEmpty { return }
    isStationUsed[station1] = true
    isStationUsed[station2] = true
  }

  private mutating func sortWaiting() {
    hasSorted = true
    let isSorted = zip(waiting, waiting.dropFirst()).allSatisfy { $0.time <= $1.time }
    let rows = isSorted ? waiting : waiting.sorted { $0.time < $1.time }
    waiting = []
    for row in rows { addInOrder(row) }
  }

  private mutating func addInOrder(_ row: Visibility) {
    guard ordered?.add(row) == false else { return }
    ordered = nil
    summary.notes.append(
      "more than \(MedianEstimate.exactCount) visibilities that are not in the order of time: times, "
        + "scans and closures are not counted")
  }

  private func record(_ row: Visibility) -> VisibilitySummary.Record {
    func name(_ station: Int) -> String {
      header.stations.isEmpty ? "" : header.stations[station].name
    }
    return .init(
      time: row.time, tint: row.integration, t1: name(row.station1), t2: name(row.station2),
      u: row.u, v: row.v, re: row.value.real, im: row.value.imaginary, sigma: row.sigma)
  }
}

extension VisibilitySummary {
  /// Of a set in memory.
  public init(_ set: VisibilitySet) {
    var summarizer = VisibilitySummarizer(set)
    summarizer.add(set.visibilities)
    self = summarizer.finish()
  }
}

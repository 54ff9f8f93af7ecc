import Numerics

/// Counts that need rows in the order of time: times, scans, averages over scans and closures.
///
/// Only the current scan is kept.
struct ScanStatistics {
  private(set) var timestamps = 0
  private(set) var scans = 0
  private var closures = ClosureCounter()
  private var weighted = ScanAverages()
  private var plain = ScanAverages()

  private var time = -Double.infinity
  /// Baselines of the current time, by channel.
  private var baselines: [Int: [SIMD2<Int>]] = [:]
  private var cells: [SIMD4<Int32>: ScanCell] = [:]

  /// False, and without effect, when the row is earlier than the one before.
  mutating func add(_ row: Visibility) -> Bool {
    if row.time < time { return false }
    if row.time > time {
      finishTime()
      if row.time - time > Scans.gap { finishScan() }
      timestamps += 1
      time = row.time
    }
    let (a, b) = (min(row.station1, row.station2), max(row.station1, row.station2))
    if a != b { baselines[row.channel, default: []].append([a, b]) }
    let key = SIMD4(Int32(a), Int32(b), Int32(row.channel), 0)
    cells[key, default: ScanCell(row)].add(row.station1 == a ? row : row.reversed)
    return true
  }

  mutating func finish() {
    finishTime()
    finishScan()
  }

  var closureCounts: ClosureCounts { closures.total }
  var weightedAverages: VisibilitySummary.ScanAverage { weighted.summary }
  var plainAverages: VisibilitySummary.ScanAverage { plain.summary }

  private mutating func finishTime() {
    for pairs in baselines.values { closures.add(BaselineGraph(pairs)) }
    baselines.removeAll(keepingCapacity: true)
  }

  private mutating func finishScan() {
    if cells.isEmpty { return }
    scans += 1
    let all = Array(cells.values)
    weighted.add(
      all.map { .init(cell: $0, time: 0, signal: $0.weightedSignal, length: $0.weightedLength) })
    plain.add(
      all.map {
        .init(cell: $0, time: $0.firstTime, signal: $0.plainSignal, length: $0.plainLength)
      })
    cells.removeAll(keepingCapacity: true)
  }
}

/// Sums over one scan of one baseline and channel.
struct ScanCell {
  let station1: Int
  let station2: Int
  let channel: Int
  let firstTime: Double
  private var count = 0.0
  private var sum = Complex<Double>.zero
  private var variance = 0.0
  private var uv = SIMD2<Double>.zero
  private var weight = 0.0
  private var weightedSum = Complex<Double>.zero
  private var weightedUV = SIMD2<Double>.zero

  init(_ row: Visibility) {
    (station1, station2) = (min(row.station1, row.station2), max(row.station1, row.station2))
    (channel, firstTime) = (row.channel, row.time)
  }

  mutating func add(_ row: Visibility) {
    let w = 1 / (row.sigma * row.sigma)
    let place = SIMD2(row.u, row.v)
    count += 1
    sum += row.value
    variance += row.sigma * row.sigma
    uv += place
    weight += w
    weightedSum += row.value.multiplied(by: w)
    weightedUV += w * place
  }

  /// |V|/sigma of the plain mean, and the length of its baseline.
  var plainSignal: Double { sum.length / variance.squareRoot() }
  var plainLength: Double { (uv * uv).sum().squareRoot() / count }
  /// Of the mean weighted by 1/sigma².
  var weightedSignal: Double { weightedSum.length / weight.squareRoot() }
  var weightedLength: Double { (weightedUV * weightedUV).sum().squareRoot() / weight }
}

/// What one way of averaging over scans gives.
private struct ScanAverages {
  struct Average {
    let cell: ScanCell
    /// Averages of one time close with each other.
    let time: Double
    let signal: Double
    let length: Double
  }

  private struct Moment: Hashable {
    let time: Double
    let channel: Int
  }

  private var signal = MedianEstimate()
  private var closures = ClosureCounter()
  private var longClosures = ClosureCounter()

  mutating func add(_ averages: [Average]) {
    var all: [Moment: [SIMD2<Int>]] = [:]
    var long: [Moment: [SIMD2<Int>]] = [:]
    for average in averages {
      signal.add(average.signal)
      let pair = SIMD2(average.cell.station1, average.cell.station2)
      if pair.x == pair.y { continue }
      let moment = Moment(time: average.time, channel: average.cell.channel)
      all[moment, default: []].append(pair)
      if average.length > VisibilitySummary.shortLength {
        long[moment, default: []].append(pair)
      }
    }
    for pairs in all.values { closures.add(BaselineGraph(pairs)) }
    for pairs in long.values { longClosures.add(BaselineGraph(pairs)) }
  }

  var summary: VisibilitySummary.ScanAverage {
    .init(
      visibilities: signal.count, medianSNR: signal.median, closures: closures.total,
      longClosures: longClosures.total)
  }
}

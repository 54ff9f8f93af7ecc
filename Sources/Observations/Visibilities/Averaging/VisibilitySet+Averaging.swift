extension VisibilitySet {
  /// First and last time of each scan, hours; see ``Scans``.
  public func scans(gap: Double = Scans.gap) -> [ClosedRange<Double>] {
    Scans.find(in: visibilities.map(\.time), gap: gap)
  }

  /// Visibilities averaged over scans, per baseline and channel.
  ///
  /// See ``averaged(interval:gap:)``, which has the same errors and cost.
  public func averagedOverScans(gap: Double = Scans.gap) throws(DerivedDataError) -> VisibilitySet {
    try averaged(over: scans(gap: gap))
  }

  /// Visibilities averaged over an interval of time, per baseline and channel.
  ///
  /// Values, u and v are weighted by 1/sigma²; sigma is that of the weighted mean, and lengths of
  /// integrations add up. All baselines of an interval get one time, half way between its first and
  /// last, so that they still close. Phases must not turn within the interval, or the average loses
  /// amplitude. Squared visibilities and bispectra stay as they are. Rows come in the order of time,
  /// first station, second station, channel; the first station has the lower index.
  ///
  /// - Parameters:
  ///   - interval: seconds; intervals start anew with each scan.
  ///   - gap: two times further apart than this belong to two scans, hours.
  /// - Throws: ``DerivedDataError``.
  /// - Complexity: O(*n* log *n*) in the number of visibilities.
  public func averaged(
    interval: Double, gap: Double = Scans.gap
  ) throws(DerivedDataError) -> VisibilitySet {
    precondition(interval > 0)
    let times = visibilities.map(\.time)
    return try averaged(
      over: Scans.divide(
        Scans.find(in: times, gap: gap), times: times, interval: interval / 3600))
  }

  /// - Parameter intervals: increasing, without overlap; they hold every time.
  private func averaged(
    over intervals: [ClosedRange<Double>]
  ) throws(DerivedDataError) -> VisibilitySet {
    try requireBaselines()
    let rows = visibilities.map { $0.station1 <= $0.station2 ? $0 : $0.reversed }
    let keys = rows.map { row in
      AverageKey(
        interval: Self.interval(of: row.time, in: intervals), station1: row.station1,
        station2: row.station2, channel: row.channel)
    }
    // Ties in the order of the rows: sums do not depend on how the sort works.
    let order = rows.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    var result = self
    result.visibilities = []
    var first = 0
    while first < order.count {
      let key = keys[order[first]]
      var mean = VisibilityMean()
      var next = first
      while next < order.count, keys[order[next]] == key {
        mean.add(rows[order[next]])
        next += 1
      }
      let interval = intervals[key.interval]
      result.visibilities.append(
        mean.result(
          like: rows[order[first]], time: (interval.lowerBound + interval.upperBound) / 2))
      first = next
    }
    return result
  }

  private static func interval(of time: Double, in intervals: [ClosedRange<Double>]) -> Int {
    var (low, high) = (0, intervals.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if time > intervals[middle].upperBound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// What visibilities have in common that are averaged with each other.
private struct AverageKey: Comparable {
  let interval: Int
  let station1: Int
  let station2: Int
  let channel: Int

  static func < (a: AverageKey, b: AverageKey) -> Bool {
    (a.interval, a.station1, a.station2, a.channel)
      < (b.interval, b.station1, b.station2, b.channel)
  }
}

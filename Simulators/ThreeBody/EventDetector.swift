import CVector

/// Looks for events within the steps of eight systems.
///
/// A step is far shorter than what the bodies take to turn round each other: of any one kind there is at most
/// one event of a pair in it, which its two ends tell.
struct EventDetector {
  let criteria: EventCriteria
  /// The bodies that have escaped and the tightest pair, of each lane.
  private var escaped: [[Bool]]
  private var tightest: [Int]
  /// Events of each lane so far.
  private(set) var events: [[GravityEvent]]
  /// When surfaces met.
  private(set) var collision = Lanes(repeating: .infinity)

  /// Distance vectors and velocities of all pairs after the step, `[pairs][dimensions]`.
  private var distances: [Lanes]
  private var velocities: [Lanes]

  init(_ criteria: EventCriteria, series: TaylorSeries) {
    self.criteria = criteria
    let lanes = Lanes.scalarCount
    escaped = Array(
      repeating: Array(repeating: false, count: series.bodies.bodies), count: lanes)
    tightest = Array(repeating: -1, count: lanes)
    events = Array(repeating: [], count: lanes)
    distances = Array(repeating: .zero, count: series.pairCount * series.bodies.dimensions)
    velocities = distances
  }

  /// Forgets what was on a lane.
  mutating func clear(_ lane: Int) {
    for body in escaped[lane].indices { escaped[lane][body] = false }
    tightest[lane] = -1
    events[lane] = []
    collision[lane] = .infinity
  }

  /// Looks through steps from `time` on, before the series moves on; events after `end` do not count.
  /// Returns whether bodies have collided.
  mutating func examine(
    _ series: TaylorSeries, step: Lanes, time: LongLanes, end: Double, active: [Int]
  ) -> Bool {
    evaluateEnds(series, step)
    var hasCollided = false
    for lane in 0..<Lanes.scalarCount where active[lane] >= 0 {
      var path: PairPaths?
      // Made only where something happens.
      func paths() -> PairPaths {
        if path == nil { path = PairPaths(series, lane: lane) }
        return path!
      }
      var found: [(Double, GravityEvent.Kind)] = []
      let limit = step[lane]
      let before = found.count
      examinePairs(series, lane, limit, paths, &found)
      for (_, kind) in found[before...] {
        if case .collision = kind { hasCollided = true }
      }
      if let distance = criteria.escapeDistance {
        for body in 0..<series.bodies.bodies where !escaped[lane][body] {
          let masses = (0..<series.bodies.bodies).map { series.masses[$0][lane] }
          guard hasEscaped(body, lane, masses, distance, series) else { continue }
          escaped[lane][body] = true
          let all = paths()
          let offset = bisect(0, limit) {
            all.hasEscaped(body, masses: masses, distance: distance, after: $0)
          }
          found.append((offset, .escape(body)))
        }
      }
      if criteria.findsExchanges { examineExchange(series, lane, limit, paths, &found) }
      let unit = series.unit[lane]
      var ending = Double.infinity
      for (offset, kind) in found.sorted(by: { $0.0 < $1.0 }) {
        let moment = time.high[lane] + (time.low[lane] + offset * unit)
        guard moment <= end, moment <= ending else { continue }
        if case .collision = kind { ending = moment }
        events[lane].append(GravityEvent(time: moment, kind: kind))
      }
      collision[lane] = min(collision[lane], ending)
    }
    return hasCollided
  }

  private mutating func evaluateEnds(_ series: TaylorSeries, _ step: Lanes) {
    let dimensions = series.bodies.dimensions
    for index in 0..<series.pairCount {
      let pair = series.pairs[index]
      for dimension in 0..<dimensions {
        let i = series.bodies.place(pair.first, dimension)
        let j = series.bodies.place(pair.second, dimension)
        let c = series.bodies.high
        var n = series.order
        var (sum, slope) = (c[j + n] - c[i + n], Lanes.zero)
        while n > 0 {
          n -= 1
          slope = sum.addingProduct(slope, step)
          let next =
            n > series.order - 2
            ? c[j + n] - c[i + n] : pair.d[dimension * pair.stride + n]
          sum = next.addingProduct(sum, step)
        }
        distances[index * dimensions + dimension] = sum
        velocities[index * dimensions + dimension] = slope
      }
    }
  }

  private func end(_ pair: Int, _ lane: Int, _ dimensions: Int) -> (
    d: SIMD3<Double>, v: SIMD3<Double>
  ) {
    var (d, v) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
    for dimension in 0..<dimensions {
      d[dimension] = distances[pair * dimensions + dimension][lane]
      v[dimension] = velocities[pair * dimensions + dimension][lane]
    }
    return (d, v)
  }

  private func examinePairs(
    _ series: TaylorSeries, _ lane: Int, _ limit: Double, _ paths: () -> PairPaths,
    _ found: inout [(Double, GravityEvent.Kind)]
  ) {
    guard criteria.encounterDistance != nil || criteria.radii != nil else { return }
    for index in 0..<series.pairCount {
      let pair = series.pairs[index]
      let (d, v) = end(index, lane, series.bodies.dimensions)
      let square = pair.s[0][lane]
      // s[1] is twice d · v.
      let isTurning = pair.s[1][lane] < 0 && dot(d, v) >= 0
      var nearest = limit
      if isTurning {
        let all = paths()
        nearest = bisect(0, limit) { offset in
          let (d, v) = all.state(index, after: offset)
          return dot(d, v) >= 0
        }
        let distance = length(all.state(index, after: nearest).d)
        if let threshold = criteria.encounterDistance, distance < threshold {
          found.append((nearest, .encounter(pair.first, pair.second, distance: distance)))
        }
      }
      guard let radii = criteria.radii else { continue }
      let radius = radii[pair.first] + radii[pair.second]
      guard square >= radius * radius else {
        // They touch from the beginning.
        found.append((0, .collision(pair.first, pair.second)))
        continue
      }
      let closest = isTurning ? length(paths().state(index, after: nearest).d) : length(d)
      if closest < radius {
        let all = paths()
        let moment = bisect(0, nearest) { length(all.state(index, after: $0).d) < radius }
        found.append((moment, .collision(pair.first, pair.second)))
      }
    }
  }

  private func hasEscaped(
    _ body: Int, _ lane: Int, _ masses: [Double], _ distance: Double, _ series: TaylorSeries
  ) -> Bool {
    isEscape(
      body, masses: masses, distance: distance, unit: series.unit[lane],
      bodies: series.bodies.bodies
    ) { end($0, lane, series.bodies.dimensions) }
  }

  private mutating func examineExchange(
    _ series: TaylorSeries, _ lane: Int, _ limit: Double, _ paths: () -> PairPaths,
    _ found: inout [(Double, GravityEvent.Kind)]
  ) {
    func bound(_ state: (Int) -> (d: SIMD3<Double>, v: SIMD3<Double>)) -> Int {
      var (best, least) = (0, Double.infinity)
      for index in 0..<series.pairCount {
        let pair = series.pairs[index]
        let (m, n) = (series.masses[pair.first][lane], series.masses[pair.second][lane])
        let (d, v) = state(index)
        let speed = length(v) / series.unit[lane]
        let energy = m * n * (0.5 * speed * speed / (m + n) - 1 / length(d))
        if energy < least { (best, least) = (index, energy) }
      }
      return best
    }
    if tightest[lane] < 0 {
      let all = paths()
      tightest[lane] = bound { all.state($0, after: 0) }
    }
    let last = tightest[lane]
    let now = bound { end($0, lane, series.bodies.dimensions) }
    guard now != last else { return }
    let all = paths()
    let offset = bisect(0, limit) { offset in bound { all.state($0, after: offset) } != last }
    tightest[lane] = now
    let (old, new) = (series.pairs[last], series.pairs[now])
    found.append((offset, .exchange(from: [old.first, old.second], to: [new.first, new.second])))
  }
}

import NumericalMethods
import Numerics

/// Finds visibilities that are neighbours in the plane of baselines, and compares their phases.
struct PhasePairs {
  /// A difference of phase, and what explains it, radians.
  struct Pair {
    let difference: Double
    /// One standard deviation.
    let noise: Double
    /// The most that the sky can do.
    let sky: Double
  }

  let flux: Double
  let fieldOfView: Double
  let scans: [ClosedRange<Double>]

  /// Differences that noise or sky may make as large as this, radians, tell little.
  private static let limit = 0.5
  /// At most so many visibilities of a cell are looked at.
  private static let cellLimit = 16

  /// Visibilities of each baseline and channel that follow each other, within scans or across their gaps.
  func successive(in rows: [Visibility], acrossScans: Bool) -> [Pair] {
    let keys = rows.map { SIMD4($0.station1, $0.station2, $0.channel, scan(at: $0.time)) }
    let order = rows.indices.sorted { i, j in
      let (a, b) = (keys[i], keys[j])
      return (a.x, a.y, a.z, rows[i].time, i) < (b.x, b.y, b.z, rows[j].time, j)
    }
    return zip(order, order.dropFirst()).compactMap { i, j in
      let (a, b) = (keys[i], keys[j])
      guard a.x == b.x, a.y == b.y, a.z == b.z, (a.w != b.w) == acrossScans else { return nil }
      return pair(rows[i], rows[j])
    }
  }

  /// Each visibility and the nearest of another baseline, or its own conjugate.
  ///
  /// The plane is divided into cells as wide as the sky's limit; of each cell the first few are tried.
  func meeting(in rows: [Visibility]) -> [Pair] {
    let width = Self.limit / (.pi * fieldOfView)
    let half = rows.map { $0.u < 0 ? $0.reversed : $0 }
    func cell(_ row: Visibility) -> SIMD3<Int> {
      SIMD3(Int((row.u / width).rounded(.down)), Int((row.v / width).rounded(.down)), row.channel)
    }
    var cells: [SIMD3<Int>: [Int]] = [:]
    for (index, row) in half.enumerated() { cells[cell(row), default: []].append(index) }
    return half.indices.compactMap { index in
      let row = half[index]
      var nearest: (distance: Double, row: Visibility)?
      func consider(_ other: Visibility) {
        let distance = self.distance(row, other)
        if distance < nearest?.distance ?? width { nearest = (distance, other) }
      }
      if 2 * row.u < width { consider(row.reversed) }
      // Conjugates of visibilities near the axis lie on the other side of it.
      for place in row.u < width ? [row, row.reversed] : [row] {
        let middle = cell(place)
        for shift in Self.neighbours {
          for other in cells[middle &+ shift]?.prefix(Self.cellLimit) ?? []
          where other > index && !isSameBaseline(row, half[other]) {
            consider(place.u == row.u && place.v == row.v ? half[other] : half[other].reversed)
          }
        }
      }
      return nearest.map { pair(row, $0.row) }
    }
  }

  /// nil if no difference is certain enough.
  func compare(
    _ neighbours: PhaseCalibration.Neighbours, _ pairs: [Pair]
  ) -> PhaseCalibration.Comparison? {
    let certain = pairs.filter { $0.noise < Self.limit && $0.sky < Self.limit }
    if certain.isEmpty { return nil }
    let differences = certain.map { abs($0.difference) }
    let allowed = certain.map { ($0.noise * $0.noise + $0.sky * $0.sky).squareRoot() }
    // The most certain shall not count more than a median one does twice.
    let floor = allowed.sorted()[certain.count / 2]
    let weights = allowed.map { 1 / ($0 * $0 + floor * floor) }
    let total = weights.reduce(0, +)
    func median(_ values: [Double]) -> Double {
      weightedQuantiles(values, weights: weights, at: [0.5])[0]
    }
    return .init(
      neighbours: neighbours, pairs: certain.count,
      effectivePairs: total * total / weights.reduce(0) { $0 + $1 * $1 },
      difference: median(differences), allowed: median(allowed),
      ratio: median(zip(differences, allowed).map { $0 / max($1, .leastNormalMagnitude) }))
  }

  private func pair(_ a: Visibility, _ b: Visibility) -> Pair {
    let (x, y) = (a.sigma / a.value.length, b.sigma / b.value.length)
    // A visibility and its own conjugate have the same noise, not independent.
    let isOwn = a == b.reversed
    return Pair(
      difference: (a.value * b.value.conjugate).phase,
      noise: isOwn ? 2 * x : (x * x + y * y).squareRoot(),
      sky: flux * .pi * fieldOfView * distance(a, b) / min(a.value.length, b.value.length))
  }

  private func distance(_ a: Visibility, _ b: Visibility) -> Double {
    ((a.u - b.u) * (a.u - b.u) + (a.v - b.v) * (a.v - b.v)).squareRoot()
  }

  private func isSameBaseline(_ a: Visibility, _ b: Visibility) -> Bool {
    min(a.station1, a.station2) == min(b.station1, b.station2)
      && max(a.station1, a.station2) == max(b.station1, b.station2)
  }

  /// Number of the last scan that has begun.
  private func scan(at time: Double) -> Int {
    var (low, high) = (0, scans.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if scans[middle].lowerBound <= time { low = middle } else { high = middle - 1 }
    }
    return low
  }

  private static let neighbours: [SIMD3<Int>] = (-1...1).flatMap { x in
    (-1...1).map { y in SIMD3(x, y, 0) }
  }
}

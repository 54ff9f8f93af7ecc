/// The part of space that a figure of trajectories shows: where bodies stay or come back to; those that leave
/// for good, or come from far away, are followed only a little.
struct TrajectoryFrame {
  /// Corners, with a margin.
  private(set) var low: SIMD3<Double>
  private(set) var high: SIMD3<Double>

  /// A body may be leaving from where it is farther from the centre of mass than this many times its least
  /// distance so far, and never again within half its distance.
  private static let departure = 3.0
  /// It leaves if it then recedes in the second half of the time at no less than this part of its speed in
  /// the first: 0.59 and above on a parabola, nearly 0 towards the far end of an ellipse.
  private static let deceleration = 0.5
  /// The frame shows all where that is at most this many times the part where bodies stay.
  private static let worthwhile = 1.7

  init(_ paths: Trajectories) {
    var (all, bulk) = (Box(), Box())
    for (path, stay) in zip(paths.positions, Self.stays(paths)) {
      for position in path { all.include(position) }
      for position in path[stay] { bulk.include(position) }
    }
    let extent = (bulk.high - bulk.low).max()
    var shown = all
    if extent > 0, (all.high - all.low).max() > Self.worthwhile * extent {
      // Room for the paths that leave to be seen as such.
      let room = SIMD3(repeating: 0.2 * extent)
      shown = Self.visible(paths, bulk.low - room, bulk.high + room)
    }
    (low, high) = (shown.low, shown.high)
    let size = (high - low).max()
    let margin = size > 0 ? 0.05 * size : 1
    (low, high) = (low - margin, high + margin)
  }

  /// Whether the motion leaves the plane x, y by more than rounding.
  static func isSpatial(_ paths: Trajectories) -> Bool {
    var box = Box()
    for position in paths.positions.joined() { box.include(position) }
    let extent = box.high - box.low
    return extent.z > 1e-3 * max(extent.x, extent.y)
  }

  /// Of the plane, no narrower or lower than `ratio` times the other side.
  func rectangle(
    on plane: Trajectories.Plane, ratio: Double
  ) -> (low: SIMD2<Double>, high: SIMD2<Double>) {
    let (least, most) = (plane(low), plane(high))
    let middle = (least + most) / 2
    var half = (most - least) / 2
    half = SIMD2(max(half.x, ratio * half.y), max(half.y, ratio * half.x))
    return (middle - half, middle + half)
  }

  /// What the paths reach within a box.
  private static func visible(
    _ paths: Trajectories, _ low: SIMD3<Double>, _ high: SIMD3<Double>
  ) -> Box {
    var box = Box()
    for path in paths.positions {
      for (start, end) in zip(path, path.dropFirst()) {
        guard let part = clipped(from: start, to: end, low: low, high: high) else { continue }
        box.include(start + part.enters * (end - start))
        box.include(start + part.leaves * (end - start))
      }
    }
    return box
  }

  // MARK: Who leaves

  /// Of each body, the samples from when it has come to when it leaves.
  private static func stays(_ paths: Trajectories) -> [Range<Int>] {
    let total = paths.masses.reduce(0, +)
    let centres = paths.times.indices.map { index in
      zip(paths.positions, paths.masses).reduce(SIMD3<Double>.zero) { sum, body in
        sum + body.1 / total * body.0[index]
      }
    }
    let times = paths.times.map { abs($0 - paths.times[0]) }
    let past = times.reversed().map { times[times.count - 1] - $0 }
    return paths.positions.map { path in
      let distances = zip(path, centres).map { position, centre in
        let apart = position - centre
        return (apart * apart).sum().squareRoot()
      }
      let end = leaving(distances, times)
      let start = distances.count - leaving(distances.reversed(), past)
      // Where it is nearest it neither comes nor leaves: the range is not empty.
      return start..<end
    }
  }

  /// The first sample after which a body is leaving; their number if it is not.
  private static func leaving(_ distances: [Double], _ times: [Double]) -> Int {
    let count = distances.count
    let future = Array(runningMinimum(distances.reversed()).reversed())
    let past = runningMinimum(distances)
    let first = distances.indices.first {
      distances[$0] > departure * past[$0] && future[$0] > distances[$0] / 2
    }
    guard let first, first < count - 2 else { return count }
    func index(after part: Double) -> Int {
      let time = times[first] + part * (times[count - 1] - times[first])
      return times.firstIndex { $0 >= time } ?? count - 1
    }
    let (middle, late) = (index(after: 0.5), index(after: 0.75))
    guard middle > first, middle < count - 1 else { return count }
    // Pairs that leave turn about each other, bodies that stay may swing in and out.
    guard distances[late...].min()! >= distances[first...middle].max()! else { return count }
    func speed(_ from: Int, _ to: Int) -> Double {
      (distances[to] - distances[from]) / (times[to] - times[from])
    }
    return speed(middle, count - 1) >= deceleration * speed(first, middle) ? first : count
  }

  private static func runningMinimum(_ values: [Double]) -> [Double] {
    var least = Double.infinity
    return values.map { value in
      least = min(least, value)
      return least
    }
  }

  private struct Box {
    var low = SIMD3<Double>(repeating: .infinity)
    var high = SIMD3<Double>(repeating: -.infinity)

    mutating func include(_ position: SIMD3<Double>) {
      low = pointwiseMin(low, position)
      high = pointwiseMax(high, position)
    }
  }
}

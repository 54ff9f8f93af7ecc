import CVector

extension TaylorSeries {
  /// The longest steps, in units of time, over which each of the last two orders changes the distance
  /// of no pair by more than `tolerance` of it.
  ///
  /// Relative to each pair and not to the whole: what a close pair loses of its energy is relative to its
  /// own size.
  func steps(tolerance: Double) -> Lanes {
    var logarithm = Lanes(repeating: 10)
    for n in [order - 1, order] {
      var ratio = Lanes(repeating: 1e-300)
      for pair in 0..<pairCount {
        let pair = pairs[pair]
        var square = Lanes.zero
        for dimension in 0..<bodies.dimensions {
          let value =
            bodies.high[bodies.place(pair.second, dimension) + n]
            - bodies.high[bodies.place(pair.first, dimension) + n]
          square.addProduct(value, value)
        }
        ratio = f64x8_max(ratio, square * pair.inverseSquare[0])
      }
      let limit = f64x8_rough_log2(Lanes(repeating: tolerance * tolerance) / ratio)
      logarithm = f64x8_min(logarithm, limit * (0.5 / Double(n)))
    }
    return f64x8_rough_exp2(logarithm)
  }

  /// The inverse square of the least distance of two bodies.
  var largestInverseSquare: Lanes {
    var largest = Lanes.zero
    for pair in 0..<pairCount { largest = f64x8_max(largest, pairs[pair].inverseSquare[0]) }
    return largest
  }

  /// Position and velocity (times `unit`) of a coordinate, numbered `body * dimensions + dimension`,
  /// `time` units later.
  ///
  /// What they change by is summed first and added to them once.
  @inline(__always) func state(
    of coordinate: Int, after time: LongLanes
  ) -> (position: StateLanes, velocity: StateLanes) {
    let c = bodies.high + coordinate * bodies.stride
    let low = bodies.low + coordinate * bodies.stride
    let h = time.high
    // Σ c[n] h^(n − 2) and its derivative; what is double is summed in double.
    var (sum, slope) = (c[order], Lanes.zero)
    var n = order - 1
    let last = longOrder == 0 ? 1 : longOrder + 2
    while n > last {
      slope = sum.addingProduct(slope, h)
      sum = c[n].addingProduct(sum, h)
      n -= 1
    }
    let (shift, kick): (LongLanes, LongLanes)
    if longOrder == 0 {
      let drift = c[1] * h
      let rest = (-drift).addingProduct(c[1], h) + h * low[1].addingProduct(sum, h)
      shift = .exact(drift, rest)
      kick = LongLanes(h * (2 * sum).addingProduct(slope, h))
    } else {
      var (long, longSlope) = (LongLanes(sum), LongLanes(slope))
      while n >= 2 {
        longSlope = longSlope * time + long
        long = long * time + LongLanes(c[n], low[n])
        n -= 1
      }
      shift = (long * time + LongLanes(c[1], low[1])) * time
      kick = (longSlope * time + LongLanes(2 * long.high, 2 * long.low)) * time
    }
    return (
      bodies.state(coordinate, order: 0) + shift, bodies.state(coordinate, order: 1) + kick
    )
  }

  /// Moves each lane by `step` units of time, and gives it a new unit.
  func move(by step: Lanes, newUnit: Lanes) {
    let ratio = newUnit / unit
    let time = LongLanes(step)
    for coordinate in 0..<bodies.bodies * bodies.dimensions {
      let (position, velocity) = state(of: coordinate, after: time)
      bodies.set(coordinate, order: 0, to: position)
      // Powers of two: exact.
      bodies.set(coordinate, order: 1, to: velocity * ratio)
    }
    unit = newUnit
  }
}

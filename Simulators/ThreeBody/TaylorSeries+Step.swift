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
  @inline(__always) func value(
    of coordinate: Int, after time: LongLanes
  ) -> (position: LongLanes, velocity: LongLanes) {
    let c = bodies.high + coordinate * bodies.stride
    let low = bodies.low + coordinate * bodies.stride
    let h = time.high
    // Σ c[n] h^(n − m) and its derivative, n ≥ m: what is double is summed in double.
    var (sum, slope) = (c[order], Lanes.zero)
    var n = order - 1
    let last = longOrder + 2
    while n > last {
      slope = sum.addingProduct(slope, h)
      sum = c[n].addingProduct(sum, h)
      n -= 1
    }
    var (position, velocity) = (LongLanes(sum), LongLanes(slope))
    while n >= 0 {
      velocity = velocity * time + position
      position = position * time + LongLanes(c[n], low[n])
      n -= 1
    }
    return (position, velocity)
  }

  /// As `value`, where only the orders 0 and 1 are long: each is corrected once.
  @inline(__always) func shortValue(
    of coordinate: Int, after h: Lanes
  ) -> (position: LongLanes, velocity: LongLanes) {
    let c = bodies.high + coordinate * bodies.stride
    let low = bodies.low + coordinate * bodies.stride
    // The sum is Σ c[n] h^(n − 2), n ≥ 2.
    var (sum, slope) = (c[order], Lanes.zero)
    var n = order - 1
    while n >= 2 {
      slope = sum.addingProduct(slope, h)
      sum = c[n].addingProduct(sum, h)
      n -= 1
    }
    let drift = c[1] * h
    let error = (-drift).addingProduct(c[1], h)
    let bend = h * low[1].addingProduct(sum, h)
    let position = LongLanes.exact(c[0], drift)
    let kick = h * (2 * sum).addingProduct(slope, h)
    let velocity = LongLanes.exact(c[1], kick)
    return (
      LongLanes.exact(position.high, position.low + (error + bend + low[0])),
      LongLanes.exact(velocity.high, velocity.low + low[1])
    )
  }

  /// As `value`, with what these orders need.
  @inline(__always) func state(
    of coordinate: Int, after time: LongLanes
  ) -> (position: LongLanes, velocity: LongLanes) {
    longOrder == 0
      ? shortValue(of: coordinate, after: time.high) : value(of: coordinate, after: time)
  }

  /// Moves each lane by `step` units of time, and gives it a new unit.
  func move(by step: Lanes, newUnit: Lanes) {
    let ratio = newUnit / unit
    let time = LongLanes(step)
    for coordinate in 0..<bodies.bodies * bodies.dimensions {
      let (value, slope) = state(of: coordinate, after: time)
      let place = coordinate * bodies.stride
      bodies.high[place] = value.high
      bodies.low[place] = value.low
      // Powers of two: exact.
      bodies.high[place + 1] = slope.high * ratio
      bodies.low[place + 1] = slope.low * ratio
    }
    unit = newUnit
  }
}

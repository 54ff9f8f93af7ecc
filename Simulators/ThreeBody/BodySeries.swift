/// The Taylor coefficients of the positions of all bodies, `[bodies][dimensions][stride]`, as high and low
/// parts; the caller deallocates.
///
/// Positions and velocities have a third part: where two bodies are close, the difference of their places
/// has as many digits as if one of them were the origin.
struct BodySeries {
  let bodies: Int
  let dimensions: Int
  /// One more than the order.
  let stride: Int
  let high: UnsafeMutablePointer<Lanes>
  let low: UnsafeMutablePointer<Lanes>
  /// `[bodies][dimensions][2]`, of orders 0 and 1.
  let lowest: UnsafeMutablePointer<Lanes>

  init(bodies: Int, dimensions: Int, stride: Int) {
    (self.bodies, self.dimensions, self.stride) = (bodies, dimensions, stride)
    high = PairSeries.lanes(bodies * dimensions * stride)
    low = PairSeries.lanes(bodies * dimensions * stride)
    lowest = PairSeries.lanes(2 * bodies * dimensions)
  }

  func deallocate() {
    high.deallocate()
    low.deallocate()
    lowest.deallocate()
  }

  /// Sets position or velocity (`order` 0 or 1) of a coordinate, numbered `body * dimensions + dimension`.
  @inline(__always) func set(_ coordinate: Int, order: Int, to value: StateLanes) {
    high[coordinate * stride + order] = value.high
    low[coordinate * stride + order] = value.low
    lowest[2 * coordinate + order] = value.lowest
  }

  @inline(__always) func state(_ coordinate: Int, order: Int) -> StateLanes {
    StateLanes(
      high: high[coordinate * stride + order], low: low[coordinate * stride + order],
      lowest: lowest[2 * coordinate + order])
  }

  /// Place of the coefficient of order 0.
  @inline(__always) func place(_ body: Int, _ dimension: Int) -> Int {
    (body * dimensions + dimension) * stride
  }
}

/// Eight unevaluated sums of three doubles: what a state is kept in between steps.
struct StateLanes {
  var high: Lanes
  var low: Lanes
  var lowest: Lanes

  /// Rounded to two doubles.
  @inline(__always) var long: LongLanes { LongLanes(high, low) }

  @inline(__always) static func + (a: Self, b: LongLanes) -> Self {
    let sum = LongLanes.exact(a.high, b.high)
    let second = LongLanes.exact(a.low, b.low)
    let middle = LongLanes.exact(sum.low, second.high)
    let upper = LongLanes.exact(sum.high, middle.high)
    let lower = LongLanes.exact(upper.low, a.lowest + (second.low + middle.low))
    return Self(high: upper.high, low: lower.high, lowest: lower.low)
  }

  /// Exact for powers of two.
  @inline(__always) static func * (a: Self, factor: Lanes) -> Self {
    Self(high: a.high * factor, low: a.low * factor, lowest: a.lowest * factor)
  }
}

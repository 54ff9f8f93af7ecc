import CVector

/// The Taylor coefficients of the motion of N bodies under their gravity, of eight systems at a time.
///
/// Orders up to `longOrder` are long (double-double), higher ones double: over a step each order adds
/// less than the one before, so that half of the digits of the later ones are never seen. With a
/// `longOrder` of 0 only positions and velocities are long: close bodies then lose nothing to their
/// distance from the origin.
///
/// Time is counted in a unit of its own for each lane, a power of two near the length of a step:
/// coefficients stay of the size of the positions, even where bodies all but collide.
///
/// Complexity: O(N² order²) a step. Reference: Jorba & Zou (2005), Exp. Math. 14, 99, §2 and 3; Biscani &
/// Izzo (2021), MNRAS 504, 2614.
final class TaylorSeries {
  /// Even, as is `longOrder`: double coefficients are made two orders at a time.
  let order: Int
  let longOrder: Int
  let bodies: BodySeries
  let pairCount: Int
  let pairs: UnsafeMutablePointer<PairSeries>
  /// G times the masses, `[bodies]`.
  let masses: UnsafeMutablePointer<Lanes>
  /// The unit of time of each lane.
  var unit = Lanes(repeating: 1)

  /// Of each body, its pairs: `[bodies][bodies - 1]`.
  private let pairOf: UnsafeMutablePointer<Int>
  /// The mass of the other body, negative where this is the second of the pair.
  private let pull: UnsafeMutablePointer<Lanes>
  private let inverse: UnsafeMutablePointer<LongLanes>
  private let inverseProduct: UnsafeMutablePointer<LongLanes>

  init(bodies count: Int, dimensions: Int, order: Int, longOrder: Int) {
    precondition(count >= 2 && (2...3).contains(dimensions))
    precondition(order % 2 == 0 && longOrder % 2 == 0 && longOrder >= 0 && longOrder < order - 2)
    (self.order, self.longOrder) = (order, longOrder)
    bodies = BodySeries(bodies: count, dimensions: dimensions, stride: order + 1)
    masses = PairSeries.lanes(count)
    pairCount = count * (count - 1) / 2
    pairs = .allocate(capacity: pairCount)
    pairOf = .allocate(capacity: 2 * pairCount)
    pull = PairSeries.lanes(2 * pairCount)
    for second in 0..<count {
      for first in 0..<second {
        let pair = second * (second - 1) / 2 + first
        (pairs + pair).initialize(
          to: PairSeries(
            first: first, second: second, dimensions: dimensions, stride: order + 1))
        pairOf[first * (count - 1) + second - 1] = pair
        pairOf[second * (count - 1) + first] = pair
      }
    }
    inverse = .allocate(capacity: order + 1)
    inverseProduct = .allocate(capacity: order + 1)
    for k in 0...order {
      (inverse + k).initialize(to: LongLanes(Lanes(repeating: Double(max(k, 1)))).inverse)
      (inverseProduct + k).initialize(
        to: LongLanes(Lanes(repeating: Double(max(k * (k - 1), 1)))).inverse)
    }
  }

  deinit {
    for pair in 0..<pairCount { pairs[pair].deallocate() }
    bodies.deallocate()
    for memory in [masses, pull] { memory.deallocate() }
    for memory in [inverse, inverseProduct] { memory.deallocate() }
    pairs.deallocate()
    pairOf.deallocate()
  }

  /// Coefficients of all orders from those of order 0 and 1, the latter velocities times `unit`.
  func expand() {
    let count = bodies.bodies
    for body in 0..<count {
      for other in 0..<(count - 1) {
        pull[body * (count - 1) + other] = other < body ? -masses[other] : masses[other + 1]
      }
    }
    if bodies.dimensions == 2 { expand(dimensions: 2) } else { expand(dimensions: 3) }
  }

  @inline(__always) private func expand(dimensions: Int) {
    let (bodies, pairs, inverse, longOrder) = (bodies, pairs, inverse, longOrder)
    let (pairCount, pull, pairOf) = (pairCount, pull, pairOf)
    let inverseProduct = inverseProduct
    let scale = unit * unit
    var k = 0
    if longOrder == 0 {
      for pair in 0..<pairCount { pairs[pair].begin(bodies, scale: scale) }
      collect(0, bodies, pairs, pull, pairOf, inverseProduct, orders: 1)
      k = 1
    }
    while k <= longOrder {
      for pair in 0..<pairCount {
        pairs[pair].advanceLong(k, bodies, scale: LongLanes(scale), inverse: inverse[k])
      }
      collectLong(k)
      k += 1
    }
    while k < order - 2 {
      let withLow = k == longOrder + 1
      for pair in 0..<pairCount {
        pairs[pair].advance(
          k, bodies, withLow: withLow, inverse: inverse[k].high, nextInverse: inverse[k + 1].high)
      }
      collect(k, bodies, pairs, pull, pairOf, inverseProduct, orders: 2)
      k += 2
    }
  }

  /// The positions' orders from `k + 2` on from the forces of all pairs.
  @inline(__always) private func collect(
    _ k: Int, _ bodies: BodySeries, _ pairs: UnsafeMutablePointer<PairSeries>,
    _ pull: UnsafeMutablePointer<Lanes>, _ pairOf: UnsafeMutablePointer<Int>,
    _ inverseProduct: UnsafeMutablePointer<LongLanes>, orders: Int
  ) {
    let neighbours = bodies.bodies - 1
    let factor = inverseProduct[k + 2].high
    let next = orders == 2 ? inverseProduct[k + 3].high : .zero
    for body in 0..<bodies.bodies {
      for dimension in 0..<bodies.dimensions {
        var (sum, nextSum) = (Lanes.zero, Lanes.zero)
        var place = body * neighbours
        for _ in 0..<neighbours {
          let force = pairs[pairOf[place]].force
          sum.addProduct(pull[place], force[dimension])
          nextSum.addProduct(pull[place], force[bodies.dimensions + dimension])
          place += 1
        }
        let target = bodies.high + bodies.place(body, dimension) + k + 2
        target[0] = sum * factor
        if orders == 2 { target[1] = nextSum * next }
      }
    }
  }

  /// The coefficient of order `k + 2` of a body's coordinate from those of order `k` of its pairs.
  @inline(__always) func acceleration(
    of body: Int, order k: Int, force: (Int) -> Lanes
  ) -> Lanes {
    let neighbours = bodies.bodies - 1
    var sum = Lanes.zero
    for place in (body * neighbours)..<((body + 1) * neighbours) {
      sum.addProduct(pull[place], force(pairOf[place]))
    }
    return sum * inverseProduct[k + 2].high
  }

  private func collectLong(_ k: Int) {
    let neighbours = bodies.bodies - 1
    for body in 0..<bodies.bodies {
      for dimension in 0..<bodies.dimensions {
        var sum = LongLanes.zero
        for place in (body * neighbours)..<((body + 1) * neighbours) {
          let force = pairs[pairOf[place]].force
          sum =
            sum + LongLanes(force[dimension], force[bodies.dimensions + dimension]) * pull[place]
        }
        let value = sum * inverseProduct[k + 2]
        let target = bodies.place(body, dimension) + k + 2
        bodies.high[target] = value.high
        bodies.low[target] = value.low
      }
    }
  }
}

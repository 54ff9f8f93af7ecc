import CVector

/// The Taylor coefficients of what two bodies do to each other: their distance vector d, its square s, and
/// w = 1/d³, in the units of ``TaylorSeries``.
///
/// From s w′ = −3/2 s′ w: k s₀ w[k] = −Σ (k + n/2) s[n] w[k−n], n = 1 ... k; the force is Σ d[n] w[k−n].
struct PairSeries {
  let first: Int
  let second: Int
  /// 1/s of order 0, and its low part.
  let inverseSquare: UnsafeMutablePointer<Lanes>
  /// The force of the last orders, `[2][dimensions]`: of two orders, or high and low parts of one.
  let force: UnsafeMutablePointer<Lanes>
  /// `[dimensions][stride]`, low parts behind the high ones.
  let d: UnsafeMutablePointer<Lanes>
  /// `[stride]` each, low parts behind the high ones: s, n/2 s[n], w.
  let s: UnsafeMutablePointer<Lanes>
  let weighted: UnsafeMutablePointer<Lanes>
  let w: UnsafeMutablePointer<Lanes>
  let stride: Int
  let dimensions: Int

  static func lanes(_ count: Int) -> UnsafeMutablePointer<Lanes> {
    let memory = UnsafeMutablePointer<Lanes>.allocate(capacity: count)
    memory.initialize(repeating: .zero, count: count)
    return memory
  }

  init(first: Int, second: Int, dimensions: Int, stride: Int) {
    (self.first, self.second) = (first, second)
    (self.dimensions, self.stride) = (dimensions, stride)
    d = Self.lanes(2 * dimensions * stride)
    s = Self.lanes(2 * stride)
    weighted = Self.lanes(2 * stride)
    w = Self.lanes(2 * stride)
    force = Self.lanes(2 * dimensions)
    inverseSquare = Self.lanes(2)
  }

  func deallocate() {
    for memory in [d, s, weighted, w, force, inverseSquare] { memory.deallocate() }
  }

  /// Order 0 in double precision, of positions that have low parts.
  @inline(__always) func begin(_ bodies: BodySeries, scale: Lanes) {
    var square = Lanes.zero
    for dimension in 0..<dimensions {
      let value = difference(bodies, dimension, 0, withLow: true)
      d[dimension * stride] = value
      square.addProduct(value, value)
    }
    let inverse = 1 / square
    inverseSquare[0] = inverse
    s[0] = square
    w[0] = inverse * f64x8_sqrt(inverse) * scale
    for dimension in 0..<dimensions { force[dimension] = d[dimension * stride] * w[0] }
  }

  /// The coefficients of orders `k`, odd, and `k + 1` in double precision.
  ///
  /// Positions of both orders are known, as the force of order k makes those of order k + 2; two at once
  /// halve the loads, which are what limits.
  @inline(__always) func advance(
    _ k: Int, _ bodies: BodySeries, withLow: Bool, inverse: Lanes, nextInverse: Lanes
  ) {
    let (s, weighted, w, x) = (s, weighted, w, d)
    let y = x + stride
    let (x0, x1) = place(bodies, 0, k, withLow)
    let (y0, y1) = place(bodies, 1, k, withLow)
    // s[k] and s[k + 1]: each product but the middle one stands for two.
    var (even, odd) = (Lanes.zero, Lanes.zero)
    var (evenY, oddY) = (Lanes.zero, Lanes.zero)
    var (laterX, laterY) = (x1, y1)
    var n = 0
    while 2 * n < k {
      let (xn, yn) = (x[n], y[n])
      odd.addProduct(xn, laterX)
      oddY.addProduct(yn, laterY)
      laterX = x[k - n]
      laterY = y[k - n]
      even.addProduct(xn, laterX)
      evenY.addProduct(yn, laterY)
      n += 1
    }
    even += evenY
    odd += oddY
    var middle = (laterX * laterX).addingProduct(laterY, laterY)
    if dimensions == 3 {
      let z = x + 2 * stride
      var (_, laterZ) = place(bodies, 2, k, withLow)
      var n = 0
      while 2 * n < k {
        odd.addProduct(z[n], laterZ)
        laterZ = z[k - n]
        even.addProduct(z[n], laterZ)
        n += 1
      }
      middle.addProduct(laterZ, laterZ)
    }
    let square = 2 * even
    let nextSquare = middle.addingProduct(odd, Lanes(repeating: 2))
    let half = Double(k) * even
    let nextHalf = (0.5 * Double(k + 1)) * nextSquare
    s[k] = square
    s[k + 1] = nextSquare
    weighted[k] = half
    weighted[k + 1] = nextHalf

    // The sums over w[m], 0 < m < k; the last value of a column serves the next order.
    let w0 = w[0]
    var (fx, gx, fy, gy) = (x0 * w0, x1 * w0, y0 * w0, y1 * w0)
    var (a, b, c, e) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var (lastX, lastY, lastS, lastWeighted) = (x0, y0, Lanes.zero, Lanes.zero)
    var m = 1
    while m < k {
      let weight = w[m]
      gx.addProduct(lastX, weight)
      lastX = x[k - m]
      fx.addProduct(lastX, weight)
      gy.addProduct(lastY, weight)
      lastY = y[k - m]
      fy.addProduct(lastY, weight)
      c.addProduct(lastS, weight)
      lastS = s[k - m]
      a.addProduct(lastS, weight)
      e.addProduct(lastWeighted, weight)
      lastWeighted = weighted[k - m]
      b.addProduct(lastWeighted, weight)
      m += 1
    }
    // What needs s[k] comes last: it is not ready before.
    if k > 1 {
      c.addProduct(square, w[1])
      e.addProduct(half, w[1])
    }
    let known = inverseSquare[0]
    a.addProduct(square, w0)
    b.addProduct(half, w0)
    let next = -(b.addingProduct(a, Lanes(repeating: Double(k)))) * (known * inverse)
    w[k] = next
    c.addProduct(nextSquare, w0)
    e.addProduct(nextHalf, w0)
    c.addProduct(s[1], next)
    e.addProduct(weighted[1], next)
    let afterNext =
      -(e.addingProduct(c, Lanes(repeating: Double(k + 1)))) * (known * nextInverse)
    w[k + 1] = afterNext

    let force = force
    force[0] = fx.addingProduct(x[0], next)
    force[1] = fy.addingProduct(y[0], next)
    force[dimensions] = gx.addingProduct(x[1], next).addingProduct(x[0], afterNext)
    force[dimensions + 1] = gy.addingProduct(y[1], next).addingProduct(y[0], afterNext)
    if dimensions == 3 {
      let z = x + 2 * stride
      var (fz, gz) = (Lanes.zero, z[k + 1] * w0)
      var last = z[k]
      fz = last * w0
      var m = 1
      while m < k {
        gz.addProduct(last, w[m])
        last = z[k - m]
        fz.addProduct(last, w[m])
        m += 1
      }
      force[2] = fz.addingProduct(z[0], next)
      force[5] = gz.addingProduct(z[1], next).addingProduct(z[0], afterNext)
    }
  }

  /// Stores and returns the differences of orders `k` and `k + 1`.
  @inline(__always) private func place(
    _ bodies: BodySeries, _ dimension: Int, _ k: Int, _ withLow: Bool
  ) -> (Lanes, Lanes) {
    let value = difference(bodies, dimension, k, withLow: withLow)
    let next = difference(bodies, dimension, k + 1, withLow: withLow)
    d[dimension * stride + k] = value
    d[dimension * stride + k + 1] = next
    return (value, next)
  }

  @inline(__always) private func difference(
    _ bodies: BodySeries, _ dimension: Int, _ k: Int, withLow: Bool
  ) -> Lanes {
    let from = bodies.place(first, dimension) + k
    let to = bodies.place(second, dimension) + k
    let value = bodies.high[to] - bodies.high[from]
    return withLow ? value + (bodies.low[to] - bodies.low[from]) : value
  }
}

extension PairSeries {
  /// The coefficients of order `k` in long precision.
  func advanceLong(_ k: Int, _ bodies: BodySeries, scale: LongLanes, inverse: LongLanes) {
    let (d, s, weighted, w, stride) = (d, s, weighted, w, stride)
    let low = dimensions * stride
    var square = LongLanes.zero
    for dimension in 0..<dimensions {
      let from = bodies.place(first, dimension) + k
      let to = bodies.place(second, dimension) + k
      var value =
        LongLanes(bodies.high[to], bodies.low[to])
        - LongLanes(bodies.high[from], bodies.low[from])
      if k < 2 {
        let (i, j) = (first * dimensions + dimension, second * dimensions + dimension)
        value.low += bodies.lowest[2 * j + k] - bodies.lowest[2 * i + k]
        value = value.normalized
      }
      let x = d + dimension * stride
      x[k] = value.high
      x[low + k] = value.low
      var sum = LongLanes.zero
      var n = 0
      while 2 * n < k {
        sum.accumulate(LongLanes(x[n], x[low + n]), LongLanes(x[k - n], x[low + k - n]))
        n += 1
      }
      sum = LongLanes(2 * sum.high, 2 * sum.low)
      if k % 2 == 0 {
        let middle = LongLanes(x[k / 2], x[low + k / 2])
        sum.accumulate(middle, middle)
      }
      square = square + sum.normalized
    }
    s[k] = square.high
    s[k + stride] = square.low
    let half = square * Lanes(repeating: 0.5 * Double(k))
    weighted[k] = half.high
    weighted[k + stride] = half.low
    var next: LongLanes
    if k == 0 {
      let root = square.inverseRoot
      let squared = root * root
      inverseSquare[0] = squared.high
      inverseSquare[1] = squared.low
      next = squared * root * scale
    } else {
      var (a, b) = (LongLanes.zero, LongLanes.zero)
      var n = 1
      while n <= k {
        let weight = LongLanes(w[k - n], w[k - n + stride])
        a.accumulate(LongLanes(s[n], s[n + stride]), weight)
        b.accumulate(LongLanes(weighted[n], weighted[n + stride]), weight)
        n += 1
      }
      next = a.normalized * Lanes(repeating: Double(k)) + b.normalized
      next = -(next * (LongLanes(inverseSquare[0], inverseSquare[1]) * inverse))
    }
    w[k] = next.high
    w[k + stride] = next.low
    for dimension in 0..<dimensions {
      let x = d + dimension * stride
      var sum = LongLanes.zero
      var n = 0
      while n <= k {
        sum.accumulate(LongLanes(x[n], x[low + n]), LongLanes(w[k - n], w[k - n + stride]))
        n += 1
      }
      let value = sum.normalized
      force[dimension] = value.high
      force[dimensions + dimension] = value.low
    }
  }
}

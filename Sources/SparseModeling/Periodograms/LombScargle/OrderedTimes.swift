/// Times from the middle of their range on, to twice the digits of a double, in an order that suits
/// spreading.
struct OrderedTimes: Sendable {
  let count: Int
  let duration: Double
  /// Where each is in the caller's order; −1 for those that fill the last vector.
  let order: [Int]
  let high: [SIMD8<Double>]
  let low: [SIMD8<Double>]

  init(_ times: [Double]) {
    precondition(!times.isEmpty)
    count = times.count
    let (first, last) = (times.min()!, times.max()!)
    duration = last - first
    let origin = first + duration / 2
    let sorted = Self.sorted(times, first: first, duration: duration)
    // Of eight that follow each other none waits for what the one before wrote.
    let rows = (count + 7) / 8
    let order = (0..<8 * rows).map { k in
      let place = k % 8 * rows + k / 8
      return place < sorted.count ? sorted[place] : -1
    }
    var (high, low) = ([SIMD8<Double>](), [SIMD8<Double>]())
    for row in 0..<rows {
      var (difference, rest) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
      for lane in 0..<8 where order[8 * row + lane] >= 0 {
        let time = times[order[8 * row + lane]]
        // Knuth's sum of two numbers: `rest` is what rounding took.
        let sum = time - origin
        let part = sum - time
        difference[lane] = sum
        rest[lane] = (time - (sum - part)) + (-origin - part)
      }
      high.append(difference)
      low.append(rest)
    }
    (self.order, self.high, self.low) = (order, high, low)
  }

  /// `values` in this order, eight to a vector, zeros where there are none.
  func arranged(_ values: [Double]) -> [SIMD8<Double>] {
    precondition(values.count == count)
    return high.indices.map { row in
      var lanes = SIMD8<Double>.zero
      for lane in 0..<8 {
        let place = order[8 * row + lane]
        if place >= 0 { lanes[lane] = values[place] }
      }
      return lanes
    }
  }

  /// Indices by time, as far as spreading cares: those of the same ten-thousandth of the range as they are.
  private static func sorted(_ times: [Double], first: Double, duration: Double) -> [Int] {
    let bins = 10_000
    let scale = duration > 0 ? Double(bins - 1) / duration : 0
    let bin = times.map { Int(($0 - first) * scale) }
    var starts = [Int](repeating: 0, count: bins + 1)
    for k in bin { starts[k + 1] += 1 }
    for k in 0..<bins { starts[k + 1] += starts[k] }
    var sorted = [Int](repeating: 0, count: times.count)
    for (index, k) in bin.enumerated() {
      sorted[starts[k]] = index
      starts[k] += 1
    }
    return sorted
  }
}

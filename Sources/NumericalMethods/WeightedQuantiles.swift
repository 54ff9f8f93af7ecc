/// Quantiles of weighted samples: the inverse of the weighted empirical distribution function,
/// averaged where it is flat, so that a weight of 2 equals the sample given twice.
///
/// Reference: Hyndman & Fan (1996), The American Statistician 50, 361, definition 2.
/// - Parameters:
///   - values: `[n]`, finite, not empty.
///   - weights: `[n]`, not negative, positive sum; equal when nil.
///   - probabilities: each in 0...1.
/// - Complexity: O(*n* log *n*).
public func weightedQuantiles(
  _ values: [Double], weights: [Double]? = nil, at probabilities: [Double]
) -> [Double] {
  precondition(!values.isEmpty && (weights == nil || weights!.count == values.count))
  var points = values.indices.compactMap { index -> (value: Double, weight: Double)? in
    let weight = weights?[index] ?? 1
    return weight > 0 ? (values[index], weight) : nil
  }
  precondition(!points.isEmpty, "the weights must not all be zero")
  points.sort { $0.value < $1.value }
  var cumulative: [Double] = []
  cumulative.reserveCapacity(points.count)
  var total = 0.0
  for point in points {
    total += point.weight
    cumulative.append(total)
  }
  return probabilities.map { probability in
    precondition((0...1).contains(probability))
    let target = probability * total
    let slack = 1e-12 * total
    // First sample whose cumulative weight reaches the target.
    var (low, high) = (0, points.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] >= target - slack { high = middle } else { low = middle + 1 }
    }
    let isFlat = abs(cumulative[low] - target) <= slack && low + 1 < points.count
    return isFlat ? (points[low].value + points[low + 1].value) / 2 : points[low].value
  }
}

/// A real polynomial of degree six or less, for its stationary points.
struct RealPolynomial {
  var coefficients = InlineArray<7, Double>(repeating: 0)
  var degree: Int

  func value(_ t: Double) -> Double {
    var sum = coefficients[degree]
    for k in stride(from: degree - 1, through: 0, by: -1) { sum = sum * t + coefficients[k] }
    return sum
  }

  var derivative: RealPolynomial {
    var result = RealPolynomial(degree: degree - 1)
    for k in 1...degree { result.coefficients[k - 1] = Double(k) * coefficients[k] }
    return result
  }

  /// Points of the open interval where the polynomial changes sign, ascending.
  ///
  /// Between neighbouring stationary points it is monotonic, so that each sign change there is one
  /// root, enclosed; the stationary points are the roots of the derivative, and so on down to degree
  /// one.
  func roots(between low: Double, and high: Double) -> (InlineArray<6, Double>, count: Int) {
    var found = InlineArray<6, Double>(repeating: 0)
    var count = 0
    let slope = derivative
    var stops = (InlineArray<6, Double>(repeating: 0), count: 0)
    if degree > 1 { stops = slope.roots(between: low, and: high) }
    var left = low
    var leftValue = value(low)
    for k in 0...stops.count {
      let right = k < stops.count ? stops.0[k] : high
      let rightValue = value(right)
      if (leftValue > 0) != (rightValue > 0) {
        found[count] = enclosedRoot(left, right, rises: rightValue > 0) {
          (value($0), slope.value($0))
        }
        count += 1
      }
      (left, leftValue) = (right, rightValue)
    }
    return (found, count)
  }
}

/// The root of a function with derivative that changes sign once between `low` and `high`: Newton's
/// steps, and halving where they leave the enclosure or shrink too slowly.
@inline(__always)
func enclosedRoot(
  _ low: Double, _ high: Double, rises: Bool, _ function: (Double) -> (Double, Double)
) -> Double {
  var (low, high) = (low, high)
  var t = 0.5 * (low + high)
  var step = high - low
  for _ in 0..<100 {
    let (value, slope) = function(t)
    if value == 0 { return t }
    if (value > 0) == rises { high = t } else { low = t }
    let newton = t - value / slope
    let previous = step
    if newton > low, newton < high, abs(newton - t) < 0.5 * previous {
      step = abs(newton - t)
      t = newton
    } else {
      step = 0.5 * (high - low)
      t = low + step
    }
    if step <= 2e-16 * abs(t) || high - low <= 2e-16 * abs(high) { return t }
  }
  return t
}

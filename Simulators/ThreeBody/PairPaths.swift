/// Where a condition begins to hold that does not hold at `low` but at `high`, to the last digit.
func bisect(_ low: Double, _ high: Double, _ holds: (Double) -> Bool) -> Double {
  var (low, high) = (low, high)
  while true {
    let middle = 0.5 * (low + high)
    guard middle > low, middle < high else { return high }
    if holds(middle) { high = middle } else { low = middle }
  }
}

/// The criterion of ``GravityEvent/Kind/escape(_:)``. Masses are times G, velocities times `unit`.
func isEscape(
  _ body: Int, masses: [Double], distance: Double, unit: Double, bodies: Int,
  pair: (Int) -> (d: SIMD3<Double>, v: SIMD3<Double>)
) -> Bool {
  let total = masses.reduce(0, +)
  let others = total - masses[body]
  // Centre of the others, seen from the body.
  var (center, v) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
  var places: [SIMD3<Double>] = []
  for other in 0..<bodies where other != body {
    let (first, second) = (min(body, other), max(body, other))
    let state = pair(second * (second - 1) / 2 + first)
    // Pairs point from the first to the second.
    let sign: Double = body == first ? 1 : -1
    places.append(sign * state.d)
    center += sign * masses[other] / others * state.d
    v += sign * masses[other] / (others * unit) * state.v
  }
  let size = length(center)
  return size > distance && dot(center, v) > 0 && dot(v, v) / 2 > total / size
    && places.allSatisfy { length($0 - center) < size / 2 }
}

/// The Taylor polynomials of all distance vectors of one lane.
struct PairPaths {
  let dimensions: Int
  let order: Int
  let bodies: Int
  let unit: Double
  /// `[pairs][dimensions][order + 1]`
  let coefficients: [Double]

  init(_ series: TaylorSeries, lane: Int) {
    dimensions = series.bodies.dimensions
    order = series.order
    bodies = series.bodies.bodies
    unit = series.unit[lane]
    var coefficients: [Double] = []
    for index in 0..<series.pairCount {
      let pair = series.pairs[index]
      for dimension in 0..<dimensions {
        let i = series.bodies.place(pair.first, dimension)
        let j = series.bodies.place(pair.second, dimension)
        for n in 0...order {
          coefficients.append(
            n > order - 2
              ? series.bodies.high[j + n][lane] - series.bodies.high[i + n][lane]
              : pair.d[dimension * pair.stride + n][lane])
        }
      }
    }
    self.coefficients = coefficients
  }

  /// Distance vector and velocity, times `unit`.
  func state(_ pair: Int, after offset: Double) -> (d: SIMD3<Double>, v: SIMD3<Double>) {
    var (d, v) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
    for dimension in 0..<dimensions {
      let start = (pair * dimensions + dimension) * (order + 1)
      var (sum, slope) = (coefficients[start + order], 0.0)
      for n in Swift.stride(from: order - 1, through: 0, by: -1) {
        slope = sum.addingProduct(slope, offset)
        sum = coefficients[start + n].addingProduct(sum, offset)
      }
      (d[dimension], v[dimension]) = (sum, slope)
    }
    return (d, v)
  }

  func hasEscaped(_ body: Int, masses: [Double], distance: Double, after offset: Double) -> Bool {
    isEscape(body, masses: masses, distance: distance, unit: unit, bodies: bodies) {
      state($0, after: offset)
    }
  }
}

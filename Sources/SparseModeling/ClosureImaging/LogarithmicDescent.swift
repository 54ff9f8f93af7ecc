import NumericalMethods

/// The way down from a start by limited-memory quasi-Newton steps.
///
/// References: Nocedal (1980), Math. Comp. 35, 773 (directions); Lewis & Overton (2013), Math. Program. 141,
/// 135, algorithm 2.6 (steps that satisfy the weak Wolfe conditions).
struct LogarithmicDescent {
  var maximumIterations: Int
  /// It stops where ten steps lower the objective by less than this part of it.
  var tolerance: Double

  /// The last point, and the objective there.
  func minimize(
    _ problem: PositiveImagingProblem, from start: [Double]
  ) -> (logarithms: [Double], objective: Double) {
    var point = start
    var slope: [Double] = []
    var value = problem.value(point, gradient: &slope)
    var memory = LimitedMemory(capacity: 20, count: start.count)
    let free = [Double](repeating: 1, count: start.count)
    var history = [value]
    for _ in 0..<maximumIterations {
      let steepness = dot(slope, slope).squareRoot()
      guard steepness > 0 else { break }
      var direction = memory.direction(slope, free: free, scale: 1 / steepness)
      if dot(direction, slope) >= 0 {
        memory.removeAll()
        direction = slope.map { -$0 / steepness }
      }
      guard let next = step(problem, point, value, slope, direction) else {
        if memory.isEmpty { break }
        memory.removeAll()
        continue
      }
      memory.append(
        step: zip(next.point, point).map { $0 - $1 }, change: zip(next.slope, slope).map { $0 - $1 }
      )
      (point, value, slope) = next
      history.append(value)
      if history.count > 10, history[history.count - 11] - value < tolerance * abs(value) { break }
    }
    return (point, value)
  }

  /// A point along `direction` that is enough lower and less steep; nil where there is none.
  private func step(
    _ problem: PositiveImagingProblem, _ point: [Double], _ value: Double, _ slope: [Double],
    _ direction: [Double]
  ) -> (point: [Double], value: Double, slope: [Double])? {
    let descent = dot(slope, direction)
    var (low, high, length) = (0.0, Double.infinity, 1.0)
    var best: (point: [Double], value: Double, slope: [Double])?
    for _ in 0..<25 {
      let next = zip(point, direction).map { $0 + length * $1 }
      var nextSlope: [Double] = []
      let nextValue = problem.value(next, gradient: &nextSlope)
      if !(nextValue <= value + 1e-4 * length * descent) {
        high = length
      } else {
        best = (next, nextValue, nextSlope)
        if dot(nextSlope, direction) >= 0.9 * descent { return best }
        low = length
      }
      length = high < .infinity ? (low + high) / 2 : 2 * low
    }
    return best
  }
}

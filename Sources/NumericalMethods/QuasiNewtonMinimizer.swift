/// Minimises smooth functions between bounds by their gradients: BFGS with limited memory, on the variables
/// that no bound holds.
///
/// What it has learnt of the curvature stays for the next run, which may be of a like function: the same of
/// more data.
///
/// Complexity: O(memory · variables) an iteration beside one or two values and gradients.
///
/// References: Nocedal & Wright (2006), Numerical Optimization, algorithm 7.4; Bertsekas (1982), SIAM J.
/// Control Optim. 20, 221 (the projection).
public struct QuasiNewtonMinimizer {
  /// When to stop.
  public struct Limits: Sendable {
    public var iterations = 200
    /// Of the largest free component of the gradient.
    public var gradient = 1e-5
    /// Of the decrease in two iterations one after the other.
    public var decrease = 1e-9
    /// No variable changes more at once.
    public var step = 2.0

    public init() {}
  }

  private static let memory = 20

  private let lower: [Double]
  private let upper: [Double]
  private var pairs: [(step: [Double], change: [Double], product: Double)] = []

  public init(lower: [Double], upper: [Double]) {
    precondition(lower.count == upper.count && zip(lower, upper).allSatisfy { $0 <= $1 })
    (self.lower, self.upper) = (lower, upper)
  }

  /// The least value found from `start` on, and where.
  ///
  /// - Parameter function: its value and gradient; what is not finite counts as infinite.
  public mutating func minimize(
    from start: [Double], _ limits: Limits = Limits(),
    _ function: ([Double]) throws -> (value: Double, gradient: [Double])
  ) rethrows -> (point: [Double], value: Double, iterations: Int) {
    precondition(start.count == lower.count)
    var point = bounded(start)
    var (value, gradient) = try function(point)
    guard value.isFinite else { return (point, .infinity, 0) }
    var small = 0
    for iteration in 0..<limits.iterations {
      let isFree = point.indices.map {
        gradient[$0] > 0 ? point[$0] > lower[$0] : point[$0] < upper[$0]
      }
      let slope = point.indices.map { isFree[$0] ? gradient[$0] : 0 }
      guard slope.contains(where: { abs($0) > limits.gradient }) else {
        return (point, value, iteration)
      }
      var direction = direction(slope, isFree: isFree)
      if !(dot(direction, slope) < 0) {
        pairs = []
        direction = self.direction(slope, isFree: isFree)
      }
      let largest = direction.reduce(0) { max($0, abs($1)) }
      if largest > limits.step { direction = direction.map { $0 * limits.step / largest } }

      var (length, found) = (1.0, false)
      for _ in 0..<20 {
        let next = bounded(point.indices.map { point[$0] + length * direction[$0] })
        let step = next.indices.map { next[$0] - point[$0] }
        let expected = dot(step, slope)
        let (trial, trialGradient) = try function(next)
        if trial.isFinite, trial <= value + 1e-4 * expected {
          small = value - trial < limits.decrease ? small + 1 : 0
          remember(step, next.indices.map { trialGradient[$0] - gradient[$0] })
          (point, value, gradient, found) = (next, trial, trialGradient, true)
          break
        }
        // The least of the parabola through both values and the slope.
        let best = -0.5 * expected / (trial - value - expected)
        length *= best.isFinite ? min(max(best, 0.1), 0.5) : 0.2
      }
      if !found {
        if pairs.isEmpty { return (point, value, iteration) }
        pairs = []
      }
      if small == 2 { return (point, value, iteration + 1) }
    }
    return (point, value, limits.iterations)
  }

  private func bounded(_ point: [Double]) -> [Double] {
    point.indices.map { min(max(point[$0], lower[$0]), upper[$0]) }
  }

  private mutating func remember(_ step: [Double], _ change: [Double]) {
    let product = dot(step, change)
    guard product > 1e-10 * (dot(step, step) * dot(change, change)).squareRoot() else { return }
    pairs.append((step, change, product))
    if pairs.count > Self.memory { pairs.removeFirst() }
  }

  /// −H g.
  private func direction(_ gradient: [Double], isFree: [Bool]) -> [Double] {
    guard let last = pairs.last else {
      // Nothing is known of the curvature: a step of 0.3 at most.
      let largest = gradient.reduce(0) { max($0, abs($1)) }
      return gradient.map { -$0 * min(1, 0.3 / largest) }
    }
    var result = gradient
    var weights = [Double](repeating: 0, count: pairs.count)
    for (index, pair) in pairs.enumerated().reversed() {
      weights[index] = dot(pair.step, result) / pair.product
      for k in result.indices { result[k] -= weights[index] * pair.change[k] }
    }
    let scale = last.product / dot(last.change, last.change)
    for k in result.indices { result[k] *= scale }
    for (index, pair) in pairs.enumerated() {
      let weight = weights[index] - dot(pair.change, result) / pair.product
      for k in result.indices { result[k] += weight * pair.step[k] }
    }
    return result.indices.map { isFree[$0] ? -result[$0] : 0 }
  }
}

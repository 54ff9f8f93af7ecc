import NumericalMethods

/// The frequencies near a start that minimise χ², amplitudes and baselines being eliminated: the
/// Levenberg–Marquardt method on `VariableProjection`.
///
/// Complexity: O(points × modes²) a step, 3 to 8 steps.
///
/// Reference: Marquardt (1963), J. SIAM 11, 431.
struct FrequencyRefinement {
  private let projection: VariableProjection
  private let duration: Double

  init(_ series: WhitenedSeries, modes: Int) {
    projection = VariableProjection(series, modes: modes)
    duration = series.duration
  }

  /// Stops when a step would be below `tolerance`/T, or after `maximumSteps`.
  func refine(
    _ start: [Double], ties: FrequencyTies = FrequencyTies(), tolerance: Double = 1e-6,
    maximumSteps: Int = 30
  ) -> (frequencies: [Double], chiSquare: Double) {
    let modes = start.count
    guard modes > 0 else { return ([], projection.evaluate([])) }
    let free = ties.free(of: modes)
    let matrix = ties.matrix(modes: modes)
    let width = free.count
    func frequencies(_ parameters: [Double]) -> [Double] {
      (0..<modes).map { mode in
        (0..<width).reduce(0) { $0 + matrix[mode * width + $1] * parameters[$1] }
      }
    }
    var parameters = free.map { start[$0] }
    var best = frequencies(parameters)
    var chiSquare = projection.evaluate(best)
    var damping = 1e-4
    // Beyond half a resolution element the linear model of a step means nothing.
    let longest = 0.3 / duration
    var isCurrent = false
    var (normal, gradient) = ([Double](), [Double]())
    for _ in 0..<maximumSteps {
      if !isCurrent {
        projection.differentiate()
        (normal, gradient) = reduce(matrix, width)
        isCurrent = true
      }
      var damped = normal
      for j in 0..<width {
        damped[j * width + j] += max(damping * normal[j * width + j], 1e-300)
      }
      guard let factor = SmallCholesky(damped, count: width) else {
        damping *= 10
        if damping > 1e8 { break }
        continue
      }
      var step = factor.solve(gradient)
      let length = step.reduce(0) { max($0, abs($1)) }
      guard length.isFinite, length > 0 else { break }
      if length > longest { step = step.map { $0 * longest / length } }
      let candidate = zip(parameters, step).map { $0 + $1 }
      let moved = frequencies(candidate)
      let lower = projection.evaluate(moved)
      if lower < chiSquare {
        (parameters, best, chiSquare) = (candidate, moved, lower)
        damping = max(damping / 10, 1e-10)
        isCurrent = false
        if length * duration < tolerance { break }
      } else {
        if length * duration < tolerance { break }
        damping = max(damping, 1e-5) * 10
        if damping > 1e8 { break }
      }
    }
    return (best, chiSquare)
  }

  private func reduce(_ matrix: [Double], _ width: Int) -> ([Double], [Double]) {
    let modes = projection.modes
    if width == modes { return (projection.normal, projection.gradient) }
    var normal = [Double](repeating: 0, count: width * width)
    var gradient = [Double](repeating: 0, count: width)
    for a in 0..<modes {
      for j in 0..<width where matrix[a * width + j] != 0 {
        gradient[j] += matrix[a * width + j] * projection.gradient[a]
        for b in 0..<modes {
          for l in 0..<width {
            normal[j * width + l] +=
              matrix[a * width + j] * projection.normal[a * modes + b] * matrix[b * width + l]
          }
        }
      }
    }
    return (normal, gradient)
  }
}

/// Cholesky's factor of a small matrix: for a few rows a call of LAPACK costs more than the work.
struct SmallCholesky {
  let count: Int
  private var elements: [Double]

  /// Nil if `matrix`, `[n, n]`, is not positive definite.
  init?(_ matrix: [Double], count: Int) {
    self.count = count
    elements = matrix
    for j in 0..<count {
      for i in j..<count {
        var sum = elements[i * count + j]
        for l in 0..<j { sum -= elements[i * count + l] * elements[j * count + l] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          elements[j * count + j] = sum.squareRoot()
        } else {
          elements[i * count + j] = sum / elements[j * count + j]
        }
      }
    }
  }

  func solve(_ right: [Double]) -> [Double] {
    var x = right
    for i in 0..<count {
      for l in 0..<i { x[i] -= elements[i * count + l] * x[l] }
      x[i] /= elements[i * count + i]
    }
    for i in (0..<count).reversed() {
      for l in i + 1..<max(count, i + 1) { x[i] -= elements[l * count + i] * x[l] }
      x[i] /= elements[i * count + i]
    }
    return x
  }

  var inverse: [Double] {
    (0..<count).flatMap { column in solve((0..<count).map { $0 == column ? 1 : 0 }) }
  }
}

import NumericalMethods

/// Images by a projected quasi-Newton method: in the orthant where the l1 norm is linear, along directions
/// of the limited-memory estimate of the second derivatives on the pixels that may move, projected back
/// into the orthant. For images of many pixels that are not zero, smooth ones above all.
///
/// Steps are exact minima along the projected direction, since the objective is quadratic there.
///
/// Complexity: two Fourier transforms of the doubled image and 4 × `memory` passes over it, an iteration;
/// some hundred iterations.
///
/// References: Byrd, Lu, Nocedal & Zhu (1995), SIAM J. Sci. Comput. 16, 1190 (bounds); Andrew & Gao (2007),
/// ICML, 33 (l1); Schmidt, Kim & Sra (2011), Optimization for Machine Learning, ch. 11 (projection).
public struct QuasiNewtonSolver: ImageSolver {
  public var rule: StoppingRule
  /// Steps that are remembered.
  private let memory = 20
  /// Iterations from gap to gap, and from a product that is exact to the next.
  private let check = 10
  private let refresh = 100

  public init(_ rule: StoppingRule) { self.rule = rule }

  /// The problem must have an l1 penalty and no variation penalty.
  public func solve(
    _ problem: SparseImagingProblem, from start: [Double]?,
    progress: (_ iteration: Int, _ state: SparseImagingProblem.State) throws -> Void
  ) rethrows -> ImageSolution {
    precondition(problem.separable is WeightedL1 && problem.variation == nil)
    var search = Search(problem, from: start, memory: memory)
    var (iteration, isExact) = (0, true)
    while true {
      let isLast = iteration == rule.maximumIterations || search.isStuck
      if iteration % check == 0 || isLast {
        var state = search.state
        // Sums of steps gather rounding: only an exact product tells.
        if !isExact && (iteration % refresh == 0 || rule.isMet(by: state) || isLast) {
          search.refresh()
          state = search.state
          isExact = true
        }
        try progress(iteration, state)
        let hasConverged = rule.isMet(by: state)
        if hasConverged || isLast {
          return ImageSolution(
            pixels: search.pixels, state: state, iterations: iteration, hasConverged: hasConverged)
        }
      }
      search.step()
      isExact = false
      iteration += 1
    }
  }

  private struct Search {
    let problem: SparseImagingProblem
    let thresholds: [Double]
    let isNonNegative: Bool
    /// The inverse of a bound of the second derivatives.
    let leastScale: Double
    var pixels: [Double]
    var product: [Double]
    var memory: LimitedMemory
    /// Whether no direction leads down any more.
    var isStuck = false

    init(_ problem: SparseImagingProblem, from start: [Double]?, memory: Int) {
      let penalty = problem.separable as! WeightedL1
      self.problem = problem
      thresholds = (0..<problem.count).map { penalty.threshold($0) }
      isNonNegative = penalty.isNonNegative
      leastScale = 1 / problem.largestEigenvalue
      pixels = start ?? [Double](repeating: 0, count: problem.count)
      product = problem.apply(pixels)
      self.memory = LimitedMemory(capacity: memory, count: problem.count)
    }

    var state: SparseImagingProblem.State { problem.state(pixels, product: product) }

    mutating func refresh() { product = problem.apply(pixels) }

    mutating func step() {
      let count = problem.count
      // The orthant: signs of the pixels, and of where zeros would move; zero where they stay.
      var (signs, free, slope) = (
        [Double](repeating: 0, count: count), [Double](repeating: 0, count: count),
        [Double](repeating: 0, count: count)
      )
      for k in 0..<count {
        let gradient = product[k] - problem.misfit.dirty[k]
        let threshold = thresholds[k]
        var sign = 0.0
        if pixels[k] != 0 {
          sign = pixels[k] > 0 ? 1 : -1
        } else if gradient < -threshold {
          sign = 1
        } else if gradient > threshold, !isNonNegative {
          sign = -1
        }
        guard sign != 0 else { continue }
        (signs[k], free[k], slope[k]) = (sign, 1, gradient + sign * threshold)
      }
      let direction = memory.direction(slope, free: free, scale: leastScale)
      if move(direction, signs, slope) { return }
      memory.removeAll()
      isStuck = !move(slope.map { -leastScale * $0 }, signs, slope)
    }

    /// Moves to the minimum along the projected direction; false if it does not lead down.
    private mutating func move(_ direction: [Double], _ signs: [Double], _ slope: [Double]) -> Bool
    {
      let count = problem.count
      var step = [Double](repeating: 0, count: count)
      /// The longest way on in which no sign changes.
      var longest = Double.infinity
      for k in 0..<count where signs[k] != 0 {
        let end = pixels[k] + direction[k]
        step[k] = end * signs[k] > 0 ? direction[k] : -pixels[k]
        if step[k] * signs[k] < 0 { longest = min(longest, -pixels[k] / step[k]) }
      }
      let descent = dot(slope, step)
      guard descent < 0 else { return false }
      let change = problem.apply(step)
      let curvature = dot(step, change)
      guard curvature > 0 else { return false }
      let length = min(-descent / curvature, longest)
      for k in 0..<count {
        let value = pixels[k] + length * step[k]
        pixels[k] = value * signs[k] > 0 ? value : 0
        product[k] += length * change[k]
      }
      memory.append(step: step, change: change)
      return true
    }
  }
}

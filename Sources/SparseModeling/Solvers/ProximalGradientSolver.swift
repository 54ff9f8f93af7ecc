import NumericalMethods

/// Images by accelerated proximal gradients, for any penalties, variation penalties among them.
///
/// Steps are as long as the curvature along them allows, which an objective quadratic but for its penalties
/// tells exactly, and momentum starts anew where it leads up.
///
/// Complexity: two Fourier transforms of the doubled image and one proximal map (of a variation penalty,
/// some dozens of passes over the image), an iteration; some hundred to some thousand iterations.
///
/// References: Beck & Teboulle (2009), SIAM J. Imaging Sci. 2, 183; Scheinberg, Goldfarb & Bai (2014), Found.
/// Comput. Math. 14, 389 (steps that grow); O'Donoghue & Candès (2015), Found. Comput. Math. 15, 715,
/// equation 13 (restart); Schmidt, Le Roux & Bach (2011), NIPS 24 (inexact maps).
public struct ProximalGradientSolver: ImageSolver {
  public var rule: StoppingRule
  /// Iterations from gap to gap.
  private let check = 10

  public init(_ rule: StoppingRule) { self.rule = rule }

  public func solve(
    _ problem: SparseImagingProblem, from start: [Double]?,
    progress: (_ iteration: Int, _ state: SparseImagingProblem.State) throws -> Void
  ) rethrows -> ImageSolution {
    var search = Search(problem, from: start)
    var iteration = 0
    while true {
      let isLast = iteration == rule.maximumIterations
      if iteration % check == 0 || isLast {
        let state = search.state
        try progress(iteration, state)
        let hasConverged = rule.isMet(by: state)
        if hasConverged || isLast {
          return ImageSolution(
            pixels: search.current.pixels, state: state, iterations: iteration,
            hasConverged: hasConverged)
        }
      }
      search.step(iteration)
      iteration += 1
    }
  }
}

/// An image and its product with the second derivatives.
private struct Iterate {
  var pixels: [Double]
  var product: [Double]

  /// self + factor (self − previous), without a transform.
  func extrapolated(_ factor: Double, from previous: Iterate) -> Iterate {
    var result = self
    for k in pixels.indices {
      result.pixels[k] += factor * (pixels[k] - previous.pixels[k])
      result.product[k] += factor * (product[k] - previous.product[k])
    }
    return result
  }
}

private struct Search {
  let problem: SparseImagingProblem
  private(set) var current: Iterate
  private var previous: Iterate
  /// p of the variation penalty.
  private var dual: [Double] = []
  /// How far to go along the gradient, how far it was the last time, and what is short enough in any case.
  private var length: Double
  private var lastLength: Double
  private let leastLength: Double
  /// t of the sequence that momentum follows from.
  private var age = 1.0
  private var restarts = 0
  /// ½ |the last step|².
  private var accuracy = 0.0

  init(_ problem: SparseImagingProblem, from start: [Double]?) {
    self.problem = problem
    let pixels = start ?? [Double](repeating: 0, count: problem.count)
    current = Iterate(pixels: pixels, product: problem.apply(pixels))
    previous = current
    leastLength = 1 / problem.largestEigenvalue
    (length, lastLength) = (leastLength, leastLength)
  }

  var state: SparseImagingProblem.State {
    problem.state(current.pixels, product: current.product, dual: dual)
  }

  mutating func step(_ iteration: Int) {
    while true {
      let nextAge = (1 + (1 + 4 * lastLength / length * age * age).squareRoot()) / 2
      let point = current.extrapolated((age - 1) / nextAge, from: previous)
      let pixels = proximal(point, iteration)
      let next = Iterate(pixels: pixels, product: problem.apply(pixels))
      var (square, curvature, descent) = (0.0, 0.0, 0.0)
      for k in pixels.indices {
        let move = pixels[k] - point.pixels[k]
        square += move * move
        curvature += move * (next.product[k] - point.product[k])
        descent += move * (pixels[k] - current.pixels[k])
      }
      // No curvature is beyond the bound: what seems so is the rounding of products.
      if curvature * length > square * (1 + 1e-6), length > leastLength {
        length = max(leastLength, length / 2, 0.95 * square / curvature)
        continue
      }
      accuracy = square / 2
      (previous, current, age) = (current, next, nextAge)
      if descent < 0 {
        (previous, age) = (current, 1)
        restarts += 1
      }
      (lastLength, length) = (length, 1.02 * length)
      return
    }
  }

  /// The proximal map of a gradient step from `point`.
  ///
  /// A map of variation is to be as accurate as the last step was long, but takes some passes at most: the
  /// next one begins where it ends. More are allowed with time, for convergence, above all with restarts,
  /// to which an inexact map leads too early. Of 64² pixels, 20 were too few and 500 three times as slow.
  private mutating func proximal(_ point: Iterate, _ iteration: Int) -> [Double] {
    var origin = point.pixels
    let dirty = problem.misfit.dirty
    for k in origin.indices { origin[k] += length * (dirty[k] - point.product[k]) }
    guard let variation = problem.variation else {
      return problem.separable.proximal(origin, step: length)
    }
    return variation.proximal(
      origin, width: problem.width, step: length, beside: problem.separable, tolerance: accuracy,
      maximumIterations: 40 + iteration / 50 + 3 * restarts, dual: &dual)
  }
}

import Foundation
import NumericalMethods

/// Sparse images by the active-set method: from an empty image on, pixels enter where the objective falls
/// most and leave where they reach zero, and the image is exact on those that are in.
///
/// Complexity: O(n²) for each pixel that enters or leaves, n of them in the image at last; for images of up
/// to a thousand or two.
///
/// References: Lawson & Hanson 1974, Solving Least Squares Problems, ch. 23; Osborne, Presnell & Turlach
/// 2000, IMA J. Numer. Anal. 20, 389 (signs).
public struct ActiveSetSolver: ImageSolver {
  public var rule: StoppingRule

  public init(_ rule: StoppingRule) { self.rule = rule }

  /// The problem must have an l1 penalty and no variation penalty, and `start` is not used.
  public func solve(
    _ problem: SparseImagingProblem, from start: [Double]? = nil,
    progress: (_ iteration: Int, _ state: SparseImagingProblem.State) throws -> Void
  ) rethrows -> ImageSolution {
    guard let penalty = problem.separable as? WeightedL1, problem.variation == nil else {
      preconditionFailure("for l1 and quadratic penalties")
    }
    var active = ActiveSet(problem, penalty)
    var round = 0
    while true {
      let pixels = active.image
      let state = problem.state(pixels)
      try progress(round, state)
      let hasConverged = rule.isMet(by: state)
      if hasConverged || round == rule.maximumIterations || !active.enter(state.gradient) {
        return ImageSolution(
          pixels: pixels, state: state, iterations: round, hasConverged: hasConverged)
      }
      active.settle()
      round += 1
    }
  }
}

/// The pixels that are not zero, and the minimum on them.
private struct ActiveSet {
  private let problem: SparseImagingProblem
  private let penalty: WeightedL1
  /// Pixels in the image, in the system's order, and the sign and value of each.
  private var active: [Int] = []
  private var signs: [Double] = []
  private var values: [Double] = []
  private var system = CholeskySystem()
  private var isActive: [Bool]

  init(_ problem: SparseImagingProblem, _ penalty: WeightedL1) {
    self.problem = problem
    self.penalty = penalty
    isActive = [Bool](repeating: false, count: problem.count)
  }

  var image: [Double] {
    var pixels = [Double](repeating: 0, count: problem.count)
    for (pixel, value) in zip(active, values) { pixels[pixel] = value }
    return pixels
  }

  /// Lets pixels in that would lower the objective, peaks of the gradient first; false if there are none.
  ///
  /// Some at once, because a gradient costs more than a pixel, but few beside those that are in already:
  /// most of too many would have to leave again.
  mutating func enter(_ gradient: [Double]) -> Bool {
    // By how much each would pay more than it costs.
    let slope = gradient.indices.map {
      penalty.steepness(gradient[$0]) - penalty.threshold($0) * (1 + 1e-12)
    }
    let steep = slope.indices.filter { !isActive[$0] && slope[$0] > 0 }
    let peaks = steep.filter { isPeak($0, slope) }.sorted { slope[$0] > slope[$1] }
    let chosen = Array(peaks.prefix(max(3, active.count / 16)))
    let order = active + chosen
    let rows = chosen.indices.map { k in
      problem.elements(chosen[k], order[...(active.count + k)])
    }
    let chosenSigns = chosen.map { gradient[$0] < 0 ? -1.0 : 1 }
    let right = zip(chosen, chosenSigns).map {
      problem.misfit.dirty[$0] - penalty.threshold($0) * $1
    }
    let hasEntered = system.append(rows, right: right)
    for (k, pixel) in chosen.enumerated() where hasEntered[k] {
      active.append(pixel)
      signs.append(chosenSigns[k])
      values.append(0)
      isActive[pixel] = true
    }
    return hasEntered.contains(true)
  }

  /// Whether none of the eight pixels around is steeper, of those that are not in.
  private func isPeak(_ pixel: Int, _ slope: [Double]) -> Bool {
    let (width, height) = (problem.width, problem.height)
    let (column, row) = (pixel % width, pixel / width)
    for y in max(0, row - 1)...min(height - 1, row + 1) {
      for x in max(0, column - 1)...min(width - 1, column + 1) {
        let other = y * width + x
        if !isActive[other] && slope[other] > slope[pixel] { return false }
      }
    }
    return true
  }

  /// Moves to the minimum on the active pixels; those that would change their sign on the way leave.
  mutating func settle() {
    while true {
      let target = system.solution
      let blocked = active.indices.filter { target[$0] * signs[$0] <= 0 }
      guard !blocked.isEmpty else {
        values = target
        return
      }
      let steps = blocked.map { (pixel: $0, step: values[$0] / (values[$0] - target[$0])) }
      let first = steps.min { $0.step < $1.step }!
      for k in active.indices { values[k] += first.step * (target[k] - values[k]) }
      for k in blocked.reversed()
      where k == first.pixel || values[k] * signs[k] <= 1e-14 * abs(target[k]) { leave(k) }
    }
  }

  private mutating func leave(_ k: Int) {
    isActive[active[k]] = false
    system.remove(at: k)
    active.remove(at: k)
    signs.remove(at: k)
    values.remove(at: k)
  }
}

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
public struct ActiveSetSolver {
  public struct Configuration: Codable, Sendable {
    /// Duality gap at which to stop, relative to the objective.
    public var tolerance = 1e-9
    /// Rounds of pixels that enter.
    public var maximumRounds = 1000

    public init() {}
  }

  public struct Solution: Sendable {
    /// `[height, width]`, Jy per pixel.
    public var pixels: [Double]
    public var state: SparseImagingProblem.State
    public var rounds: Int
    /// Whether the gap is what was asked for.
    public var hasConverged: Bool
  }

  public let configuration: Configuration
  private let problem: SparseImagingProblem
  /// Pixels in the image, in the system's order, and the sign and value of each.
  private var active: [Int] = []
  private var signs: [Double] = []
  private var values: [Double] = []
  private var system = CholeskySystem()
  private var isActive: [Bool]

  public init(_ problem: SparseImagingProblem, configuration: Configuration = Configuration()) {
    self.problem = problem
    self.configuration = configuration
    isActive = [Bool](repeating: false, count: problem.count)
  }

  /// Solves; `progress` is told of each round's state and may throw to stop.
  public mutating func solve(
    progress: (_ round: Int, _ state: SparseImagingProblem.State) throws -> Void
  ) rethrows -> Solution {
    var round = 0
    while true {
      let pixels = image
      let state = problem.state(pixels)
      let hasConverged =
        state.dualityGap <= configuration.tolerance * state.objective || problem.dataSquare == 0
      try progress(round, state)
      if hasConverged || round == configuration.maximumRounds || !enter(state.gradient) {
        return Solution(pixels: pixels, state: state, rounds: round, hasConverged: hasConverged)
      }
      settle()
      round += 1
    }
  }

  private var image: [Double] {
    var pixels = [Double](repeating: 0, count: problem.count)
    for (pixel, value) in zip(active, values) { pixels[pixel] = value }
    return pixels
  }

  /// Lets pixels in that would lower the objective, peaks of the gradient first; false if there are none.
  ///
  /// Some at once, because a gradient costs more than a pixel, but few beside those that are in already:
  /// most of too many would have to leave again.
  private mutating func enter(_ gradient: [Double]) -> Bool {
    let slope = problem.isNonNegative ? gradient : gradient.map { abs($0) }
    let limit = problem.l1 * (1 + 1e-12)
    let steep = slope.indices.filter { !isActive[$0] && slope[$0] > limit }
    let peaks = steep.filter { isPeak($0, slope) }.sorted { slope[$0] > slope[$1] }
    let chosen = Array(peaks.prefix(max(3, active.count / 8)))
    let order = active + chosen
    let rows = chosen.indices.map { k in
      order[...(active.count + k)].map { problem.element(chosen[k], $0) }
    }
    let chosenSigns = chosen.map { gradient[$0] < 0 ? -1.0 : 1 }
    let right = zip(chosen, chosenSigns).map { problem.dirty[$0] - problem.l1 * $1 }
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
    let (width, height) = (problem.image.width, problem.image.height)
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
  private mutating func settle() {
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

/// A way to the image that minimises a `SparseImagingProblem`, certified by its duality gap.
public protocol ImageSolver {
  /// Solves from `start` `[height, width]` on; `progress` is told of states on the way and may throw to
  /// stop.
  func solve(
    _ problem: SparseImagingProblem, from start: [Double]?,
    progress: (_ iteration: Int, _ state: SparseImagingProblem.State) throws -> Void
  ) rethrows -> ImageSolution
}

/// When a solver stops.
public struct StoppingRule: Codable, Sendable {
  /// Duality gap, relative to the objective.
  public var tolerance: Double
  public var maximumIterations: Int

  public init(tolerance: Double = 1e-6, maximumIterations: Int = 20_000) {
    precondition(tolerance > 0 && maximumIterations > 0)
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  func isMet(by state: SparseImagingProblem.State) -> Bool {
    state.dualityGap <= tolerance * state.objective || state.objective == 0
  }
}

public struct ImageSolution: Sendable {
  /// `[height, width]`, Jy per pixel.
  public var pixels: [Double]
  public var state: SparseImagingProblem.State
  public var iterations: Int
  /// Whether the gap is what was asked for.
  public var hasConverged: Bool
}

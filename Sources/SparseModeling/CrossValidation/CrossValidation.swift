import NumericalMethods
import Observations
import Probability
import Synchronization

/// How well images made from a part of the visibilities predict the others, for weights of penalties.
///
/// Visibilities are dealt to folds at random. The curvature of all but a fold is that of all less that of
/// the fold: no transform of the larger part is needed. Each fold's images are found along paths from the
/// strongest to the weakest penalty, each from the one before.
///
/// Complexity: folds × grid images.
///
/// References: Akiyama et al. (2017), ApJ 838, 1, §3.3; Hastie, Tibshirani & Friedman (2009), The Elements
/// of Statistical Learning, §7.10 (one-standard-error rule).
public struct CrossValidation: Sendable {
  public struct Configuration: Codable, Sendable {
    public var folds = 10
    public var seed: UInt64 = 1
    /// Relative duality gap of the images, which are much closer to the minimum than that.
    public var tolerance = 1e-3
    /// Iterations after which an image is taken as it is.
    public var maximumIterations = 1000
    public var isNonNegative = true

    public init() {}
  }

  /// What penalties reach.
  public struct Score: Codable, Sendable {
    /// By name.
    public let weights: [String: Double]
    /// χ² of what was held out by number, the mean of the folds.
    public let chiSquared: Double
    public let standardError: Double
    /// How much larger than the least, and the standard error of that by the folds' differences.
    public let excess: Double
    public let excessError: Double
    /// Folds whose image was not at the gap asked for when iterations ended.
    public let unfinished: Int
  }

  public let grid: PenaltyGrid
  /// Of all combinations of the grid, the last axis varying fastest.
  public let scores: [Score]
  /// Index of the least held-out χ².
  public let best: Int
  /// Index of the combination of the largest weights whose excess is within one standard error of none, the
  /// last axis first: the sparsest, then smoothest.
  ///
  /// The error is that of the differences to the best by fold: what all folds share says nothing about
  /// which penalty is better.
  public let chosen: Int

  /// Throws `ImagingError` for data that cannot be used or are fewer than folds, and `Interrupted`.
  public init(
    _ visibilities: [Visibility], like image: SkyImage, grid: PenaltyGrid,
    pixelWeights: [Double]? = nil, _ configuration: Configuration, monitor: WorkMonitor
  ) throws {
    precondition(configuration.folds > 1)
    guard visibilities.count >= configuration.folds else {
      throw ImagingError.fewVisibilities(visibilities.count, folds: configuration.folds)
    }
    let whole = try VisibilityMisfit(visibilities, like: image)
    var stream = RandomStream(seed: configuration.seed, purpose: .split)
    let order = visibilities.indices.shuffled(using: &stream)
    let path = FoldPath(
      grid: grid, configuration: configuration,
      context: .init(visibilities, like: image, pixelWeights: pixelWeights))
    let done = Mutex(0)
    let total = configuration.folds * grid.penalties.count
    let folds = parallelMap(configuration.folds, threads: monitor.threads) { fold in
      Result {
        let members = stride(from: fold, to: order.count, by: configuration.folds).map {
          visibilities[order[$0]]
        }
        return try path.errors(whole, heldOut: VisibilityMisfit(members, like: image)) {
          let count = done.withLock {
            $0 += 1
            return $0
          }
          try monitor.advance(
            WorkProgress(
              label: "cross-validation", completed: count, total: total, detail: "images"))
        }
      }
    }
    try self.init(grid, folds.map { try $0.get() })
  }

  /// Scores of errors `[folds, combinations]`.
  private init(_ grid: PenaltyGrid, _ folds: [[FoldPath.Held]]) {
    let count = Double(folds.count)
    func meanAndError(_ values: [Double]) -> (mean: Double, error: Double) {
      let mean = values.reduce(0, +) / count
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (mean, (square / (count * (count - 1))).squareRoot())
    }
    let penalties = grid.penalties
    let means = penalties.indices.map { k in meanAndError(folds.map { $0[k].chiSquared }) }
    let best = means.indices.min { means[$0].mean < means[$1].mean }!
    let scores = penalties.indices.map { k in
      let excess = meanAndError(folds.map { $0[k].chiSquared - $0[best].chiSquared })
      return Score(
        weights: penalties[k], chiSquared: means[k].mean,
        standardError: means[k].error, excess: excess.mean, excessError: excess.error,
        unfinished: folds.count { !$0[k].hasConverged })
    }
    let equals = scores.indices.filter { scores[$0].excess <= scores[$0].excessError }
    (self.grid, self.scores, self.best) = (grid, scores, best)
    let order = grid.axes.reversed().map(\.name)
    chosen = equals.max { a, b in
      order.lazy.map { (penalties[a][$0]!, penalties[b][$0]!) }.first { $0 != $1 }.map { $0 < $1 }
        ?? false
    }!
  }
}

/// The images of one fold.
private struct FoldPath: Sendable {
  struct Held: Sendable {
    /// Of what was held out, by number.
    let chiSquared: Double
    let hasConverged: Bool
  }

  let grid: PenaltyGrid
  let configuration: CrossValidation.Configuration
  let context: RegularizerCatalog.Context

  /// Of all combinations of the grid; `advance` is called after each image.
  func errors(
    _ whole: VisibilityMisfit, heldOut: VisibilityMisfit, advance: () throws -> Void
  ) throws -> [Held] {
    let training = whole.removing(heldOut)
    let curvature = ToeplitzOperator(heldOut.curvature)
    let rule = StoppingRule(
      tolerance: configuration.tolerance, maximumIterations: configuration.maximumIterations)
    let length = grid.axes.last!.values.count
    let penalties = grid.penalties
    return try stride(from: 0, to: penalties.count, by: length).flatMap { first in
      var start: [Double]?
      let held = try penalties[first..<first + length].reversed().map { weights in
        let problem = try SparseImagingProblem(
          training, weights, isNonNegative: configuration.isNonNegative, context)
        let solver: any ImageSolver =
          problem.isOfL1 ? QuasiNewtonSolver(rule) : ProximalGradientSolver(rule)
        let solution = solver.solve(problem, from: start) { _, _ in }
        start = solution.pixels
        try advance()
        return Held(
          chiSquared: heldOut.chiSquared(solution.pixels, curvature) / Double(2 * heldOut.count),
          hasConverged: solution.hasConverged)
      }
      return held.reversed()
    }
  }
}

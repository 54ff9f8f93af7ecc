import Foundation
import NumericalMethods
import Observations

/// A sparse image from visibilities, with penalties that are given or that cross-validation chooses.
public struct ImageReconstruction: Sendable {
  public struct Settings: Codable, Sendable {
    /// λ, per jansky; nil: chosen by cross-validation.
    public var l1: Double?
    /// λ as a part of the least that leaves nothing, instead of `l1`.
    public var l1Fraction: Double?
    /// μ, per square jansky; nil: chosen by cross-validation.
    public var tsv: Double?
    /// Other penalties by name, and their weights; l1 and tsv are 0 unless given then.
    public var regularizers: [String: Double] = [:]
    public var isNonNegative = true
    /// Relative duality gap.
    public var tolerance = 1e-6
    public var maximumIterations = 20_000
    public var folds = 10
    /// Values of λ and of μ that cross-validation tries.
    public var gridSize = 6
    public var seed: UInt64 = 1

    public init() {}
  }

  /// A solver's states on the way.
  public struct Phase: Sendable {
    public let solver: String
    /// Since the reconstruction began; iterations of the solver; relative gaps.
    public internal(set) var seconds: [Double] = []
    public internal(set) var iterations: [Int] = []
    public internal(set) var gaps: [Double] = []
  }

  /// Jy per pixel.
  public let image: SkyImage
  public let state: SparseImagingProblem.State
  public let l1: Double
  public let tsv: Double
  public let hasConverged: Bool
  public let phases: [Phase]
  /// Where penalties were chosen by it.
  public let crossValidation: CrossValidation?

  /// Settings that make the same image of nearly the same data, to a gap of 1e-4.
  public func settingsOfReplicates(_ settings: Settings) -> Settings {
    var settings = settings
    (settings.l1, settings.l1Fraction, settings.tsv) = (l1, nil, tsv)
    (settings.tolerance, settings.maximumIterations) = (max(1e-4, settings.tolerance), 3000)
    return settings
  }

  public var iterations: Int { phases.reduce(0) { $0 + ($1.iterations.last ?? 0) } }

  /// An image like `image`, with l1 weights of its pixels if given: infinite where it is zero.
  ///
  /// Throws `ImagingError` for visibilities that cannot be used, and `Interrupted`.
  public init(
    _ visibilities: [Visibility], like image: SkyImage, pixelWeights: [Double]? = nil,
    _ settings: Settings, monitor: WorkMonitor
  ) throws {
    let misfit = try VisibilityMisfit(visibilities, like: image)
    func penalty(_ weight: Double) -> WeightedL1 {
      WeightedL1(
        weight: weight, pixelWeights: pixelWeights, isNonNegative: settings.isNonNegative)
    }
    var (l1, tsv) = (settings.l1, settings.tsv)
    if !settings.regularizers.isEmpty {
      l1 = l1 ?? (settings.l1Fraction == nil ? 0 : nil)
      tsv = tsv ?? 0
    }
    if let fraction = settings.l1Fraction {
      l1 = fraction * penalty(0).emptyingWeight(misfit.dirty)
    }
    var crossValidation: CrossValidation?
    if l1 == nil || tsv == nil {
      let levels = PenaltyGrid.noiseLevel(of: misfit, count: settings.gridSize)
      let grid = PenaltyGrid(l1: l1.map { [$0] } ?? levels.l1, tsv: tsv.map { [$0] } ?? levels.tsv)
      var configuration = CrossValidation.Configuration()
      configuration.folds = settings.folds
      configuration.seed = settings.seed
      configuration.isNonNegative = settings.isNonNegative
      let scores = try CrossValidation(
        visibilities, like: image, grid: grid, pixelWeights: pixelWeights, configuration,
        monitor: monitor)
      (l1, tsv) = (scores.scores[scores.chosen].l1, scores.scores[scores.chosen].tsv)
      crossValidation = scores
    }
    let context = RegularizerCatalog.Context(
      visibilities, like: image, pixelWeights: pixelWeights)
    var penalties = settings.regularizers
    if tsv! > 0 { penalties["tsv", default: 0] += tsv! }
    let others = try penalties.sorted { $0.key < $1.key }.map {
      try RegularizerCatalog.regularizer($0.key, weight: $0.value, context)
    }
    let problem = try SparseImagingProblem(misfit, penalty(l1!), others: others)
    let solvers = Self.solvers(
      for: problem,
      StoppingRule(tolerance: settings.tolerance, maximumIterations: settings.maximumIterations))
    let start = ContinuousClock.now
    var (phases, solution): ([Phase], ImageSolution?) = ([], nil)
    for (name, solver) in solvers where solution?.hasConverged != true {
      var phase = Phase(solver: name)
      solution = try solver.solve(problem, from: solution?.pixels) { iteration, state in
        phase.seconds.append((ContinuousClock.now - start) / .seconds(1))
        phase.iterations.append(iteration)
        phase.gaps.append(state.relativeGap)
        try monitor.advance(
          WorkProgress(gap: state.relativeGap, first: phase.gaps[0], target: settings.tolerance))
      }
      phases.append(phase)
    }
    var result = image
    result.pixels = solution!.pixels
    result.unit = .janskyPerPixel
    self.image = result
    state = solution!.state
    (self.l1, self.tsv) = (l1!, tsv!)
    hasConverged = solution!.hasConverged
    self.phases = phases
    self.crossValidation = crossValidation
  }

  /// Which solvers go on, one after the other, until the gap is reached.
  private static func solvers(
    for problem: SparseImagingProblem, _ rule: StoppingRule
  ) -> [(name: String, solver: any ImageSolver)] {
    guard problem.isOfL1 else { return [("proximal gradient", ProximalGradientSolver(rule))] }
    let quasiNewton = ("quasi-Newton", QuasiNewtonSolver(rule))
    return problem.quadratic.isEmpty
      ? [("active set", ActiveSetSolver(rule)), quasiNewton] : [quasiNewton]
  }
}

extension WorkProgress {
  /// How many of the decades that the gap has to fall are done.
  fileprivate init(gap: Double, first: Double, target: Double) {
    let decades = { (gap: Double) in log10(max(gap, target) / target) }
    let all = max(decades(first), 1e-3)
    self.init(
      label: "imaging", completed: max(0, Int(100 * (1 - decades(gap) / all))), total: 100)
  }
}

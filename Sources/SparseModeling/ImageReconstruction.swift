import Foundation
import NumericalMethods
import Observations

/// A sparse image from visibilities, with penalties that are given or that cross-validation chooses.
public struct ImageReconstruction: Sendable {
  public struct Settings: Codable, Sendable {
    /// Weights of penalties by name, `l1` (λ) and `tsv` (μ) among them; nil: chosen by cross-validation.
    public var weights: [String: Double?] = ["l1": nil, "tsv": nil]
    /// λ as a part of the least that leaves nothing, instead of a weight.
    public var l1Fraction: Double?
    public var isNonNegative = true
    /// Relative duality gap.
    public var tolerance = 1e-6
    public var maximumIterations = 20_000
    public var folds = 10
    /// Relative duality gap of cross-validation's images.
    public var validationTolerance = 1e-3
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
  /// Of the penalties, by name.
  public let weights: [String: Double]
  public let hasConverged: Bool
  public let phases: [Phase]
  /// Where penalties were chosen by it.
  public let crossValidation: CrossValidation?

  /// Settings that make the same image of nearly the same data, to a gap of 1e-4.
  public func settingsOfReplicates(_ settings: Settings) -> Settings {
    var settings = settings
    (settings.weights, settings.l1Fraction) = (weights, nil)
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
    let context = RegularizerCatalog.Context(
      visibilities, like: image, pixelWeights: pixelWeights)
    var weights = settings.weights
    if let fraction = settings.l1Fraction {
      weights["l1"] =
        fraction
        * WeightedL1(
          weight: 0, pixelWeights: pixelWeights, isNonNegative: settings.isNonNegative
        ).emptyingWeight(misfit.dirty)
    }
    var crossValidation: CrossValidation?
    if weights.values.contains(nil) {
      var configuration = CrossValidation.Configuration()
      configuration.folds = settings.folds
      configuration.tolerance = settings.validationTolerance
      configuration.seed = settings.seed
      configuration.isNonNegative = settings.isNonNegative
      // Squared variation outermost: images of different l1 follow each other fast.
      let axes = weights.sorted { $0.key > $1.key }.map { name, weight in
        weight.map { .init(name, [$0]) }
          // Of data that are all zero, any weight makes the same image.
          ?? PenaltyGrid.noiseLevel(
            of: name, misfit, flux: context.flux > 0 ? context.flux : 1, count: settings.gridSize)
      }
      let scores = try CrossValidation(
        visibilities, like: image, grid: PenaltyGrid(axes), pixelWeights: pixelWeights,
        configuration, monitor: monitor)
      weights = scores.scores[scores.chosen].weights
      crossValidation = scores
    }
    let problem = try SparseImagingProblem(
      misfit, weights.compactMapValues { $0 }, isNonNegative: settings.isNonNegative, context)
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
    self.weights = weights.compactMapValues { $0 }
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

import Foundation
import NumericalMethods
import Probability

/// Length scales, noise and inducing points of the greatest lower bound.
///
/// The exact likelihood of few rows gives the first length scales, and random rows are the first points. Moving them
/// all together pays: on 20,000 rows of five features 512 moved points leave 0.043 of a function where a greedy
/// choice of as many leaves 0.051, and after the move it does not matter how they were chosen.
///
/// Most of the way is gone with few rows, and the rest with some, whose values the points must not be able to follow
/// one by one: of 80,000 rows with noise 0.1, places of 512 points by 20,000 leave 0.018 of a function, by all 0.015,
/// in a quarter of the time.
enum InducingSearch {
  private static let exactRows = 1_000
  /// A hundred times what keeps the correlations of the points regular.
  private static let leastNoise = 1e-6
  private struct Step {
    /// At least, and for each point.
    let (rows, rowsPerPoint): (Int, Int)
    let iterations: Int
  }
  private static let steps = [
    Step(rows: 5_000, rowsPerPoint: 4, iterations: 40),
    Step(rows: 20_000, rowsPerPoint: 16, iterations: 12),
  ]

  /// - Throws: `Interrupted`.
  static func best(
    _ bound: InducingBound, size: Int, _ context: FittingContext
  ) throws -> (parameters: [Double], points: [Double]) {
    let (rows, features) = (bound.count, bound.features)
    var stream = RandomStream(seed: context.seed, purpose: .initialization)
    let order = (0..<rows).shuffled(using: &stream)
    let few = bound.part(order.prefix(exactRows).sorted())
    let parameters = try HyperparameterSearch.best(
      MarginalLikelihood(bound.kernel, x: few.x, y: few.y), context)
    // Points in units of the first length scales, so that all variables are of one size.
    let scales = parameters.dropLast().map { exp($0) }
    let chosen = bound.part(order.suffix(size).sorted()).x
    var variables = parameters + chosen.indices.map { chosen[$0] / scales[$0 % features] }

    var ranges = HyperparameterSearch.ranges(features: features)
    // What few points leave of a function without noise counts as noise.
    ranges[features] = log(leastNoise)...ranges[features].upperBound
    var minimizer = QuasiNewtonMinimizer(
      lower: ranges.map(\.lowerBound) + chosen.map { _ in -.infinity },
      upper: ranges.map(\.upperBound) + chosen.map { _ in .infinity })
    func split(_ variables: [Double]) -> (parameters: [Double], points: [Double]) {
      (
        Array(variables[...features]),
        chosen.indices.map { variables[features + 1 + $0] * scales[$0 % features] }
      )
    }
    for step in steps {
      let used = max(step.rows, step.rowsPerPoint * size)
      let part = used < rows ? bound.part(order.prefix(used).sorted()) : bound
      var limits = QuasiNewtonMinimizer.Limits()
      limits.iterations = step.iterations
      let total = Double(part.count)
      variables = try minimizer.minimize(from: variables, limits) { variables in
        try context.monitor.checkInterruption()
        let (parameters, points) = split(variables)
        let (value, gradient, pointGradient) = part.value(
          at: parameters, points, threads: context.monitor.threads)
        let scaled = pointGradient.indices.map { pointGradient[$0] * scales[$0 % features] }
        return (-value / total, (gradient + scaled).map { -$0 / total })
      }.point
    }
    return split(variables)
  }
}

extension InducingBound {
  /// Of some of the rows.
  func part(_ rows: [Int]) -> InducingBound {
    InducingBound(
      kernel, x: rows.flatMap { x[$0 * features..<($0 + 1) * features] }, y: rows.map { y[$0] })
  }
}

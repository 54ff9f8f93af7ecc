import Foundation
import NumericalMethods
import Probability

/// Length scales and noise of the greatest marginal likelihood.
///
/// Of few rows from several starts, because the likelihood may have several maxima; the one that more rows make
/// likeliest then goes on with more and with all, where few iterations are left to do.
enum HyperparameterSearch {
  /// Of logarithms, for standardised features and outputs.
  private static let (lengthScales, noises) = (log(1e-3)...log(1e3), log(1e-10)...log(1e4))
  /// Rows of the first search, and of the second by those of the last.
  private static let firstRows = 300
  /// Rows that tell which start was best: to few, a short length scale and noise may look alike.
  private static let judgingRows = 1_000
  private static let secondPart = 3

  /// Of the variables, those of noises last.
  static func ranges(features: Int) -> [ClosedRange<Double>] {
    [ClosedRange](repeating: lengthScales, count: features) + [noises]
  }

  /// - Throws: `Interrupted`.
  static func best(
    _ likelihood: MarginalLikelihood, _ context: FittingContext
  ) throws -> [Double] {
    var stream = RandomStream(seed: context.seed, purpose: .shuffle)
    let order = (0..<likelihood.count).shuffled(using: &stream)
    let sizes = [firstRows, likelihood.count / secondPart].filter { $0 < likelihood.count * 2 / 3 }
    let parts =
      sizes.map { size in
        likelihood.part(order.prefix(max(size, firstRows)).sorted())
      } + [likelihood]

    let judge = likelihood.part(order.prefix(judgingRows).sorted())
    var best: (point: [Double], value: Double, minimizer: QuasiNewtonMinimizer)?
    let ranges = ranges(features: likelihood.features)
    let typical = 0.5 * log(Double(likelihood.features))
    for scale in [0.5, 2] {
      for noise in [1e-4, 1e-1] {
        var minimizer = QuasiNewtonMinimizer(
          lower: ranges.map(\.lowerBound), upper: ranges.map(\.upperBound))
        let start = [Double](repeating: typical + log(scale), count: likelihood.features)
        let result = try maximize(
          parts[0], from: start + [log(noise)], &minimizer, isRough: true, context)
        let solution = judge.solution(at: result.point, threads: context.monitor.threads)
        let value = solution?.value ?? -.infinity
        if best == nil || best!.value < value { best = (result.point, value, minimizer) }
      }
    }
    for part in parts {
      best!.point = try maximize(
        part, from: best!.point, &best!.minimizer, isRough: false, context
      ).point
    }
    return best!.point
  }

  /// Of −ln p a value, which is alike for few rows and many.
  private static func maximize(
    _ likelihood: MarginalLikelihood, from start: [Double],
    _ minimizer: inout QuasiNewtonMinimizer, isRough: Bool, _ context: FittingContext
  ) throws -> (point: [Double], value: Double, iterations: Int) {
    let values = Double(likelihood.count * likelihood.y.count)
    var limits = QuasiNewtonMinimizer.Limits()
    limits.iterations = isRough ? 25 : 100
    limits.decrease = isRough ? 1e-5 : 1e-8
    return try minimizer.minimize(from: start, limits) { parameters in
      try context.monitor.checkInterruption()
      let (value, gradient) = likelihood.value(at: parameters, threads: context.monitor.threads)
      return (-value / values, gradient.map { -$0 / values })
    }
  }
}

extension MarginalLikelihood {
  /// Of some of the rows.
  func part(_ rows: [Int]) -> MarginalLikelihood {
    MarginalLikelihood(
      kernel, x: rows.flatMap { x[$0 * features..<($0 + 1) * features] },
      y: y.map { output in rows.map { output[$0] } })
  }
}

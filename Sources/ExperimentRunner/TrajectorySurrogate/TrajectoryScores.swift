import NumericalMethods
import Surrogates

/// How far predicted trajectories are from those integrated.
struct TrajectoryScores: Codable, Sendable {
  /// Mean absolute errors of the positions, and what is said of their size.
  struct Errors: Codable, Sendable {
    let mean: Double
    let median: Double

    init(_ errors: [Double]) {
      mean = errors.isEmpty ? .nan : errors.reduce(0, +) / Double(errors.count)
      median = errors.isEmpty ? .nan : weightedQuantiles(errors, at: [0.5])[0]
    }
  }

  let systems: Int
  let rows: Int
  /// Each row is a system at a time.
  let ofRows: Errors
  /// Of each system the mean over its times.
  let ofSystems: Errors
  /// The share of values within error bars of each of ``levels``.
  let coverage: [Double]
  /// Rows whose error bar is above the limit.
  let refusedShare: Double
  /// Nil where everything is refused.
  let ofAnswered: Errors?
  let ofRefused: Errors?

  static let levels = (1..<20).map { 0.05 * Double($0) }

  /// - Parameters:
  ///   - coverage: of ``levels``.
  ///   - limit: of the mean error bar of a row; a row above it is refused.
  init(_ errors: RowErrors, coverage: [Double], timeCount: Int, limit: Double) {
    (systems, rows) = (errors.absolute.count / timeCount, errors.absolute.count)
    ofRows = Errors(errors.absolute)
    ofSystems = Errors(errors.means(of: timeCount))
    self.coverage = coverage
    let answered = errors.absolute.indices.filter { errors.deviations[$0] <= limit }
    let refused = errors.absolute.indices.filter { errors.deviations[$0] > limit }
    refusedShare = Double(refused.count) / Double(max(rows, 1))
    ofAnswered = answered.isEmpty ? nil : Errors(answered.map { errors.absolute[$0] })
    ofRefused = refused.isEmpty ? nil : Errors(refused.map { errors.absolute[$0] })
  }

  var coverage90: Double { coverage[17] }
}

/// The errors of predictions whose truths are known, `[rows]`.
struct RowErrors: Sendable {
  /// Mean over outputs of the absolute error.
  let absolute: [Double]
  /// Mean over outputs of the error bar.
  let deviations: [Double]

  /// - Parameter truth: `[rows, outputs]`, as the prediction.
  init(_ prediction: Prediction, truth: [Double], outputs: Int) {
    let errors = zip(prediction.mean, truth).map { abs($0 - $1) }
    func means(_ values: [Double]) -> [Double] {
      stride(from: 0, to: values.count, by: outputs).map {
        values[$0..<$0 + outputs].reduce(0, +) / Double(outputs)
      }
    }
    (absolute, deviations) = (means(errors), means(prediction.standardDeviation))
  }

  /// Means over so many rows each.
  func means(of count: Int) -> [Double] {
    stride(from: 0, to: absolute.count, by: count).map {
      absolute[$0..<$0 + count].reduce(0, +) / Double(count)
    }
  }

  /// The widest error bar to answer with, so that the mean error of all answers is at most `accuracy`; 0 where none
  /// is that good.
  func limit(accuracy: Double) -> Double {
    var (sum, limit) = (0.0, 0.0)
    let order = absolute.indices.sorted { deviations[$0] < deviations[$1] }
    for (place, row) in order.enumerated() {
      sum += absolute[row]
      // All or none of those with equal error bars.
      let isLast = place + 1 == order.count || deviations[order[place + 1]] > deviations[row]
      if isLast && sum <= accuracy * Double(place + 1) { limit = deviations[row] }
    }
    return limit
  }
}

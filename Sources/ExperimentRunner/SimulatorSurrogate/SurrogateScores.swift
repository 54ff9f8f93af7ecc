import NumericalMethods
import Surrogates

/// How far a surrogate is from fresh simulations, and how often within its error bars.
struct SurrogateScores: Codable, Sendable {
  /// Of one output, in its units.
  struct Output: Codable, Sendable {
    let name: String
    /// The standard deviation of the true values.
    let spread: Double
    let rootMeanSquare: Double
    let meanAbsolute: Double
    /// Of the absolute error.
    let median: Double
    let p90: Double
    let p95: Double
    let p99: Double
    /// The share of true values within the central intervals of ``levels``.
    let coverage: [Double]
  }

  let rows: Int
  let outputs: [Output]
  /// The root mean square over outputs of their errors, each in units of its spread.
  let relativeError: Double
  /// The mean over outputs of mean absolute errors, each in units of its spread.
  let relativeAbsolute: Double
  /// Of all outputs.
  let coverage: [Double]
  /// Of all outputs, at each of ``curveLevels``.
  let coverageCurve: [Double]

  static let levels = [0.5, 0.68, 0.9, 0.95]
  static let curveLevels = (1..<20).map { 0.05 * Double($0) }

  /// - Parameter truth: rows whose outputs are known, at least one.
  init(_ prediction: Prediction, truth: RegressionData, names: [String]) {
    rows = truth.rowCount
    let count = truth.outputCount
    outputs = names.enumerated().map { index, name in
      let places = Array(stride(from: index, to: truth.y.count, by: count))
      return Output(
        name: name, prediction: places.map { prediction.mean[$0] },
        deviations: places.map { prediction.standardDeviation[$0] },
        truth: places.map { truth.y[$0] })
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    // An output that never changes has no scale.
    let scaled = outputs.filter { $0.spread > 0 }
    relativeError =
      scaled.isEmpty
      ? 0
      : mean(
        scaled.map {
          let error = $0.rootMeanSquare / $0.spread
          return error * error
        }
      ).squareRoot()
    relativeAbsolute = scaled.isEmpty ? 0 : mean(scaled.map { $0.meanAbsolute / $0.spread })
    coverage = prediction.coverage(of: truth.y, levels: Self.levels)
    coverageCurve = prediction.coverage(of: truth.y, levels: Self.curveLevels)
  }

  /// Of the whole.
  var metrics: [String: Double] {
    var metrics = ["relative_error": relativeError, "relative_absolute_error": relativeAbsolute]
    for (level, share) in zip(Self.levels, coverage) {
      metrics["coverage_\(Int((100 * level).rounded()))"] = share
    }
    return metrics
  }
}

extension SurrogateScores.Output {
  init(name: String, prediction: [Double], deviations: [Double], truth: [Double]) {
    let errors = zip(prediction, truth).map { abs($0 - $1) }
    let count = Double(truth.count)
    let centre = truth.reduce(0, +) / count
    let quantiles = weightedQuantiles(errors, at: [0.5, 0.9, 0.95, 0.99])
    self.init(
      name: name,
      spread: (truth.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / count).squareRoot(),
      rootMeanSquare: (errors.reduce(0) { $0 + $1 * $1 } / count).squareRoot(),
      meanAbsolute: errors.reduce(0, +) / count, median: quantiles[0], p90: quantiles[1],
      p95: quantiles[2], p99: quantiles[3],
      coverage: Prediction(mean: prediction, standardDeviation: deviations)
        .coverage(of: truth, levels: SurrogateScores.levels))
  }

  var metrics: [String: Double] {
    [
      "rmse_\(name)": rootMeanSquare, "mae_\(name)": meanAbsolute, "median_error_\(name)": median,
      "p90_error_\(name)": p90, "p95_error_\(name)": p95, "p99_error_\(name)": p99,
      "coverage_90_\(name)": coverage[2],
    ]
  }
}

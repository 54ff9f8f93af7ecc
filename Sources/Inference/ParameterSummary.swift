import NumericalMethods

/// Median and credible intervals of one parameter.
public struct ParameterSummary: Codable, Sendable, Equatable {
  public let name: String
  public let median: Double
  public let p16: Double
  public let p84: Double
  /// The central 95 % interval.
  public let lower95: Double
  public let upper95: Double
  public let standardDeviation: Double

  private enum CodingKeys: String, CodingKey {
    case name, median, p16, p84
    case lower95 = "p2.5"
    case upper95 = "p97.5"
    case standardDeviation
  }

  /// From samples and their weights, equal when nil.
  public init(_ name: String, _ values: [Double], weights: [Double]?) {
    precondition(!values.isEmpty && weights?.count ?? values.count == values.count)
    self.name = name
    let quantiles = weightedQuantiles(
      values, weights: weights, at: [0.5, 0.16, 0.84, 0.025, 0.975])
    (median, p16, p84, lower95, upper95) = (
      quantiles[0], quantiles[1], quantiles[2], quantiles[3], quantiles[4]
    )
    let weights = weights ?? [Double](repeating: 1, count: values.count)
    let total = weights.reduce(0, +)
    let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let variance = zip(values, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
    standardDeviation = (variance / total).squareRoot()
  }
}

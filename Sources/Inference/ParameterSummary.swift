import Foundation

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
    let weights = weights ?? [Double](repeating: 1 / Double(values.count), count: values.count)
    let order = values.indices.filter { weights[$0] > 0 }.sorted { values[$0] < values[$1] }
    precondition(!order.isEmpty, "weights without a positive one")
    let total = weights.reduce(0, +)
    func quantile(_ level: Double) -> Double {
      // The value at which half of its own weight is below the level.
      var sum = 0.0
      var (lastMiddle, lastValue) = (-Double.infinity, values[order[0]])
      for index in order {
        let middle = (sum + 0.5 * weights[index]) / total
        if middle >= level {
          guard lastMiddle.isFinite, middle > lastMiddle else { return values[index] }
          let fraction = (level - lastMiddle) / (middle - lastMiddle)
          return lastValue + fraction * (values[index] - lastValue)
        }
        sum += weights[index]
        (lastMiddle, lastValue) = (middle, values[index])
      }
      return lastValue
    }
    median = quantile(0.5)
    p16 = quantile(0.16)
    p84 = quantile(0.84)
    lower95 = quantile(0.025)
    upper95 = quantile(0.975)
    let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let variance = zip(values, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
    standardDeviation = (variance / total).squareRoot()
  }
}

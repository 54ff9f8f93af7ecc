import Foundation
import Probability
import Surrogates

/// Functions to learn, on inputs uniform in [−1, 1].
enum Functions {
  static func data(
    rows: Int, features: Int, seed: UInt64 = 1, noise: Double = 0,
    _ function: ([Double]) -> [Double]
  ) -> RegressionData {
    var stream = RandomStream(seed: seed, purpose: .simulation)
    var (x, y): ([Double], [Double]) = ([], [])
    for _ in 0..<rows {
      let input = (0..<features).map { _ in 2 * stream.uniform() - 1 }
      x += input
      y += function(input).map { $0 + noise * stream.normal() }
    }
    return RegressionData(
      x: x, y: y, featureCount: features, outputCount: y.count / max(rows, 1))
  }

  /// Friedman's (1991, Ann. Stat. 19, 1, equation 56), on [−1, 1] instead of [0, 1].
  static func friedman(_ x: [Double]) -> [Double] {
    let u = x.map { 0.5 * ($0 + 1) }
    return [
      10 * sin(.pi * u[0] * u[1]) + 20 * (u[2] - 0.5) * (u[2] - 0.5) + 10 * u[3] + 5 * u[4]
    ]
  }
}

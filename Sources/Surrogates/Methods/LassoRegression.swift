import ArrayFiles
import Foundation
import NumericalMethods
import SparseModeling

/// Linear regression on few polynomials of all features: the LASSO, with its penalty chosen on every fifth row.
///
/// Reference: Tibshirani (1996), J. R. Stat. Soc. B 58, 267.
public struct LassoRegression: SurrogateMethod {
  public static let name = "lasso"

  /// Total degree of the polynomials; 1 is linear.
  public var degree = 1

  public init() {}

  public var ranges: [SettingRange] { [SettingRange("degree", degree, 1...20)] }
  public var summary: String { degree == 1 ? "linear" : "polynomials of degree \(degree)" }

  public static func candidates(rows: Int, features: Int, outputs: Int) -> [LassoRegression] {
    PolynomialBasis.degrees(rows: rows, features: features, most: 300).map { degree in
      var method = LassoRegression()
      method.degree = degree
      return method
    }
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> PolynomialFit {
    let columns = try PolynomialColumns(data, degree: degree)
    // The order of rows may mean something: neighbours share in both parts.
    let isHeld = (0..<data.rowCount).map { $0 % 5 == 4 }
    let part = data.rows(isHeld.indices.filter { !isHeld[$0] })
    let held = data.rows(isHeld.indices.filter { isHeld[$0] })
    let weights = try (0..<data.outputCount).map { output in
      let fraction = try bestFraction(
        part, held, output: output, context.monitor)
      return Self.solutions(columns, data.output(output), [fraction])[0]
    }
    return PolynomialFit(columns, weights: weights)
  }

  private static let fractions = (0..<40).map { pow(10, -0.125 * Double($0)) }

  /// λ/λmax of the least error of held rows.
  private func bestFraction(
    _ part: RegressionData, _ held: RegressionData, output: Int, _ monitor: WorkMonitor
  ) throws -> Double {
    guard part.rowCount > 1, held.rowCount > 0 else { return 0.01 }
    let columns = try PolynomialColumns(part, degree: degree)
    let y = part.output(output)
    let mean = y.reduce(0, +) / Double(y.count)
    let truth = held.output(output)
    let solutions = Self.solutions(columns, y.map { $0 - mean }, Self.fractions)
    var best = (fraction: Self.fractions[0], error: Double.infinity)
    for (fraction, weights) in zip(Self.fractions, solutions) {
      try monitor.checkInterruption()
      let fit = PolynomialFit(columns, weights: [weights])
      let error = zip(fit.predict(held.x, threads: 1).mean, truth).reduce(0) {
        $0 + ($1.0 + mean - $1.1) * ($1.0 + mean - $1.1)
      }
      if error < best.error { best = (fraction, error) }
    }
    return best.fraction
  }

  /// Weights `[functions]` for each λ/λmax.
  private static func solutions(
    _ columns: PolynomialColumns, _ y: [Double], _ fractions: [Double]
  ) -> [[Double]] {
    let rows = y.count
    // The penalty is for columns of norm 1; a constant column has none.
    let norms = (0..<columns.count).map { function in
      let values = columns.values[function * rows..<(function + 1) * rows]
      return values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let kept = norms.indices.filter { norms[$0] > 1e-9 * Double(rows).squareRoot() }
    let normalized = kept.flatMap { function in
      columns.values[function * rows..<(function + 1) * rows].map { $0 / norms[function] }
    }
    let empty = [Double](repeating: 0, count: columns.count)
    guard !kept.isEmpty else { return fractions.map { _ in empty } }
    let lasso = GroupLasso(
      DenseDictionary(columns: normalized, groupSize: 1, pointCount: rows), response: y)
    guard lasso.largestPenalty > 0 else { return fractions.map { _ in empty } }
    return fractions.map { fraction in
      let solution = lasso.solve(penalty: fraction * lasso.largestPenalty)
      var weights = empty
      for (group, value) in zip(solution.groups, solution.coefficients) {
        weights[kept[group]] = value / norms[kept[group]]
      }
      return weights
    }
  }

  public func restore(_ archive: NPZArchive) throws -> PolynomialFit {
    try PolynomialFit(archive)
  }
}

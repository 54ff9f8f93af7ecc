import ArrayFiles
import Foundation
import NumericalMethods

/// Linear regression on polynomials of all features, with a quadratic penalty chosen by generalised
/// cross-validation.
///
/// Complexity: O(rows · functions² + penalties · functions³).
///
/// References: Hoerl & Kennard (1970), Technometrics 12, 55; Golub, Heath & Wahba (1979), Technometrics 21,
/// 215, equation 1.4.
public struct RidgeRegression: SurrogateMethod {
  public static let name = "ridge"

  /// Total degree of the polynomials; 1 is linear.
  public var degree = 1

  public init() {}

  public var ranges: [SettingRange] { [SettingRange("degree", degree, 1...20)] }
  public var summary: String { degree == 1 ? "linear" : "polynomials of degree \(degree)" }

  public static func candidates(rows: Int, features: Int, outputs: Int) -> [RidgeRegression] {
    PolynomialBasis.degrees(rows: rows, features: features, most: 1_500).map { degree in
      var method = RidgeRegression()
      method.degree = degree
      return method
    }
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> PolynomialFit {
    let columns = try PolynomialColumns(data, degree: degree)
    let (functions, outputs, rows) = (columns.count, data.outputCount, Double(data.rowCount))
    let gram = columns.gram
    let right = columns.products(with: data)
    let squares = (0..<outputs).map { output in
      data.output(output).reduce(0) { $0 + $1 * $1 } / rows
    }
    var identity = [Double](repeating: 0, count: functions * functions)
    for index in 0..<functions { identity[index * functions + index] = 1 }

    // Of each output, the penalty of the least score.
    var best = [(score: Double, weights: [Double])](
      repeating: (.infinity, [Double](repeating: 0, count: functions)), count: outputs)
    for exponent in stride(from: -13.0, through: 1.0, by: 0.5) {
      try context.monitor.checkInterruption()
      let penalty = pow(10, exponent)
      var matrix = gram
      for index in 0..<functions { matrix[index * functions + index] += penalty }
      guard let factor = CholeskyFactor(matrix, count: functions) else { continue }
      let trace = factor.solveForward(identity).reduce(0) { $0 + $1 * $1 }
      let freedom = Double(functions) - penalty * trace
      guard rows - 1 - freedom > 0 else { continue }
      let weights = factor.solve(right)
      for output in 0..<outputs {
        let own = Array(weights[output * functions..<(output + 1) * functions])
        var fitted = 0.0
        for index in 0..<functions { fitted += own[index] * right[output * functions + index] }
        let size = own.reduce(0) { $0 + $1 * $1 }
        // ‖y − Φw‖² of a minimum of ‖y − Φw‖² + λ‖w‖².
        let residual = max(squares[output] - fitted - penalty * size, 0)
        let score = residual / pow(1 - (1 + freedom) / rows, 2)
        if score < best[output].score { best[output] = (score, own) }
      }
    }
    return PolynomialFit(columns, weights: best.map(\.weights))
  }

  public func restore(_ archive: NPZArchive) throws -> PolynomialFit {
    try PolynomialFit(archive)
  }
}

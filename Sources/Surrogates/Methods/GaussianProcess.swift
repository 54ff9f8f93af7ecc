import ArrayFiles
import Foundation
import NumericalMethods

/// A Gaussian process with a length scale for each feature, and noise: exact, by the Cholesky factor of all rows.
///
/// Each output has length scales, variance and noise of its own: outputs need not depend on the same features or be
/// equally noisy, and error bars of shared ones would hold for none of them. What sharing would save is time, where
/// there are several.
///
/// Complexity: O(rows³) for each of some tens of steps of the search; O(rows²) a predicted row.
///
/// Reference: Rasmussen & Williams (2006), Gaussian Processes for Machine Learning, algorithm 2.1 and chapter 5.
public struct GaussianProcess: SurrogateMethod {
  public static let name = "gaussian_process"
  /// A matrix of so many rows takes 50 MB.
  private static let mostRows = 2_500

  public var kernel = StationaryKernel.squaredExponential

  public init() {}

  public var ranges: [SettingRange] { [] }
  public var summary: String { kernel.title }

  public static func candidates(rows: Int, features: Int) -> [GaussianProcess] {
    guard rows <= mostRows else { return [] }
    return StationaryKernel.allCases.map { kernel in
      var method = GaussianProcess()
      method.kernel = kernel
      return method
    }
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> Fit {
    let parameters = try (0..<data.outputCount).flatMap { output in
      try HyperparameterSearch.best(
        MarginalLikelihood(kernel, x: data.x, y: data.output(output)), context)
    }
    guard let fit = Fit(kernel, data, parameters: parameters, threads: context.monitor.threads)
    else { throw SurrogateError.badData("the rows make a singular covariance") }
    return fit
  }

  public func restore(_ archive: NPZArchive) throws -> Fit {
    let x = try archive.read("x", as: Double.self)
    let y = try archive.read("y", as: Double.self)
    let parameters = try archive.read("parameters", as: Double.self)
    guard x.shape.count == 2, y.shape.count == 2, x.shape[0] == y.shape[0], x.shape[0] > 0,
      x.shape[1] > 0, y.shape[1] > 0
    else { throw FileError(path: archive.path, column: "x", problem: "does not belong to y") }
    let data = RegressionData(
      x: x.values, y: y.values, featureCount: x.shape[1], outputCount: y.shape[1])
    guard parameters.shape == [data.outputCount, data.featureCount + 1],
      let fit = Fit(kernel, data, parameters: parameters.values, threads: 1)
    else { throw FileError(path: archive.path, column: "parameters", problem: "do not fit") }
    return fit
  }

  public struct Fit: FittedSurrogate {
    public static let knowsItsErrors = true

    private let kernel: StationaryKernel
    private let data: RegressionData
    /// Logarithms of length scales and of the noise's part, `[outputs, features + 1]`.
    private let parameters: [Double]
    private let solutions: [MarginalLikelihood.Solution]

    /// Nil where a covariance is singular.
    init?(_ kernel: StationaryKernel, _ data: RegressionData, parameters: [Double], threads: Int) {
      (self.kernel, self.data, self.parameters) = (kernel, data, parameters)
      let width = data.featureCount + 1
      solutions = (0..<data.outputCount).compactMap { output in
        MarginalLikelihood(kernel, x: data.x, y: data.output(output)).solution(
          at: Array(parameters[output * width..<(output + 1) * width]), threads: threads)
      }
      guard solutions.count == data.outputCount else { return nil }
    }

    /// The sum over outputs of ln p(y), of standardised outputs.
    public var logMarginalLikelihood: Double { solutions.reduce(0) { $0 + $1.value } }

    public func write(to archive: inout NPZWriter) {
      let (rows, features, outputs) = (data.rowCount, data.featureCount, data.outputCount)
      archive.add("x", NDArray(shape: [rows, features], values: data.x))
      archive.add("y", NDArray(shape: [rows, outputs], values: data.y))
      archive.add(
        "parameters", NDArray(shape: [outputs, features + 1], values: parameters))
    }

    public func predict(_ x: [Double], threads: Int) -> Prediction {
      Prediction(outputs: solutions.indices.map { predict(x, output: $0, threads: threads) })
    }

    private func predict(_ x: [Double], output: Int, threads: Int) -> Prediction {
      let (solution, width) = (solutions[output], data.featureCount + 1)
      let own = parameters[output * width..<(output + 1) * width]
      let (count, noise) = (data.rowCount, exp(own.last!))
      let rows = ScaledPoints(x, lengthScales: own.dropLast().map { exp($0) })
      return Prediction(blocks: rows.count, of: 128, threads: threads) { block in
        rows.withCorrelations(of: block, with: solution.points, kernel) { values in
          let means = solution.weights.withUnsafeBufferPointer { weights in
            (0..<block.count).map { dot(values + $0 * count, weights.baseAddress!, count) }
          }
          solution.factor.solve(values, count: block.count, transposed: false)
          return (0..<block.count).map { place in
            let row = values + place * count
            return (means[place], (max(1 - dot(row, row, count), 0) + noise) * solution.variance)
          }
        }
      }
    }
  }
}

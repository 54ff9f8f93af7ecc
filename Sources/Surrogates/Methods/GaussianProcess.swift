import ArrayFiles
import Foundation
import NumericalMethods

/// A Gaussian process with a length scale for each feature, and noise: exact, by the Cholesky factor of all rows.
///
/// Each output has length scales, variance and noise of its own: outputs need not depend on the same features or be
/// equally noisy. Where they are alike they may share all but the variance, the noise in units of it: the covariance is
/// then that of inputs times a diagonal matrix of outputs, and is factored once for all. Of 2,000 rows with three
/// outputs this takes a quarter of the time; an output that varies more slowly than the others has twice the error.
///
/// Complexity: O(rows³) for each of some tens of steps of the search, for each output or for all; O(rows²) a predicted
/// row.
///
/// References: Rasmussen & Williams (2006), Gaussian Processes for Machine Learning, algorithm 2.1 and chapter 5;
/// Álvarez, Rosasco & Lawrence (2012), Found. Trends Mach. Learn. 4, 195, §4.2 (intrinsic coregionalisation).
public struct GaussianProcess: SurrogateMethod {
  public static let name = "gaussian_process"
  /// A matrix of so many rows takes 50 MB.
  private static let mostRows = 2_500

  public var kernel = StationaryKernel.squaredExponential
  /// Whether all outputs have the same length scales and noise.
  public var sharedKernel = false

  public init() {}

  public var ranges: [SettingRange] { [] }
  public var summary: String { kernel.title + (sharedKernel ? ", shared" : "") }

  public static func candidates(rows: Int, features: Int, outputs: Int) -> [GaussianProcess] {
    guard rows <= mostRows else { return [] }
    return (outputs > 1 ? [true, false] : [false]).flatMap { isShared in
      StationaryKernel.allCases.map { kernel in
        var method = GaussianProcess()
        (method.kernel, method.sharedKernel) = (kernel, isShared)
        return method
      }
    }
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> Fit {
    let parameters = try likelihoods(data).flatMap { try HyperparameterSearch.best($0, context) }
    guard let fit = Fit(likelihoods(data), parameters, threads: context.monitor.threads)
    else { throw SurrogateError.badData("the rows make a singular covariance") }
    return fit
  }

  /// One for all outputs or one for each.
  private func likelihoods(_ data: RegressionData) -> [MarginalLikelihood] {
    let outputs = (0..<data.outputCount).map { data.output($0) }
    return (sharedKernel ? [outputs] : outputs.map { [$0] }).map {
      MarginalLikelihood(kernel, x: data.x, y: $0)
    }
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
    let likelihoods = likelihoods(data)
    guard parameters.shape == [likelihoods.count, data.featureCount + 1],
      let fit = Fit(likelihoods, parameters.values, threads: 1)
    else { throw FileError(path: archive.path, column: "parameters", problem: "do not fit") }
    return fit
  }

  public struct Fit: FittedSurrogate {
    public static let knowsItsErrors = true

    private let likelihoods: [MarginalLikelihood]
    /// Logarithms of length scales and of the noise's part, for each likelihood, `[likelihoods, features + 1]`.
    private let parameters: [Double]
    private let solutions: [MarginalLikelihood.Solution]

    /// Nil where a covariance is singular.
    init?(_ likelihoods: [MarginalLikelihood], _ parameters: [Double], threads: Int) {
      (self.likelihoods, self.parameters) = (likelihoods, parameters)
      let width = parameters.count / likelihoods.count
      solutions = likelihoods.enumerated().compactMap { index, likelihood in
        likelihood.solution(
          at: Array(parameters[index * width..<(index + 1) * width]), threads: threads)
      }
      guard solutions.count == likelihoods.count else { return nil }
    }

    /// The sum over outputs of ln p(y), of standardised outputs.
    public var logMarginalLikelihood: Double { solutions.reduce(0) { $0 + $1.value } }

    public func write(to archive: inout NPZWriter) {
      let (rows, features) = (likelihoods[0].count, likelihoods[0].features)
      let outputs = likelihoods.flatMap(\.y)
      let y = (0..<rows).flatMap { row in outputs.map { $0[row] } }
      archive.add("x", NDArray(shape: [rows, features], values: likelihoods[0].x))
      archive.add("y", NDArray(shape: [rows, outputs.count], values: y))
      archive.add(
        "parameters", NDArray(shape: [likelihoods.count, features + 1], values: parameters))
    }

    public func predict(_ x: [Double], threads: Int) -> Prediction {
      let parts = solutions.indices.map { predict(x, $0, threads: threads) }
      return parts.count == 1 ? parts[0] : Prediction(outputs: parts)
    }

    /// The outputs of one likelihood.
    private func predict(_ x: [Double], _ index: Int, threads: Int) -> Prediction {
      let (solution, likelihood) = (solutions[index], likelihoods[index])
      let width = likelihood.features + 1
      let own = parameters[index * width..<(index + 1) * width]
      let (count, noise) = (likelihood.count, exp(own.last!))
      let rows = ScaledPoints(x, lengthScales: own.dropLast().map { exp($0) })
      return Prediction(blocks: rows.count, of: 128, threads: threads) { block in
        rows.withCorrelations(of: block, with: solution.points, likelihood.kernel) { values in
          let means = (0..<block.count).map { place in
            solution.weights.map { weights in
              weights.withUnsafeBufferPointer {
                dot(values + place * count, $0.baseAddress!, count)
              }
            }
          }
          solution.factor.solve(values, count: block.count, transposed: false)
          return means.enumerated().flatMap { place, means in
            let row = values + place * count
            let left = max(1 - dot(row, row, count), 0) + noise
            return zip(means, solution.variances).map { ($0, left * $1) }
          }
        }
      }
    }
  }
}

import ArrayFiles
import Foundation
import NumericalMethods

/// A Gaussian process for many rows, known through its values at few inducing points that are learnt beside length
/// scales and noise.
///
/// Each output has all of these of its own, as in `GaussianProcess`.
///
/// Length scales, noise and points are searched with some of many rows, `InducingSearch`; what is predicted follows
/// from all of them.
///
/// Complexity: O(min(rows, 20,000) · points²) for each of some tens of steps of the search and O(rows · points²) once;
/// O(points²) a predicted row.
///
/// Reference: Titsias (2009), AISTATS 5, 567.
public struct SparseGaussianProcess: SurrogateMethod {
  public static let name = "sparse_gaussian_process"

  /// Simulators have kinks, which a kernel with all derivatives takes for noise.
  public var kernel = StationaryKernel.matern52
  public var inducingPoints = 512

  public init() {}

  public var ranges: [SettingRange] { [SettingRange("inducing_points", inducingPoints, 1...4_096)] }
  public var summary: String { "\(kernel.title), \(inducingPoints) points" }

  public static func candidates(rows: Int, features: Int, outputs: Int) -> [SparseGaussianProcess] {
    guard (1_000...200_000).contains(rows) else { return [] }
    return [256, 512, 1_024].filter { 2 * $0 <= rows }.map { points in
      var method = SparseGaussianProcess()
      method.inducingPoints = points
      return method
    }
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> Fit {
    let processes = try (0..<data.outputCount).map { output in
      let bound = InducingBound(kernel, x: data.x, y: data.output(output))
      let (parameters, points) = try InducingSearch.best(
        bound, size: min(inducingPoints, data.rowCount), context)
      guard
        let solution = bound.solution(
          at: parameters, points, threads: context.monitor.threads),
        let process = SparseProcess(
          kernel, parameters: parameters, points: points, variance: solution.variance,
          weights: solution.weights, information: solution.information)
      else { throw SurrogateError.badData("the rows make a singular covariance") }
      return (process, solution.value)
    }
    return Fit(
      processes: processes.map(\.0), logMarginalLikelihoodBound: processes.reduce(0) { $0 + $1.1 })
  }

  public func restore(_ archive: NPZArchive) throws -> Fit {
    func read(_ name: String, dimensions: Int) throws -> NDArray<Double> {
      let array = try archive.read(name, as: Double.self)
      guard array.shape.count == dimensions, !array.values.isEmpty else {
        throw FileError(path: archive.path, column: name, problem: "has shape \(array.shape)")
      }
      return array
    }
    let points = try read("points", dimensions: 3)
    let (outputs, size, features) = (points.shape[0], points.shape[1], points.shape[2])
    let parameters = try read("parameters", dimensions: 2)
    let weights = try read("weights", dimensions: 2)
    let information = try read("information", dimensions: 3)
    let likelihood = try read("variances_and_bound", dimensions: 1)
    guard parameters.shape == [outputs, features + 1], weights.shape == [outputs, size],
      information.shape == [outputs, size, size], likelihood.shape == [outputs + 1]
    else { throw FileError(path: archive.path, column: "points", problem: "do not fit") }
    let processes = try (0..<outputs).map { output in
      func part(_ array: NDArray<Double>) -> [Double] {
        let width = array.values.count / outputs
        return Array(array.values[output * width..<(output + 1) * width])
      }
      guard
        let process = SparseProcess(
          kernel, parameters: part(parameters), points: part(points),
          variance: likelihood.values[output], weights: part(weights),
          information: part(information))
      else {
        throw FileError(
          path: archive.path, column: "information", problem: "is not positive definite")
      }
      return process
    }
    return Fit(processes: processes, logMarginalLikelihoodBound: likelihood.values[outputs])
  }

  public struct Fit: FittedSurrogate {
    public static let knowsItsErrors = true

    fileprivate let processes: [SparseProcess]
    /// The sum over outputs of the lower bound of ln p(y), of standardised outputs.
    public let logMarginalLikelihoodBound: Double

    public func write(to archive: inout NPZWriter) {
      let (outputs, first) = (processes.count, processes[0])
      let (size, features) = (first.weights.count, first.parameters.count - 1)
      archive.add(
        "points", NDArray(shape: [outputs, size, features], values: processes.flatMap(\.points)))
      archive.add(
        "parameters",
        NDArray(shape: [outputs, features + 1], values: processes.flatMap(\.parameters)))
      archive.add("weights", NDArray(shape: [outputs, size], values: processes.flatMap(\.weights)))
      archive.add(
        "information",
        NDArray(shape: [outputs, size, size], values: processes.flatMap(\.information)))
      archive.add(
        "variances_and_bound",
        NDArray(
          shape: [outputs + 1], values: processes.map(\.variance) + [logMarginalLikelihoodBound]))
    }

    public func predict(_ x: [Double], threads: Int) -> Prediction {
      Prediction(outputs: processes.map { $0.predict(x, threads: threads) })
    }
  }
}

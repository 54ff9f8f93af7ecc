import ArrayFiles
import NumericalMethods

extension PolynomialBasis {
  /// Degrees that so many rows can tell, the lowest always.
  static func degrees(rows: Int, features: Int, most: Int) -> [Int] {
    [1]
      + (2...9).prefix {
        count(features: features, degree: $0) <= min(most, rows / 2)
      }
  }
}

/// The functions of a basis at the rows of a training set, each of mean 0.
struct PolynomialColumns {
  let basis: PolynomialBasis
  let box: [Double]
  let means: [Double]
  /// `[functions, rows]`
  let values: [Double]
  private let rows: Int

  var count: Int { basis.count }

  init(_ data: RegressionData, degree: Int) throws {
    let features = data.featureCount
    let functions = PolynomialBasis.count(features: features, degree: degree)
    guard functions <= 20_000 else {
      throw SurrogateError.badData(
        "degree \(degree) of \(features) features has \(functions) polynomials, more than 20000")
    }
    box = PolynomialBasis.box(data.x, features: features)
    let basis = PolynomialBasis(degree: degree, box: box)
    self.basis = basis
    rows = data.rowCount
    let rows = rows
    let values = basis.values(data.x)
    var transposed = [Double](repeating: 0, count: values.count)
    var means = [Double](repeating: 0, count: functions)
    for function in 0..<functions {
      var sum = 0.0
      for row in 0..<rows { sum += values[row * functions + function] }
      let mean = sum / Double(rows)
      means[function] = mean
      for row in 0..<rows {
        transposed[function * rows + row] = values[row * functions + function] - mean
      }
    }
    (self.values, self.means) = (transposed, means)
  }

  /// ΦᵀΦ / n.
  var gram: [Double] {
    DenseMatrix.productTransposed(values, values, m: count, n: count, k: rows).map {
      $0 / Double(rows)
    }
  }

  /// yᵀΦ / n, `[outputs, functions]`.
  func products(with data: RegressionData) -> [Double] {
    let outputs = (0..<data.outputCount).flatMap { data.output($0) }
    return DenseMatrix.productTransposed(
      outputs, values, m: data.outputCount, n: count, k: rows
    ).map { $0 / Double(rows) }
  }
}

/// Polynomials of all features for each output.
public struct PolynomialFit: FittedSurrogate {
  public static let knowsItsErrors = false

  private let basis: PolynomialBasis
  private let box: [Double]
  /// `[outputs, functions]`
  private let weights: [Double]
  private let intercepts: [Double]

  init(_ columns: PolynomialColumns, weights: [[Double]]) {
    basis = columns.basis
    box = columns.box
    self.weights = weights.flatMap(\.self)
    intercepts = weights.map { weights in
      -zip(weights, columns.means).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  init(_ archive: NPZArchive) throws {
    box = try archive.read("box", as: Double.self).values
    weights = try archive.read("weights", as: Double.self).values
    intercepts = try archive.read("intercepts", as: Double.self).values
    let degree = try archive.read("degree", as: Int64.self).values
    guard degree.count == 1, (1...20).contains(degree[0]), !box.isEmpty, box.count % 2 == 0,
      weights.count == intercepts.count
        * PolynomialBasis.count(features: box.count / 2, degree: Int(degree[0]))
    else {
      throw FileError(path: archive.path, column: "weights", problem: "does not fit the basis")
    }
    basis = PolynomialBasis(degree: Int(degree[0]), box: box)
  }

  public func write(to archive: inout NPZWriter) {
    archive.add("box", NDArray(shape: [2, basis.features], values: box))
    archive.add("degree", NDArray(shape: [1], values: [Int64(basis.degree)]))
    archive.add("weights", NDArray(shape: [intercepts.count, basis.count], values: weights))
    archive.add("intercepts", NDArray(shape: [intercepts.count], values: intercepts))
  }

  public func predict(_ x: [Double], threads: Int) -> Prediction {
    let (rows, outputs) = (x.count / basis.features, intercepts.count)
    let blocks = (rows + 511) / 512
    let mean = parallelMap(blocks, threads: threads) { block -> [Double] in
      let range = block * 512..<min((block + 1) * 512, rows)
      let values = basis.values(
        Array(x[range.lowerBound * basis.features..<range.upperBound * basis.features]))
      var mean = DenseMatrix.productTransposed(
        values, weights, m: range.count, n: outputs, k: basis.count)
      for index in mean.indices { mean[index] += intercepts[index % outputs] }
      return mean
    }.flatMap(\.self)
    return Prediction(
      mean: mean, standardDeviation: [Double](repeating: 0, count: mean.count))
  }
}

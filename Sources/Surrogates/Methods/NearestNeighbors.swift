import ArrayFiles
import NumericalMethods

/// The mean of the nearest rows of the training set, weighted by inverse distance; or, of degree 1, the plane through
/// them.
///
/// References: Shepard (1968), Proc. 23rd ACM Nat. Conf., 517; Cleveland (1979), J. Am. Stat. Assoc. 74, 829.
public struct NearestNeighbors: SurrogateMethod {
  public static let name = "nearest_neighbors"

  public var neighbors = 8
  /// Of the polynomial through them: 0 or 1.
  public var degree = 0

  public init() {}

  public var ranges: [SettingRange] {
    [SettingRange("neighbors", neighbors, 1...10_000), SettingRange("degree", degree, 0...1)]
  }
  public var summary: String { "\(degree == 1 ? "plane through " : "")\(neighbors) neighbours" }

  public static func candidates(rows: Int, features: Int, outputs: Int) -> [NearestNeighbors] {
    [16, 8, 4].filter { $0 < rows }.map { neighbors in
      var method = NearestNeighbors()
      method.neighbors = neighbors
      return method
    }
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> Fit {
    Fit(data, neighbors: neighbors, degree: degree)
  }

  public func restore(_ archive: NPZArchive) throws -> Fit {
    let x = try archive.read("x", as: Double.self)
    let y = try archive.read("y", as: Double.self)
    guard x.shape.count == 2, y.shape.count == 2, x.shape[0] == y.shape[0], x.shape[0] > 0,
      x.shape[1] > 0, y.shape[1] > 0
    else { throw FileError(path: archive.path, column: "x", problem: "does not belong to y") }
    return Fit(
      RegressionData(
        x: x.values, y: y.values, featureCount: x.shape[1], outputCount: y.shape[1]),
      neighbors: neighbors, degree: degree)
  }

  public struct Fit: FittedSurrogate {
    public static let knowsItsErrors = false

    private let data: RegressionData
    private let tree: NeighborTree
    private let neighbors: Int
    private let degree: Int

    init(_ data: RegressionData, neighbors: Int, degree: Int) {
      self.data = data
      tree = NeighborTree(data.x, dimensions: data.featureCount)
      self.neighbors = min(neighbors, data.rowCount)
      self.degree = degree
    }

    public func write(to archive: inout NPZWriter) {
      archive.add("x", NDArray(shape: [data.rowCount, data.featureCount], values: data.x))
      archive.add("y", NDArray(shape: [data.rowCount, data.outputCount], values: data.y))
    }

    /// What the outputs of each neighbour count for.
    private func weights(
      _ nearest: [(square: Double, index: Int)], around point: ArraySlice<Double>
    ) -> [Double] {
      if degree == 1, let plane = planeWeights(nearest, around: point) { return plane }
      // A row of the training set answers for itself.
      let weights = nearest.map { 1 / max($0.square.squareRoot(), 1e-12) }
      let total = weights.reduce(0, +)
      return weights.map { $0 / total }
    }

    /// The value at the point of a plane fitted by least squares, the nearest counting most; nil where they are too
    /// few, or in one place.
    private func planeWeights(
      _ nearest: [(square: Double, index: Int)], around point: ArraySlice<Double>
    ) -> [Double]? {
      let columns = data.featureCount + 1
      // The last has no weight.
      let reach = nearest.last!.square.squareRoot()
      guard nearest.count > columns, reach > 0 else { return nil }
      let rows = nearest.map { neighbor in
        let start = neighbor.index * data.featureCount
        return [1]
          + point.indices.map {
            (data.x[start + $0 - point.startIndex] - point[$0]) / reach
          }
      }
      let tricube = nearest.map {
        let part = 0.98 * $0.square.squareRoot() / reach
        let base = 1 - part * part * part
        return base * base * base
      }
      var normal = [Double](repeating: 0, count: columns * columns)
      for (row, weight) in zip(rows, tricube) {
        for i in 0..<columns {
          for j in 0..<columns { normal[i * columns + j] += weight * row[i] * row[j] }
        }
      }
      // Neighbours on a line leave slopes across it at 0.
      for i in 0..<columns { normal[i * columns + i] += 1e-9 * normal[0] }
      var constant = [Double](repeating: 0, count: columns)
      constant[0] = 1
      guard let solution = CholeskyFactor(normal, count: columns)?.solve(constant) else {
        return nil
      }
      return zip(rows, tricube).map { row, weight in
        weight * zip(row, solution).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }

    public func predict(_ x: [Double], threads: Int) -> Prediction {
      let (features, outputs) = (data.featureCount, data.outputCount)
      let rows = x.count / features
      let mean = parallelMap((rows + 255) / 256, threads: threads) { block -> [Double] in
        (block * 256..<min((block + 1) * 256, rows)).flatMap { row in
          let point = x[row * features..<(row + 1) * features]
          let nearest = tree.nearest(neighbors, to: point)
          let weights = weights(nearest, around: point)
          return (0..<outputs).map { output in
            zip(nearest, weights).reduce(0) {
              $0 + $1.1 * data.y[$1.0.index * outputs + output]
            }
          }
        }
      }.flatMap(\.self)
      return Prediction(
        mean: mean, standardDeviation: [Double](repeating: 0, count: mean.count))
    }
  }
}

import ArrayFiles
import NumericalMethods

/// The mean of the nearest rows of the training set, weighted by inverse distance.
///
/// Reference: Shepard (1968), Proc. 23rd ACM Nat. Conf., 517.
public struct NearestNeighbors: SurrogateMethod {
  public static let name = "nearest_neighbors"

  public var neighbors = 8

  public init() {}

  public var ranges: [SettingRange] { [SettingRange("neighbors", neighbors, 1...10_000)] }
  public var summary: String { "\(neighbors) neighbours" }

  public static func candidates(rows: Int, features: Int) -> [NearestNeighbors] {
    [16, 8, 4].filter { $0 < rows }.map { neighbors in
      var method = NearestNeighbors()
      method.neighbors = neighbors
      return method
    }
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> Fit {
    Fit(data, neighbors: neighbors)
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
      neighbors: neighbors)
  }

  public struct Fit: FittedSurrogate {
    public static let knowsItsErrors = false

    private let data: RegressionData
    private let tree: NeighborTree
    private let neighbors: Int

    init(_ data: RegressionData, neighbors: Int) {
      self.data = data
      tree = NeighborTree(data.x, dimensions: data.featureCount)
      self.neighbors = min(neighbors, data.rowCount)
    }

    public func write(to archive: inout NPZWriter) {
      archive.add("x", NDArray(shape: [data.rowCount, data.featureCount], values: data.x))
      archive.add("y", NDArray(shape: [data.rowCount, data.outputCount], values: data.y))
    }

    public func predict(_ x: [Double], threads: Int) -> Prediction {
      let (features, outputs) = (data.featureCount, data.outputCount)
      let rows = x.count / features
      let mean = parallelMap((rows + 255) / 256, threads: threads) { block -> [Double] in
        (block * 256..<min((block + 1) * 256, rows)).flatMap { row in
          let nearest = tree.nearest(
            neighbors, to: x[row * features..<(row + 1) * features])
          // A row of the training set answers for itself.
          let weights = nearest.map { 1 / max($0.square.squareRoot(), 1e-12) }
          let total = weights.reduce(0, +)
          return (0..<outputs).map { output in
            zip(nearest, weights).reduce(0) {
              $0 + $1.1 / total * data.y[$1.0.index * outputs + output]
            }
          }
        }
      }.flatMap(\.self)
      return Prediction(
        mean: mean, standardDeviation: [Double](repeating: 0, count: mean.count))
    }
  }
}

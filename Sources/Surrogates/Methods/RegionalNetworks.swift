import ArrayFiles
import NumericalMethods

/// Networks that each know a part of the space: as many weights as a large one, at the cost of a small one.
///
/// A regression tree cuts the space where the function varies most, and each of its leaves has networks of its own,
/// which also learn from what lies a little beyond its borders.
///
/// Complexity: to fit, that of a network on all rows; to predict, that of one region's networks.
///
/// References: Jacobs, Jordan, Nowlan & Hinton (1991), Neural Comput. 3, 79 (mixtures of experts, here with fixed
/// gates); Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees, §8.4.
public struct RegionalNetworks: SurrogateMethod {
  public static let name = "regional_networks"

  public var regions = 16
  /// How far beyond its borders a region learns, in standard deviations of the features.
  public var margin = 0.1
  /// Of each region.
  public var network = NeuralEnsemble()

  public init() { network.members = 1 }

  public var ranges: [SettingRange] {
    [SettingRange("regions", regions, 1...4_096), SettingRange("margin", margin, 0...10)]
      + network.ranges
  }

  public var summary: String { "\(regions) regions, each \(network.summary)" }

  /// Fewer rows teach one network more.
  public static func candidates(rows: Int, features: Int, outputs: Int) -> [RegionalNetworks] {
    guard rows >= 100_000 else { return [] }
    var method = RegionalNetworks()
    method.network = NeuralEnsemble.candidates(rows: rows, features: features, outputs: outputs)[0]
    return [method]
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> RegionalFit {
    let tree = RegionTree(data, leaves: regions, leastRows: max(data.rowCount / (8 * regions), 100))
    var fits: [NeuralEnsembleFit] = []
    for leaf in 0..<tree.leafCount {
      context.monitor.note("region \(leaf + 1) of \(tree.leafCount)")
      fits.append(
        try network.fit(data.rows(tree.rows(of: leaf, in: data.x, margin: margin)), context))
    }
    return RegionalFit(tree: tree, fits: fits)
  }

  public func restore(_ archive: NPZArchive) throws -> RegionalFit {
    let tree = try RegionTree(archive)
    return RegionalFit(
      tree: tree,
      fits: try (0..<tree.leafCount).map {
        try NeuralEnsembleFit(network, archive, prefix: RegionalFit.prefix($0))
      })
  }
}

/// Trained networks of all regions.
public struct RegionalFit: FittedSurrogate {
  public static let knowsItsErrors = true
  /// Rows that are sorted by region together.
  private static let blockSize = 1 << 11

  let tree: RegionTree
  let fits: [NeuralEnsembleFit]

  static func prefix(_ leaf: Int) -> String { "region\(leaf)." }

  public func predict(_ x: [Double], threads: Int) -> Prediction {
    let (features, outputs) = (tree.features, fits[0].outputCount)
    let rows = x.count / features
    let blocks = (rows + Self.blockSize - 1) / Self.blockSize
    var prediction = Prediction(
      mean: [Double](repeating: 0, count: rows * outputs),
      standardDeviation: [Double](repeating: 0, count: rows * outputs))
    prediction.mean.withUnsafeMutableBufferPointer { mean in
      prediction.standardDeviation.withUnsafeMutableBufferPointer { deviation in
        // Each row belongs to one block.
        nonisolated(unsafe) let (mean, deviation) = (mean, deviation)
        parallelFor(blocks, threads: threads) { block in
          let range = block * Self.blockSize..<min((block + 1) * Self.blockSize, rows)
          for (leaf, part) in tree.rowsByLeaf(x, range).enumerated() where !part.isEmpty {
            var inputs: [Double] = []
            inputs.reserveCapacity(part.count * features)
            for row in part { inputs += x[row * features..<(row + 1) * features] }
            let found = fits[leaf].predict(inputs, threads: 1)
            for (place, row) in part.enumerated() {
              for output in 0..<outputs {
                mean[row * outputs + output] = found.mean[place * outputs + output]
                deviation[row * outputs + output] =
                  found.standardDeviation[place * outputs + output]
              }
            }
          }
        }
      }
    }
    return prediction
  }

  public func write(to archive: inout NPZWriter) {
    tree.write(to: &archive)
    for (leaf, fit) in fits.enumerated() { fit.write(to: &archive, prefix: Self.prefix(leaf)) }
  }
}

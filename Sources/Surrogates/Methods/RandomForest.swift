import ArrayFiles
import NumericalMethods

/// The mean of deep trees, each of its own part of the rows.
///
/// Reference: Breiman (2001), Mach. Learn. 45, 5.
public struct RandomForest: SurrogateMethod {
  public static let name = "random_forest"

  public var trees = 200
  public var depth = 16
  /// The share of the features that each split may choose from.
  public var featureFraction = 0.7

  public init() {}

  public var ranges: [SettingRange] {
    [
      SettingRange("trees", trees, 1...100_000), SettingRange("depth", depth, 1...30),
      SettingRange("feature_fraction", featureFraction, 1e-3...1),
    ]
  }
  public var summary: String { "\(trees) trees" }

  public static func candidates(rows: Int, features: Int, outputs: Int) -> [RandomForest] {
    rows >= 50 ? [RandomForest()] : []
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> TreeFit {
    try TreeFit(
      data,
      settings: [
        "learning_rate": "1", "num_parallel_tree": "\(trees)", "max_depth": "\(depth)",
        // What a bootstrap sample holds of the rows.
        "subsample": "0.632", "colsample_bynode": "\(featureFraction)", "reg_lambda": "0",
        "min_child_weight": "1",
      ], rounds: 1, context)
  }

  public func restore(_ archive: NPZArchive) throws -> TreeFit { try TreeFit(archive) }
}

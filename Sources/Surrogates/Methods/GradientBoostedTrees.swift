import ArrayFiles
import NumericalMethods

/// Trees that each correct those before them.
///
/// References: Friedman (2001), Ann. Stat. 29, 1189; Chen & Guestrin (2016), KDD, 785.
public struct GradientBoostedTrees: SurrogateMethod {
  public static let name = "gradient_boosted_trees"

  public var rounds = 500
  public var depth = 6
  public var learningRate = 0.1
  /// The share of the rows that each tree sees.
  public var rowFraction = 0.8

  public init() {}

  public var ranges: [SettingRange] {
    [
      SettingRange("rounds", rounds, 1...100_000), SettingRange("depth", depth, 1...30),
      SettingRange("learning_rate", learningRate, 1e-5...1),
      SettingRange("row_fraction", rowFraction, 1e-3...1),
    ]
  }
  public var summary: String { "\(rounds) trees of depth \(depth)" }

  public static func candidates(rows: Int, features: Int, outputs: Int) -> [GradientBoostedTrees] {
    guard rows >= 50 else { return [] }
    var slow = GradientBoostedTrees()
    (slow.rounds, slow.depth, slow.learningRate) = (2_000, 8, 0.03)
    return [GradientBoostedTrees(), slow]
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> TreeFit {
    try TreeFit(
      data,
      settings: [
        "learning_rate": "\(learningRate)", "max_depth": "\(depth)", "subsample": "\(rowFraction)",
      ], rounds: rounds, context)
  }

  public func restore(_ archive: NPZArchive) throws -> TreeFit { try TreeFit(archive) }
}

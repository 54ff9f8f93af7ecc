import ArrayFiles
import NeuralNetworks
import NumericalMethods

/// Networks trained from different random weights; where they disagree, none is to be believed.
///
/// With `layers` 10, `width` 128, `relu`, one plain member, the loss `absolute` and a constant learning rate of
/// 5e-4 it is the network of Breen, Foley, Boekholt & Portegies Zwart (2020), MNRAS 494, 2465.
///
/// Complexity: O(members · epochs · rows · layers · width²) to fit.
///
/// Reference: Lakshminarayanan, Pritzel & Blundell (2017), NeurIPS, arXiv:1612.01474, §2.
public struct NeuralEnsemble: SurrogateMethod {
  public static let name = "neural_ensemble"

  // The defaults are those of the small candidate; the learning rate had less than half the error of 2e-3.
  /// Hidden layers.
  public var layers = 3
  /// Units of each.
  public var width = 64
  public var activation = Activation.silu
  /// Whether hidden layers are added to what they see.
  public var residual = true
  public var members = 5
  public var loss = RegressionLoss.gaussian
  /// How much cases of large spread count: 0 as their likelihood says, 1 as if all had the same.
  public var beta = 0.5
  public var learningRate = 5e-3
  public var schedule = LearningRateSchedule.cosine
  public var batchSize = 64
  /// Most passes over the training rows.
  public var epochs = 50
  /// Decoupled decay of the weights per step, in units of the learning rate.
  public var weightDecay = 0.0
  /// Part of the rows that only tells which epoch was the best.
  public var heldFraction = 0.1
  /// Epochs without improvement after which a member is finished.
  public var patience = 50

  public init() {}

  public var ranges: [SettingRange] {
    [
      SettingRange("layers", layers, 1...1_000), SettingRange("width", width, 1...10_000),
      SettingRange("members", members, 1...100), SettingRange("beta", beta, 0...1),
      SettingRange("learning_rate", learningRate, 1e-12...1),
      SettingRange("batch_size", batchSize, 1...1_000_000),
      SettingRange("epochs", epochs, 1...1_000_000),
      SettingRange("weight_decay", weightDecay, 0...1e3),
      SettingRange("held_fraction", heldFraction, 1e-3...0.5),
      SettingRange("patience", patience, 1...1_000_000),
    ]
  }

  public var summary: String { "\(members) of \(layers)×\(width) \(activation.rawValue)" }

  /// A small one, and from 2,000 rows on a deep one of some five times the cost: of a function with a sharp
  /// structure it has a third of the error.
  public static func candidates(rows: Int, features: Int, outputs: Int) -> [NeuralEnsemble] {
    guard rows >= 200, features <= 1_000 else { return [] }
    // More rows need fewer passes, but more steps.
    let ratio = (Double(rows) / 20_000).squareRoot()
    var small = NeuralEnsemble()
    small.epochs = min(max(Int((50 / ratio).rounded()), 4), 200)
    small.patience = max(small.epochs / 4, 20)
    small.batchSize = 16 * min(max(Int((4 * ratio).rounded()), 2), 64)
    guard rows >= 2_000 else { return [small] }
    var deep = small
    // Of 2,000 rows five layers learnt more than eight.
    deep.layers = rows < 10_000 ? 5 : 8
    (deep.epochs, deep.patience) = (2 * small.epochs, 2 * small.patience)
    return [small, deep]
  }

  public func fit(_ data: RegressionData, _ context: FittingContext) throws -> NeuralEnsembleFit {
    try EnsembleTraining(self, data, context).run()
  }

  public func restore(_ archive: NPZArchive) throws -> NeuralEnsembleFit {
    try NeuralEnsembleFit(self, archive)
  }
}

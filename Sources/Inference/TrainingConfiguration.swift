import NeuralNetworks
import NumericalMethods

extension PosteriorTraining {
  /// Batch, clipping, validation and patience are those of the sbi toolkit (Tejero-Cantero et al. 2020,
  /// JOSS 5, 2505). With the cosine, two moons and SLCP reach lower validation losses at this learning
  /// rate than at half of it, or than at sbi's constant 5e-4.
  public struct Configuration: CheckedSettings {
    /// Most passes over the training rows.
    public var epochs = 100
    public var batchSize = 200
    public var learningRate = 2e-3
    public var schedule = LearningRateSchedule.cosine
    /// Epochs over which the learning rate rises to its full value.
    public var warmup = 1.0
    /// Decoupled decay of the weights per step, in units of the learning rate.
    public var weightDecay = 0.0
    /// Largest gradient norm.
    public var clip = 5.0
    /// Part of the set that only validates.
    public var validationFraction = 0.1
    /// Epochs without improvement after which training stops.
    public var patience = 20
    /// Networks trained from different random weights, whose mixture is the posterior.
    public var ensemble = 1

    public init() {}

    public var ranges: [SettingRange] {
      [
        SettingRange("epochs", epochs, 1...1_000_000),
        SettingRange("batch_size", batchSize, 1...1_000_000),
        SettingRange("learning_rate", learningRate, 1e-12...1),
        SettingRange("warmup", warmup, 0...1e6),
        SettingRange("weight_decay", weightDecay, 0...1e3),
        SettingRange("clip", clip, 1e-6...1e6),
        SettingRange("validation_fraction", validationFraction, 1e-3...0.5),
        SettingRange("patience", patience, 1...1_000_000),
        SettingRange("ensemble", ensemble, 1...100),
      ]
    }
  }
}

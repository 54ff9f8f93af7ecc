import ArrayFiles
import NumericalMethods

/// A way to learn a function from samples, by its settings: one file, and one line of `SurrogateCatalog`.
///
/// Methods see standardised data: centred features and outputs of unit variance, periodic features as
/// cosine and sine. The scales, the calibration of error bars and the borders of what was seen are those of
/// `SurrogateModel`, the same for all.
public protocol SurrogateMethod: CheckedSettings {
  associatedtype Fit: FittedSurrogate

  /// As configuration files and tables spell it.
  static var name: String { get }

  /// Settings worth trying for so many rows, features and outputs, the simplest first; none where the method is too
  /// costly or has too few rows.
  static func candidates(rows: Int, features: Int, outputs: Int) -> [Self]

  /// The settings in a few words, for tables.
  var summary: String { get }

  /// Learns from standardised data of at least two rows. The result is the same for any number of threads.
  ///
  /// - Throws: `SurrogateError` where the data do not allow it; `Interrupted`; `FileError` of a checkpoint.
  func fit(_ data: RegressionData, _ context: FittingContext) throws -> Fit

  /// A fit that `FittedSurrogate.write` has stored. Throws `FileError`.
  func restore(_ archive: NPZArchive) throws -> Fit
}

/// What a fit has beside its data.
public struct FittingContext: Sendable {
  public var seed: UInt64
  public var monitor: WorkMonitor
  /// A folder for what a long fit needs to go on after an interruption; nil if it need not.
  public var checkpoint: String?

  public init(seed: UInt64 = 1, monitor: WorkMonitor = WorkMonitor(), checkpoint: String? = nil) {
    (self.seed, self.monitor, self.checkpoint) = (seed, monitor, checkpoint)
  }
}

/// What a method has learnt.
public protocol FittedSurrogate: Sendable {
  /// Whether the errors of `predict` are the method's own; otherwise they are 0, and the errors of rows that a fit
  /// has not seen stand for them.
  static var knowsItsErrors: Bool { get }

  /// Outputs `[rows, outputs]` at inputs `[rows, features]`.
  func predict(_ x: [Double], threads: Int) -> Prediction

  /// Adds the arrays that `SurrogateMethod.restore` needs.
  func write(to archive: inout NPZWriter)
}

/// All methods, from the simplest to the most complex: of two that are as good, the first is to be preferred.
public enum SurrogateCatalog {
  public static let methods: [any SurrogateMethod.Type] = [
    RidgeRegression.self,
    LassoRegression.self,
    NearestNeighbors.self,
    RandomForest.self,
    GradientBoostedTrees.self,
    GaussianProcess.self,
    SparseGaussianProcess.self,
    NeuralEnsemble.self,
    RegionalNetworks.self,
  ]

  public static func method(named name: String) -> (any SurrogateMethod.Type)? {
    methods.first { $0.name == name }
  }
}

import Numerics
import Observations

/// Penalties by name, besides l1. A new one is one line here.
public enum RegularizerCatalog {
  /// What penalties may want to know of the data.
  public struct Context: Sendable {
    /// Number of pixels.
    public let count: Int
    /// The largest amplitude of the visibilities, Jy: nearly the flux, where short baselines are among them.
    public let flux: Double
    /// Of l1, infinite where the image is zero; nil where all are one.
    public let pixelWeights: [Double]?

    public init(_ visibilities: [Visibility], like image: SkyImage, pixelWeights: [Double]?) {
      count = image.width * image.height
      flux = visibilities.reduce(0) { max($0, $1.value.length) }
      self.pixelWeights = pixelWeights
    }

    /// A flat image of the flux.
    var prior: [Double] {
      let shining = (0..<count).map { pixelWeights?[$0] == .infinity ? 0.0 : 1 }
      let pixel = flux / shining.reduce(0, +)
      return shining.map { $0 * pixel }
    }
  }

  private static let entries:
    [(name: String, make: @Sendable (Double, Context) -> any Regularizer)] =
      [
        ("entropy", { MaximumEntropy(weight: $0, prior: $1.prior) }),
        ("tsv", { weight, _ in TotalSquaredVariation(weight: weight) }),
        ("tv", { weight, _ in TotalVariation(weight: weight) }),
      ]

  public static var names: [String] { entries.map(\.name) }

  /// The penalty of a name with a weight above zero.
  ///
  /// Throws `ImagingError` for a name that is not known.
  public static func regularizer(
    _ name: String, weight: Double, _ context: Context
  ) throws -> any Regularizer {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw ImagingError.unknownRegularizer(name)
    }
    return entry.make(weight, context)
  }
}

extension SparseImagingProblem {
  /// A problem of penalties by name; a separable one takes the place of l1.
  ///
  /// Throws `ImagingError` for names that are not known, for two separable or two variation penalties.
  public init(
    _ misfit: VisibilityMisfit, _ weights: [String: Double], isNonNegative: Bool,
    _ context: RegularizerCatalog.Context
  ) throws {
    let l1 = WeightedL1(
      weight: weights["l1"] ?? 0, pixelWeights: context.pixelWeights, isNonNegative: isNonNegative)
    let others = try weights.filter { $0.key != "l1" && $0.value > 0 }.sorted { $0.key < $1.key }
      .map { try RegularizerCatalog.regularizer($0.key, weight: $0.value, context) }
    let separable = others.compactMap { $0 as? any SeparableRegularizer }
    let variation = others.compactMap { $0 as? any VariationRegularizer }
    guard separable.count + (l1.weight > 0 ? 1 : 0) <= 1, variation.count <= 1 else {
      throw ImagingError.penaltiesExclude
    }
    self.init(
      misfit, quadratic: others.compactMap { $0 as? any QuadraticRegularizer },
      separable: separable.first ?? l1, variation: variation.first)
  }

  /// Whether it is one of l1 and quadratic penalties alone.
  var isOfL1: Bool { separable is WeightedL1 && variation == nil }
}

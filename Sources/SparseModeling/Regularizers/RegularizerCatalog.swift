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

    private var givenPrior: [Double]?

    /// For images that entropy holds near to `prior`, Jy per pixel.
    public init(prior: [Double], pixelWeights: [Double]?) {
      (count, flux) = (prior.count, prior.reduce(0, +))
      (self.pixelWeights, givenPrior) = (pixelWeights, prior)
    }

    public init(_ visibilities: [Visibility], like image: SkyImage, pixelWeights: [Double]?) {
      count = image.width * image.height
      flux = visibilities.reduce(0) { max($0, $1.value.length) }
      self.pixelWeights = pixelWeights
    }

    /// Of the flux, Jy per pixel: what entropy prefers without data; flat unless given.
    var prior: [Double] {
      if let givenPrior { return givenPrior }
      let shining = (0..<count).map { pixelWeights?[$0] == .infinity ? 0.0 : 1 }
      let pixel = flux / shining.reduce(0, +)
      return shining.map { $0 * pixel }
    }
  }

  private static let entries:
    [(name: String, make: @Sendable (Double, Context) -> any SmoothRegularizer)] =
      [
        ("entropy", { MaximumEntropy(weight: $0, prior: $1.prior) }),
        ("tsv", { weight, _ in TotalSquaredVariation(weight: weight) }),
        ("tv", { TotalVariation(weight: $0, rounding: 0.01 * $1.flux / Double($1.count)) }),
      ]

  public static var names: [String] { entries.map(\.name) }

  /// The penalty of a name with a weight above zero.
  ///
  /// Throws `ImagingError` for a name that is not known.
  public static func regularizer(
    _ name: String, weight: Double, _ context: Context
  ) throws -> any SmoothRegularizer {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw ImagingError.unknownRegularizer(name)
    }
    return entry.make(weight, context)
  }
}

extension RegularizerCatalog {
  /// The penalty of a name, l1 among them, for positive pixels.
  ///
  /// Throws `ImagingError` for a name that is not known.
  static func smooth(
    _ name: String, weight: Double, _ context: Context
  ) throws -> any SmoothRegularizer {
    name == "l1"
      ? WeightedL1(weight: weight, pixelWeights: context.pixelWeights, isNonNegative: true)
      : try regularizer(name, weight: weight, context)
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

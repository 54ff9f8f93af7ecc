import DensityEstimators
import NeuralNetworks
import NumericalMethods
import Probability

/// Which embedding network and density estimator a model is made of, by name, with their settings.
public struct Architecture: CheckedSettings {
  /// The catalogue of density estimators. A new one is one line here.
  static let estimators = [
    EstimatorKind(MixtureDensityNetwork.self),
    EstimatorKind(MaskedAutoregressiveFlow.self),
    EstimatorKind(NeuralSplineFlow.self),
  ]

  /// The catalogue of embedding networks. A new one is one line here.
  static let embeddings = [
    EmbeddingKind(ResidualNetwork.self)
  ]

  public struct EstimatorName: RawRepresentable, CaseIterable, Codable, Sendable {
    public let rawValue: String

    public init?(rawValue: String) {
      guard estimators.contains(where: { $0.name == rawValue }) else { return nil }
      self.rawValue = rawValue
    }

    public static var allCases: [Self] { estimators.compactMap { Self(rawValue: $0.name) } }
  }

  public struct EmbeddingName: RawRepresentable, CaseIterable, Codable, Sendable {
    public let rawValue: String
    /// The estimator sees the standardised observation itself.
    public static let none = Self(rawValue: "none")!

    public init?(rawValue: String) {
      guard rawValue == "none" || embeddings.contains(where: { $0.name == rawValue }) else {
        return nil
      }
      self.rawValue = rawValue
    }

    public static var allCases: [Self] {
      [.none] + embeddings.compactMap { Self(rawValue: $0.name) }
    }
  }

  public var embedding = EmbeddingName(rawValue: ResidualNetwork.name)!
  public var estimator = EstimatorName(rawValue: NeuralSplineFlow.name)!
  /// Of every kind, by name.
  private var settings: [String: any CheckedSettings]

  public init() {
    settings = Dictionary(
      uniqueKeysWithValues: Self.settingsKinds.map { ($0.name, $0.kind.defaults) })
  }

  /// Chooses an estimator and changes its settings.
  public mutating func choose<Estimator: ConfigurableEstimator>(
    _: Estimator.Type, _ change: (inout Estimator.Configuration) -> Void = { _ in }
  ) {
    estimator = EstimatorName(rawValue: Estimator.name)!
    self.change(Estimator.name, change)
  }

  /// Chooses an embedding network and changes its settings.
  public mutating func embed<Network: EmbeddingNetwork>(
    _: Network.Type, _ change: (inout Network.Configuration) -> Void = { _ in }
  ) {
    embedding = EmbeddingName(rawValue: Network.name)!
    self.change(Network.name, change)
  }

  private mutating func change<Settings: CheckedSettings>(
    _ name: String, _ change: (inout Settings) -> Void
  ) {
    var value = settings[name] as? Settings ?? Settings()
    change(&value)
    settings[name] = value
  }

  private var estimatorKind: EstimatorKind {
    Self.estimators.first { $0.name == estimator.rawValue }!
  }

  /// The space that the estimator works in.
  func latentSpace(_ prior: JointPrior) -> LatentSpace {
    LatentSpace(prior, circles: estimatorKind.hasCircles)
  }

  func makeEmbedding(inputs: Int, layout: inout ParameterLayout) -> (any Layer)? {
    Self.embeddings.first { $0.name == embedding.rawValue }.map {
      $0.make(settings[$0.name]!, inputs, &layout)
    }
  }

  func makeEstimator(
    coordinates: [Coordinate], contextCount: Int, layout: inout ParameterLayout
  ) -> any DensityEstimator {
    estimatorKind.make(settings[estimator.rawValue]!, coordinates, contextCount, &layout)
  }
}

extension Architecture {
  private static var settingsKinds: [(name: String, kind: SettingsKind)] {
    estimators.map { ($0.name, $0.settings) } + embeddings.map { ($0.name, $0.settings) }
  }

  public var ranges: [SettingRange] {
    Self.settingsKinds.flatMap { name, _ in settings[name]!.ranges.map { $0.of(name) } }
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.embedding.rawValue == b.embedding.rawValue && a.estimator.rawValue == b.estimator.rawValue
      && settingsKinds.allSatisfy { $1.areEqual(a.settings[$0]!, b.settings[$0]!) }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: SettingsKind.Key.self)
    try container.encode(embedding, forKey: .init("embedding"))
    try container.encode(estimator, forKey: .init("estimator"))
    for (name, kind) in Self.settingsKinds {
      try container.encode(settings[name]!, forKey: kind.key)
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingsKind.Key.self)
    embedding = try container.decode(EmbeddingName.self, forKey: .init("embedding"))
    estimator = try container.decode(EstimatorName.self, forKey: .init("estimator"))
    settings = [:]
    for (name, kind) in Self.settingsKinds { settings[name] = try kind.decode(container) }
  }
}

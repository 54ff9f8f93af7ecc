import DensityEstimators
import Foundation
import NeuralNetworks
import NumericalMethods
import Probability

/// A kind of density estimator with its settings, whichever type they are.
struct EstimatorKind: Sendable {
  let name: String
  let hasCircles: Bool
  let settings: SettingsKind
  /// From settings, coordinates and the number of context values.
  let make: Make

  typealias Make =
    @Sendable (any CheckedSettings, [Coordinate], Int, inout ParameterLayout)
    -> any DensityEstimator

  init<Estimator: ConfigurableEstimator>(_: Estimator.Type) {
    name = Estimator.name
    hasCircles = Estimator.hasCircles
    settings = SettingsKind(Estimator.name, Estimator.Configuration.self)
    make = { settings, coordinates, contextCount, layout in
      guard let configuration = settings as? Estimator.Configuration else {
        preconditionFailure("settings of another kind than \(Estimator.name)")
      }
      return Estimator(
        Estimator.name, coordinates: coordinates, contextCount: contextCount,
        configuration: configuration, layout: &layout)
    }
  }
}

/// A kind of embedding network with its settings, whichever type they are.
struct EmbeddingKind: Sendable {
  let name: String
  let settings: SettingsKind
  let make: @Sendable (any CheckedSettings, Int, inout ParameterLayout) -> any Layer

  init<Network: EmbeddingNetwork>(_: Network.Type) {
    name = Network.name
    settings = SettingsKind(Network.name, Network.Configuration.self)
    make = { settings, inputs, layout in
      guard let configuration = settings as? Network.Configuration else {
        preconditionFailure("settings of another kind than \(Network.name)")
      }
      return Network("embedding", inputs: inputs, configuration: configuration, layout: &layout)
    }
  }
}

/// How settings of one type are found in a file.
struct SettingsKind: Sendable {
  /// A name as coding key; in code and files that convert to snake case alike.
  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) {
      let parts = name.split(separator: "_")
      stringValue = parts[0] + parts.dropFirst().map(\.capitalized).joined()
    }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  let key: Key
  let defaults: any CheckedSettings
  let decode: @Sendable (KeyedDecodingContainer<Key>) throws -> any CheckedSettings
  let areEqual: @Sendable (any CheckedSettings, any CheckedSettings) -> Bool

  init<Settings: CheckedSettings>(_ name: String, _: Settings.Type) {
    let key = Key(name)
    self.key = key
    defaults = Settings()
    decode = { try $0.decodeIfPresent(Settings.self, forKey: key) ?? Settings() }
    areEqual = { ($0 as? Settings) == ($1 as? Settings) }
  }
}

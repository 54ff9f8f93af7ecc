import NumericalMethods

/// A network that turns an observation into the features a density estimator is conditioned on, and
/// that configuration files can name.
public protocol EmbeddingNetwork: Layer {
  associatedtype Configuration: CheckedSettings

  static var name: String { get }

  init(_ name: String, inputs: Int, configuration: Configuration, layout: inout ParameterLayout)
}

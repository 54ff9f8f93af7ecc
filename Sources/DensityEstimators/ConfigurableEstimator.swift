import NeuralNetworks
import NumericalMethods
import Probability

/// A density estimator that configuration files can name.
public protocol ConfigurableEstimator: DensityEstimator {
  associatedtype Configuration: CheckedSettings

  /// As in configuration files, and the start of its parameters' names.
  static var name: String { get }

  /// Whether it takes circles; otherwise all coordinates are lines.
  static var hasCircles: Bool { get }

  init(
    _ name: String, coordinates: [Coordinate], contextCount: Int, configuration: Configuration,
    layout: inout ParameterLayout)
}

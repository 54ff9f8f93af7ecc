import Foundation
import NeuralNetworks
import NumericalMethods
import Probability

/// A mixture of normal laws with full covariances, whose parameters a network makes from the context.
///
/// Before training its components are a little apart, and the whole a standard normal to a part in a
/// hundred, where there are more components than dimensions.
///
/// Reference: Bishop (1994), "Mixture density networks", NCRG/94/004.
public struct MixtureDensityNetwork: ConfigurableEstimator {
  public static let name = "mdn"
  public static let hasCircles = false

  /// Defaults are those of sbi 0.27.
  public struct Configuration: CheckedSettings {
    public var components = 10
    /// Units of each hidden layer.
    public var width = 50
    public var hiddenLayers = 3
    public var activation = Activation.relu

    public init() {}

    public var ranges: [SettingRange] {
      [
        SettingRange("components", components, 1...1_000), SettingRange("width", width, 1...10_000),
        SettingRange("hidden_layers", hiddenLayers, 1...100),
      ]
    }
  }

  public let dimensions: Int
  public let contextCount: Int
  private let mixture: GaussianMixture
  private let network: Sequential

  public init(
    _ name: String, coordinates: [Coordinate], contextCount: Int, configuration: Configuration,
    layout: inout ParameterLayout
  ) {
    precondition(!coordinates.isEmpty && coordinates.allSatisfy { $0 == .line })
    precondition(contextCount > 0)
    precondition(configuration.components > 0 && configuration.hiddenLayers > 0)
    dimensions = coordinates.count
    self.contextCount = contextCount
    mixture = GaussianMixture(components: configuration.components, dimensions: dimensions)
    var layers: [any Layer] = []
    for index in 0..<configuration.hiddenLayers {
      layers.append(
        Linear(
          "\(name).hidden\(index)", inputs: layers.last?.outputCount ?? contextCount,
          outputs: configuration.width, layout: &layout))
      layers.append(ActivationLayer(configuration.activation, configuration.width))
    }
    // Zero outputs make the untrained density the prior.
    layers.append(
      Linear(
        "\(name).output", inputs: configuration.width, outputs: mixture.parameterCount, gain: 0,
        layout: &layout))
    network = Sequential(layers)
  }

  public func logDensity(_ z: Matrix, context: Matrix, _ pass: Pass) -> Matrix {
    let parameters = network.forward(context, pass)
    guard pass.gradients != nil else { return mixture.logDensity(z, parameters, pass) }
    // Computed here, where all that it needs is at hand; `backward` only multiplies.
    let derivative = pass.matrix(rows: parameters.rows, columns: parameters.columns)
    pass.record(derivative)
    return mixture.logDensity(z, parameters, derivative: derivative, pass)
  }

  public func backward(_ gradient: Matrix, contextGradient: Matrix?, _ pass: Pass) {
    let parameterGradient = pass.recall()
    for row in 0..<parameterGradient.rows {
      for offset in vectorOffsets(gradient.stride) {
        let place = parameterGradient.row(row) + offset
        place.storeVector(place.vector * (gradient.elements + offset).vector)
      }
    }
    guard let contextGradient else { return network.accumulate(parameterGradient, pass) }
    contextGradient.add(network.backward(parameterGradient, pass))
  }

  public func sample(
    _ count: Int, context: Matrix, using stream: inout RandomStream, _ pass: Pass
  ) -> (z: Matrix, logDensity: Matrix) {
    let choice = pass.matrix(rows: 1, columns: count)
    choice.fill(0.5)
    for column in 0..<count { choice[0, column] = Float(stream.uniform()) }
    let z = pass.matrix(rows: dimensions, columns: count)
    z.fill(0)
    for row in 0..<dimensions {
      stream.fillNormal(UnsafeMutableBufferPointer(start: z.row(row), count: count))
    }
    let parameters = network.forward(context, pass)
    mixture.sample(z, choice: choice, parameters, pass)
    return (z, mixture.logDensity(z, parameters, pass))
  }
}

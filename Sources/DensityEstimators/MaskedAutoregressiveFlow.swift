import NeuralNetworks
import NumericalMethods
import Probability

/// A stack of affine autoregressive transforms with the order of variables reversed between them.
///
/// Reference: Papamakarios, Pavlakou & Murray (2017), NeurIPS, arXiv:1705.07057, section 3.
public struct MaskedAutoregressiveFlow: FlowEstimator, ConfigurableEstimator {
  public static let name = "maf"
  public static let hasCircles = false

  public struct Configuration: CheckedSettings {
    public var transforms = 5
    /// Units of each hidden layer of a transform's network.
    public var width = 64
    public var hiddenLayers = 2
    public var activation = Activation.silu

    public init() {}

    public var ranges: [SettingRange] {
      [
        SettingRange("transforms", transforms, 1...100), SettingRange("width", width, 1...10_000),
        SettingRange("hidden_layers", hiddenLayers, 1...100),
      ]
    }
  }

  public let contextCount: Int
  public let flow: NormalizingFlow
  public var dimensions: Int { flow.coordinates.count }

  public init(
    _ name: String, coordinates: [Coordinate], contextCount: Int, configuration: Configuration,
    layout: inout ParameterLayout
  ) {
    precondition(!coordinates.isEmpty && coordinates.allSatisfy { $0 == .line })
    precondition(contextCount > 0 && configuration.transforms > 0)
    self.contextCount = contextCount
    let order = Array(coordinates.indices)
    var transforms: [any Transform] = []
    for index in 0..<configuration.transforms {
      transforms.append(
        AutoregressiveTransform(
          "\(name).transform\(index)", coordinates: coordinates,
          order: index % 2 == 0 ? order : order.reversed(),
          maps: order.map { _ in AffineMap() }, contextCount: contextCount,
          configuration: .init(
            width: configuration.width, hiddenLayers: configuration.hiddenLayers,
            activation: configuration.activation),
          layout: &layout))
    }
    flow = NormalizingFlow(coordinates: coordinates, transforms: transforms)
  }
}

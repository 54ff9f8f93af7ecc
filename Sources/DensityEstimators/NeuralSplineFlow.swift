import NeuralNetworks
import NumericalMethods
import Probability

/// A stack of transforms whose maps are rational-quadratic splines; on circles they are circular.
///
/// Coupling transforms map every other variable in turn, with a linear map of all line coordinates
/// after each. Autoregressive ones map all variables, in alternating order.
///
/// Reference: Durkan, Bekasov, Murray & Papamakarios (2019), NeurIPS, arXiv:1906.04032.
public struct NeuralSplineFlow: FlowEstimator, ConfigurableEstimator {
  public static let name = "nsf"
  public static let hasCircles = true

  public enum Kind: String, Codable, Sendable, CaseIterable {
    case coupling
    case autoregressive
  }

  /// The defaults are those of the sbi toolkit's flow (Tejero-Cantero et al. 2020, JOSS 5, 2505).
  public struct Configuration: CheckedSettings {
    public var kind = Kind.coupling
    public var transforms = 5
    /// Units of each hidden layer of a transform's network.
    public var width = 50
    /// Residual blocks of a coupling transform's network; hidden layers of an autoregressive one's.
    public var blocks = 2
    public var activation = Activation.relu
    /// Of each spline.
    public var bins = 10
    /// Splines on the line reach from −bound to bound; standardised variables rarely lie beyond.
    public var bound: Float = 3

    public init() {}

    public var ranges: [SettingRange] {
      [
        SettingRange("transforms", transforms, 1...100), SettingRange("width", width, 1...10_000),
        SettingRange("blocks", blocks, 1...100), SettingRange("bins", bins, 2...100),
        SettingRange("bound", Double(bound), 0.1...100),
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
    precondition(!coordinates.isEmpty && contextCount > 0 && configuration.transforms > 0)
    self.contextCount = contextCount
    let splines = coordinates.map {
      RationalQuadraticSpline(
        $0, bins: configuration.bins, bound: configuration.bound, width: configuration.width)
    }
    let lines = coordinates.indices.filter { coordinates[$0] == .line }
    let order = Array(coordinates.indices)
    var transforms: [any Transform] = []
    for index in 0..<configuration.transforms {
      let name = "\(name).transform\(index)"
      switch configuration.kind {
      case .coupling:
        let maps = order.map { variable in
          (variable + index) % 2 == 0 || order.count == 1 ? splines[variable] : nil
        }
        transforms.append(
          CouplingTransform(
            name, coordinates: coordinates, maps: maps, contextCount: contextCount,
            configuration: .init(
              width: configuration.width, blocks: configuration.blocks,
              activation: configuration.activation),
            layout: &layout))
        if !lines.isEmpty {
          transforms.append(LULinear("\(name).linear", variables: lines, layout: &layout))
        }
      case .autoregressive:
        transforms.append(
          AutoregressiveTransform(
            name, coordinates: coordinates, order: index % 2 == 0 ? order : order.reversed(),
            maps: splines, contextCount: contextCount,
            configuration: .init(
              width: configuration.width, hiddenLayers: configuration.blocks,
              activation: configuration.activation),
            layout: &layout))
      }
    }
    flow = NormalizingFlow(coordinates: coordinates, transforms: transforms)
  }
}

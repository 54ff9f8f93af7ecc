import NumericalMethods

/// An embedding network: a linear map to `width`, residual blocks, and a linear map to `outputs`.
public struct ResidualNetwork: EmbeddingNetwork {
  public static let name = "residual_network"

  public struct Configuration: CheckedSettings {
    /// Units of each hidden layer.
    public var width = 256
    /// Residual blocks of two linear maps each.
    public var blocks = 2
    /// Features handed to the density estimator.
    public var outputs = 64

    public init() {}

    public var ranges: [SettingRange] {
      [
        SettingRange("width", width, 1...10_000), SettingRange("blocks", blocks, 1...100),
        SettingRange("outputs", outputs, 1...10_000),
      ]
    }
  }

  private let first: Linear
  private let rest: Sequential

  public init(
    _ name: String, inputs: Int, configuration: Configuration, layout: inout ParameterLayout
  ) {
    let width = configuration.width
    first = Linear("\(name).input", inputs: inputs, outputs: width, layout: &layout)
    var layers: [any Layer] = []
    for index in 0..<configuration.blocks {
      let block = "\(name).block\(index)"
      // Blocks start small, so that the untrained network is close to a linear one.
      layers.append(
        Residual(
          Sequential([
            ActivationLayer(.silu, width),
            Linear("\(block).0", inputs: width, outputs: width, layout: &layout),
            ActivationLayer(.silu, width),
            Linear("\(block).1", inputs: width, outputs: width, gain: 0.1, layout: &layout),
          ])))
    }
    layers.append(ActivationLayer(.silu, width))
    layers.append(
      Linear(
        "\(name).output", inputs: width, outputs: configuration.outputs, layout: &layout))
    rest = Sequential(layers)
  }

  public var inputCount: Int { first.inputCount }
  public var outputCount: Int { rest.outputCount }

  public func forward(_ input: Matrix, _ pass: Pass) -> Matrix {
    rest.forward(first.forward(input, pass), pass)
  }

  public func backward(_ outputGradient: Matrix, _ pass: Pass) -> Matrix {
    first.backward(rest.backward(outputGradient, pass), pass)
  }

  public func accumulate(_ outputGradient: Matrix, _ pass: Pass) {
    first.accumulate(rest.backward(outputGradient, pass), pass)
  }
}

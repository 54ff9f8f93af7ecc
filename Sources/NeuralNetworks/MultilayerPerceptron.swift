/// Hidden layers of one width between linear maps, each after the first optionally added to what it sees.
///
/// Reference: He, Zhang, Ren & Sun (2016), ECCV, arXiv:1603.05027, figure 4e (activation before weights).
public struct MultilayerPerceptron: Layer {
  private let first: Linear
  private let rest: Sequential

  /// - Parameters:
  ///   - layers: hidden ones, at least one.
  ///   - isResidual: whether layers are added to what they see.
  public init(
    _ name: String, inputs: Int, outputs: Int, layers: Int, width: Int, activation: Activation,
    isResidual: Bool, layout: inout ParameterLayout
  ) {
    precondition(layers > 0)
    // Weights that keep the size of signals: depth would shrink them otherwise (He et al. 2015).
    let gain = Float(activation == .relu ? 6 : 3).squareRoot()
    first = Linear("\(name).0", inputs: inputs, outputs: width, gain: gain, layout: &layout)
    var layers = (1..<layers).map { index -> any Layer in
      let layer = Sequential([
        ActivationLayer(activation, width),
        Linear("\(name).\(index)", inputs: width, outputs: width, gain: gain, layout: &layout),
      ])
      return isResidual ? Residual(layer) : layer
    }
    layers.append(ActivationLayer(activation, width))
    layers.append(
      Linear("\(name).\(layers.count)", inputs: width, outputs: outputs, layout: &layout))
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

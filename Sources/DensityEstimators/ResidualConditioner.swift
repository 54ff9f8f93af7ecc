import NeuralNetworks

/// The network of a coupling transform: from the features that pass through unchanged and the context
/// to the parameters of the maps of the others.
///
/// A linear layer, residual blocks of two layers each whose outcome the context gates, and a linear
/// layer. Without features, one context gives one column of parameters for all cases.
///
/// Reference: Durkan, Bekasov, Murray & Papamakarios (2019), NeurIPS, arXiv:1906.04032, appendix B.1.
struct ResidualConditioner: Sendable {
  struct Configuration: Sendable {
    /// Units of each hidden layer.
    var width: Int
    var blocks: Int
    var activation: Activation
  }

  private struct Block: Sendable {
    let first: Linear
    let second: Linear
    let gate: Linear
  }

  private let fromContext: Linear
  private let fromFeatures: Linear?
  private let activation: ActivationLayer
  private let blocks: [Block]
  private let output: Linear

  init(
    _ name: String, featureCount: Int, parameterCount: Int, contextCount: Int,
    configuration: Configuration, layout: inout ParameterLayout
  ) {
    let width = configuration.width
    activation = ActivationLayer(configuration.activation, width)
    // Both start as parts of one layer of all inputs; as layers of their own they would be larger.
    let inputs = Float(contextCount + featureCount)
    fromContext = Linear(
      "\(name).context", inputs: contextCount, outputs: width,
      gain: (Float(contextCount) / inputs).squareRoot(), layout: &layout)
    fromFeatures =
      featureCount == 0
      ? nil
      : Linear(
        "\(name).features", inputs: featureCount, outputs: width, hasBias: false,
        gain: (Float(featureCount) / inputs).squareRoot(), layout: &layout)
    var blocks: [Block] = []
    for index in 0..<configuration.blocks {
      let block = "\(name).block\(index)"
      // The second layer starts small, so that the untrained block passes its input on.
      blocks.append(
        Block(
          first: Linear("\(block).0", inputs: width, outputs: width, layout: &layout),
          second: Linear(
            "\(block).1", inputs: width, outputs: width, gain: 0.01, layout: &layout),
          gate: Linear("\(block).gate", inputs: contextCount, outputs: width, layout: &layout)))
    }
    self.blocks = blocks
    // Zero outputs make the untrained transform the identity.
    output = Linear(
      "\(name).output", inputs: width, outputs: parameterCount, gain: 0, layout: &layout)
  }

  /// The parameters `[parameters, batch]`, or `[parameters, 1]` where nothing differs between cases.
  func forward(_ features: Matrix?, context: Matrix, _ pass: Pass) -> Matrix {
    var values = fromContext.forward(context, pass)
    if let fromFeatures, let features {
      values = fromFeatures.forward(features, adding: values, pass)
    }
    for block in blocks {
      let first = block.first.forward(activation.forward(values, pass), pass)
      let second = block.second.forward(activation.forward(consuming: first, pass), pass)
      let gate = block.gate.forward(context, pass)
      values = Gate.forward(skip: values, values: second, gate: gate, pass)
    }
    return output.forward(values, pass)
  }

  /// The gradient of the features; the context's is added.
  func backward(_ gradient: Matrix, contextGradient: Matrix?, _ pass: Pass) -> Matrix? {
    let values = output.backward(gradient, pass)
    for block in blocks.reversed() {
      let (second, gate) = Gate.backward(values, pass)
      block.gate.backward(gate, addingTo: contextGradient, pass)
      let first = activation.backward(block.second.backward(second, pass), pass)
      values.add(activation.backward(block.first.backward(first, pass), pass))
    }
    let features = fromFeatures?.backward(values, pass)
    fromContext.backward(values, addingTo: contextGradient, pass)
    return features
  }
}

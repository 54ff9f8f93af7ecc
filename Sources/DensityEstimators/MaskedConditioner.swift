import NeuralNetworks

/// The network of a masked autoregressive transform: from (z, context) to `outputsPerDimension` numbers
/// for each dimension i that depend on z of lower degree only.
///
/// Output column k·D + i is the k-th number of dimension i.
///
/// Reference: Germain, Gregor, Murray & Larochelle (2015), "MADE", ICML, arXiv:1502.03509, eqs. 12–13.
struct MaskedConditioner: Sendable {
  private let fromVariables: Linear
  private let fromContext: Linear
  private let body: Sequential

  /// - Parameter degrees: the place of each dimension in the autoregressive order, from 1.
  init(
    _ name: String, degrees: [Int], contextCount: Int, width: Int, hiddenLayers: Int,
    outputsPerDimension: Int, layout: inout ParameterLayout
  ) {
    precondition(hiddenLayers >= 1)
    let count = degrees.count
    // Units of degree 0 see the context alone: they are all that the first dimension has.
    let hidden = (0..<width).map { $0 % count }
    let outputs = (0..<outputsPerDimension).flatMap { _ in degrees }
    func mask(_ inputs: [Int], _ outputs: [Int], strict: Bool) -> [Bool] {
      inputs.flatMap { input in outputs.map { strict ? $0 > input : $0 >= input } }
    }
    fromVariables = Linear(
      "\(name).variables", inputs: count, outputs: width,
      mask: mask(degrees, hidden, strict: false), layout: &layout)
    fromContext = Linear(
      "\(name).context", inputs: contextCount, outputs: width, hasBias: false, layout: &layout)
    var layers: [any Layer] = [SiLU(width)]
    for index in 1..<hiddenLayers {
      layers.append(
        Linear(
          "\(name).hidden\(index)", inputs: width, outputs: width,
          mask: mask(hidden, hidden, strict: false), layout: &layout))
      layers.append(SiLU(width))
    }
    // Zero outputs make the untrained transform the identity.
    layers.append(
      Linear(
        "\(name).output", inputs: width, outputs: outputs.count,
        mask: mask(hidden, outputs, strict: true), gain: 0, layout: &layout))
    body = Sequential(layers)
  }

  /// The context's share of the first layer `[batch, width]`; it does not change during sampling.
  func contextTerm(_ context: Matrix, _ pass: Pass) -> Matrix {
    fromContext.forward(context, pass)
  }

  func forward(_ z: Matrix, contextTerm: Matrix, _ pass: Pass) -> Matrix {
    let hidden = fromVariables.forward(z, pass)
    hidden.add(contextTerm)
    return body.forward(hidden, pass)
  }

  /// Gradients of z and of the context. The forward order was `contextTerm`, then `forward`.
  func backward(_ outputGradient: Matrix, _ pass: Pass) -> (z: Matrix, context: Matrix) {
    let hidden = body.backward(outputGradient, pass)
    let z = fromVariables.backward(hidden, pass)
    return (z, fromContext.backward(hidden, pass))
  }
}

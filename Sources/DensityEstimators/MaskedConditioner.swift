import NeuralNetworks

/// The network of an autoregressive transform: from (features of z, context) to the parameters of each
/// variable's map, which depend on the variables before it only.
///
/// Hidden units are sorted by degree, so that sampling can compute them one degree after the other and
/// costs no more than one evaluation.
///
/// Reference: Germain, Gregor, Murray & Larochelle (2015), "MADE", ICML, arXiv:1502.03509, eqs. 12–13.
struct MaskedConditioner: Sendable {
  struct Configuration: Codable, Sendable, Equatable {
    /// Units of each hidden layer.
    var width = 64
    var hiddenLayers = 2
    var activation = Activation.silu
  }

  private let fromVariables: MaskedLinear
  private let fromContext: Linear
  private let activation: ActivationLayer
  private let hidden: [MaskedLinear]
  private let output: MaskedLinear
  /// Rows of the hidden units of each degree, and of each variable's parameters.
  private let hiddenRows: [Range<Int>]
  let parameterRows: [Range<Int>]

  /// - Parameters:
  ///   - featureCounts: features of each variable, in autoregressive order.
  ///   - parameterCounts: parameters of each variable's map.
  init(
    _ name: String, featureCounts: [Int], parameterCounts: [Int], contextCount: Int,
    configuration: Configuration, layout: inout ParameterLayout
  ) {
    precondition(configuration.hiddenLayers >= 1)
    let count = featureCounts.count
    func degrees(_ counts: [Int]) -> [Int] {
      counts.enumerated().flatMap { [Int](repeating: $0 + 1, count: $1) }
    }
    // Units of degree 0 see the context alone: they are all that the first variable has.
    let units = (0..<configuration.width).map { $0 % count }.sorted()
    hiddenRows = (0..<count).map { degree in
      (units.firstIndex { $0 >= degree } ?? units.count)..<(units.firstIndex { $0 > degree }
        ?? units.count)
    }
    var next = 0
    parameterRows = parameterCounts.map { size in
      defer { next += size }
      return next..<next + size
    }
    activation = ActivationLayer(configuration.activation, configuration.width)
    fromContext = Linear(
      "\(name).context", inputs: contextCount, outputs: units.count, layout: &layout)
    fromVariables = MaskedLinear(
      "\(name).variables", inputs: degrees(featureCounts), outputs: units, strict: false,
      hasBias: false, layout: &layout)
    var hidden: [MaskedLinear] = []
    for index in 1..<configuration.hiddenLayers {
      hidden.append(
        MaskedLinear(
          "\(name).hidden\(index)", inputs: units, outputs: units, strict: false, layout: &layout))
    }
    self.hidden = hidden
    // Zero outputs make the untrained transform the identity.
    output = MaskedLinear(
      "\(name).output", inputs: units, outputs: degrees(parameterCounts), strict: true, gain: 0,
      layout: &layout)
  }

  /// The parameters `[parameters, batch]`.
  func forward(_ features: Matrix, context: Matrix, _ pass: Pass) -> Matrix {
    let contextTerm = fromContext.forward(context, pass)
    var values = fromVariables.forward(features, adding: contextTerm, pass)
    for layer in hidden {
      values = layer.forward(activation.forward(consuming: values, pass), pass)
    }
    return output.forward(activation.forward(consuming: values, pass), pass)
  }

  /// The gradient of the features; the context's is added.
  func backward(_ gradient: Matrix, contextGradient: Matrix?, _ pass: Pass) -> Matrix {
    var values = activation.backward(output.backward(gradient, pass), pass)
    for layer in hidden.reversed() {
      values = activation.backward(layer.backward(values, pass), pass)
    }
    let features = fromVariables.backward(values, pass)
    fromContext.backward(values, addingTo: contextGradient, pass)
    return features
  }

  /// The layers' values while variables become known one after the other.
  struct Progress {
    let features: Matrix
    let contextTerm: Matrix
    let layers: [Matrix]
    let parameters: Matrix
  }

  func start(batch: Int, context: Matrix, _ pass: Pass) -> Progress {
    let width = fromVariables.outputCount
    return Progress(
      features: pass.matrix(rows: fromVariables.inputCount, columns: batch),
      contextTerm: fromContext.forward(context, pass),
      layers: (0...hidden.count).map { _ in pass.matrix(rows: width, columns: batch) },
      parameters: pass.matrix(rows: output.outputCount, columns: batch))
  }

  /// The parameters of variable `index`, once the features of all before it are known.
  func parameters(of index: Int, _ progress: Progress, _ pass: Pass) -> Matrix {
    let rows = hiddenRows[index]
    let first = progress.layers[0]
    fromVariables.compute(
      rows: rows, of: first, from: progress.features, adding: progress.contextTerm, pass)
    activation.activation.apply(to: first.rows(rows))
    for (index, layer) in hidden.enumerated() {
      let target = progress.layers[index + 1]
      layer.compute(rows: rows, of: target, from: progress.layers[index], pass)
      activation.activation.apply(to: target.rows(rows))
    }
    output.compute(
      rows: parameterRows[index], of: progress.parameters, from: progress.layers[hidden.count],
      pass)
    return progress.parameters.rows(parameterRows[index])
  }
}

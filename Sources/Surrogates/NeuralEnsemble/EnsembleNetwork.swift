import NeuralNetworks

/// The architecture that all members share, without weights.
struct EnsembleNetwork: Sendable {
  let layout: ParameterLayout
  let body: MultilayerPerceptron
  let loss: RegressionLoss
  let features: Int
  let outputs: Int

  init(_ method: NeuralEnsemble, features: Int, outputs: Int) {
    var layout = ParameterLayout()
    loss = method.loss
    (self.features, self.outputs) = (features, outputs)
    body = MultilayerPerceptron(
      "layer", inputs: features, outputs: loss.rowCount(outputs: outputs), layers: method.layers,
      width: method.width, activation: method.activation, isResidual: method.residual,
      layout: &layout)
    self.layout = layout
  }
}

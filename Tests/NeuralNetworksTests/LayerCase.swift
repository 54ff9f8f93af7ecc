import NeuralNetworks
import Testing

/// A layer with its size; a new kind is tested by a line in `all`.
struct LayerCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let make: @Sendable (inout ParameterLayout) -> any Layer

  init(_ name: String, _ make: @escaping @Sendable (inout ParameterLayout) -> any Layer) {
    testDescription = name
    self.make = make
  }

  static let all: [LayerCase] =
    [(1, 1), (1, 17), (2, 50), (7, 16), (16, 7), (17, 33), (33, 1)].map { inputs, outputs in
      LayerCase("Linear \(inputs) → \(outputs)") {
        Linear("a", inputs: inputs, outputs: outputs, layout: &$0)
      }
    }
    + Activation.allCases.map { activation in
      LayerCase("Activation \(activation)") { _ in ActivationLayer(activation, 17) }
    }
    + [
      LayerCase("Linear added to a term") { AddingLinear(17, 7, layout: &$0) },
      LayerCase("MaskedLinear") {
        Masked(
          MaskedLinear(
            "a", inputs: [1, 1, 2, 3, 3, 3, 5], outputs: [0, 1, 1, 2, 3, 4, 4, 4, 5], strict: false,
            layout: &$0))
      },
      LayerCase("MaskedLinear, strict, without bias") {
        Masked(
          MaskedLinear(
            "a", inputs: (0..<50).map { $0 / 20 }, outputs: (0..<33).map { $0 / 9 }, strict: true,
            hasBias: false, layout: &$0))
      },
      LayerCase("Gate") { _ in Gated(width: 7) },
      LayerCase("Sequential") {
        Sequential([
          Linear("a", inputs: 7, outputs: 33, layout: &$0), ActivationLayer(.silu, 33),
          Linear("b", inputs: 33, outputs: 16, layout: &$0), ActivationLayer(.tanh, 16),
          Linear("c", inputs: 16, outputs: 1, layout: &$0),
        ])
      },
      LayerCase("Residual") {
        Residual(
          Sequential([
            ActivationLayer(.silu, 17), Linear("a", inputs: 17, outputs: 17, layout: &$0),
          ]))
      },
      LayerCase("ResidualNetwork") {
        var configuration = ResidualNetwork.Configuration()
        (configuration.width, configuration.blocks, configuration.outputs) = (33, 2, 7)
        return ResidualNetwork("a", inputs: 16, configuration: configuration, layout: &$0)
      },
    ]
    + [(1, false), (3, false), (1, true), (3, true)].map { layers, isResidual in
      LayerCase("MultilayerPerceptron of \(layers)\(isResidual ? ", residual" : "")") {
        MultilayerPerceptron(
          "a", inputs: 5, outputs: 3, layers: layers, width: 17, activation: .tanh,
          isResidual: isResidual, layout: &$0)
      }
    }
}

/// A masked linear map as a layer.
private struct Masked: Layer {
  let linear: MaskedLinear
  var inputCount: Int { linear.inputCount }
  var outputCount: Int { linear.outputCount }

  init(_ linear: MaskedLinear) { self.linear = linear }

  func forward(_ input: Matrix, _ pass: Pass) -> Matrix { linear.forward(input, pass) }
  func backward(_ gradient: Matrix, _ pass: Pass) -> Matrix { linear.backward(gradient, pass) }
}

/// (x, term) → term + weight · x, whose second half has the output's gradient.
private struct AddingLinear: Layer {
  let linear: Linear
  var inputCount: Int { linear.inputCount + linear.outputCount }
  var outputCount: Int { linear.outputCount }

  init(_ inputs: Int, _ outputs: Int, layout: inout ParameterLayout) {
    linear = Linear("a", inputs: inputs, outputs: outputs, hasBias: false, layout: &layout)
  }

  func forward(_ input: Matrix, _ pass: Pass) -> Matrix {
    let term = pass.matrix(rows: outputCount, columns: input.columns)
    term.update(from: input.rows(linear.inputCount..<inputCount))
    return linear.forward(input.rows(0..<linear.inputCount), adding: term, pass)
  }

  func backward(_ gradient: Matrix, _ pass: Pass) -> Matrix {
    let result = pass.matrix(rows: inputCount, columns: gradient.columns)
    result.fill(0)
    linear.backward(gradient, addingTo: result.rows(0..<linear.inputCount), pass)
    result.rows(linear.inputCount..<inputCount).update(from: gradient)
    return result
  }
}

/// (skip, values, gate) → skip + values ⊙ sigmoid(gate)
private struct Gated: Layer {
  let width: Int
  var inputCount: Int { 3 * width }
  var outputCount: Int { width }

  func forward(_ input: Matrix, _ pass: Pass) -> Matrix {
    Gate.forward(
      skip: input.rows(0..<width), values: input.rows(width..<2 * width),
      gate: input.rows(2 * width..<3 * width), pass)
  }

  func backward(_ gradient: Matrix, _ pass: Pass) -> Matrix {
    let (values, gate) = Gate.backward(gradient, pass)
    let result = pass.matrix(rows: inputCount, columns: gradient.columns)
    result.rows(0..<width).update(from: gradient)
    result.rows(width..<2 * width).update(from: values)
    result.rows(2 * width..<3 * width).update(from: gate)
    return result
  }
}

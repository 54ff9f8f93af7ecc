import NeuralNetworks
import Probability
import Testing

/// One property for every layer: `backward` is the derivative of `forward`.
@Suite struct LayerGradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (inout ParameterLayout) -> any Layer

    init(_ name: String, _ make: @escaping @Sendable (inout ParameterLayout) -> any Layer) {
      testDescription = name
      self.make = make
    }
  }

  static let cases: [Case] =
    [(1, 1), (1, 17), (7, 16), (16, 7), (17, 33), (33, 1)].map { inputs, outputs in
      Case("Linear \(inputs) → \(outputs)") {
        Linear("a", inputs: inputs, outputs: outputs, layout: &$0)
      }
    } + [
      Case("Linear without bias") {
        Linear("a", inputs: 17, outputs: 7, hasBias: false, layout: &$0)
      },
      Case("masked Linear") {
        let mask = (0..<33 * 17).map { $0 % 3 != 1 }
        return Linear("a", inputs: 33, outputs: 17, mask: mask, layout: &$0)
      },
      Case("SiLU") { _ in SiLU(17) },
      Case("Sequential") {
        Sequential([
          Linear("a", inputs: 7, outputs: 33, layout: &$0), SiLU(33),
          Linear("b", inputs: 33, outputs: 16, layout: &$0), SiLU(16),
          Linear("c", inputs: 16, outputs: 1, layout: &$0),
        ])
      },
      Case("Residual") {
        Residual(
          Sequential([SiLU(17), Linear("a", inputs: 17, outputs: 17, layout: &$0)]))
      },
      Case("ResidualNetwork") {
        var configuration = ResidualNetwork.Configuration()
        (configuration.width, configuration.blocks, configuration.outputs) = (33, 2, 7)
        return ResidualNetwork("a", inputs: 16, configuration: configuration, layout: &$0)
      },
    ]

  @Test(arguments: cases, [1, 5, 6, 7, 50])
  func backwardIsTheDerivative(_ item: Case, batch: Int) {
    var layout = ParameterLayout()
    let layer = item.make(&layout)
    var stream = RandomStream(seed: 7, purpose: .initialization, index: UInt64(batch))
    var parameters = randomArena(layout, scale: 0.3, using: &stream)
    let input = normals(batch * layer.inputCount, using: &stream)
    let slope = normals(batch * layer.outputCount, using: &stream)
    let pass = Pass()

    // The loss Σ s y + y² / 2 has the gradient s + y.
    func loss(_ parameters: inout [Float], _ input: [Double]) -> Double {
      parameters.withUnsafeMutableBufferPointer {
        pass.begin(parameters: $0.baseAddress ?? pass.parameters)
        let output = layer.forward(
          matrix(input, rows: batch, columns: layer.inputCount, pass), pass)
        return dot(slope, output.entries) + 0.5 * dot(output.entries, output.entries)
      }
    }

    var gradients = [Float](repeating: 0, count: max(layout.storedCount, 16))
    let inputGradient = parameters.withUnsafeMutableBufferPointer { parameters in
      gradients.withUnsafeMutableBufferPointer { gradients in
        pass.begin(
          parameters: parameters.baseAddress ?? pass.parameters,
          gradients: gradients.baseAddress!)
        let x = matrix(input, rows: batch, columns: layer.inputCount, pass)
        let output = layer.forward(x, pass)
        #expect(output.rows == batch && output.columns == layer.outputCount)
        #expect(output.paddingIsZero)
        let entries = output.entries
        let gradient = matrix(
          zip(slope, entries).map { $0 + $1 }, rows: batch, columns: layer.outputCount, pass)
        let result = layer.backward(gradient, pass)
        #expect(result.rows == batch && result.columns == layer.inputCount)
        #expect(result.paddingIsZero)
        #expect(x.entries == input.map { Double(Float($0)) }, "the input was overwritten")
        return result.entries
      }
    }
    #expect(forbiddenPlaces(layout).allSatisfy { gradients[$0] == 0 })

    for _ in 0..<3 {
      let direction = normals(input.count, using: &stream)
      let size = dot(inputGradient, inputGradient).squareRoot()
      let numerical = richardson { step in
        loss(&parameters, zip(input, direction).map { $0 + step * $1 })
      }
      #expect(abs(numerical - dot(inputGradient, direction)) < 3e-3 * size)
    }
    guard !parameters.isEmpty else { return }
    for _ in 0..<3 {
      let direction = randomArena(layout, scale: 0.3, using: &stream)
      let analytic = zip(gradients, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      let size = gradients.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() * 0.3
      let numerical = richardson { step in
        var moved = zip(parameters, direction).map { $0 + Float(step) * $1 }
        return loss(&moved, input)
      }
      #expect(abs(numerical - analytic) < 3e-3 * size)
    }
  }

  /// The derivative at 0 of a smooth function computed in single precision: central differences with
  /// large steps, whose error of second order is extrapolated away.
  private func richardson(_ function: (Double) -> Double) -> Double {
    let step = 0.04
    let wide = (function(step) - function(-step)) / (2 * step)
    let narrow = (function(step / 2) - function(-step / 2)) / step
    return (4 * narrow - wide) / 3
  }
}

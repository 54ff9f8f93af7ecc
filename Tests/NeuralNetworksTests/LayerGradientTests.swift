import NeuralNetworks
import Probability
import Testing

/// One property for every layer: `backward` is the derivative of `forward`.
@Suite struct LayerGradientTests {
  private static let step = 0.04

  @Test(arguments: LayerCase.all, [1, 5, 16, 17, 50])
  func backwardIsTheDerivative(_ item: LayerCase, batch: Int) {
    var layout = ParameterLayout()
    let layer = item.make(&layout)
    var stream = RandomStream(seed: 7, purpose: .initialization, index: UInt64(batch))
    let parameters = randomArena(layout, scale: 0.3, using: &stream)
    // So far from the kink of a ReLU that no step crosses it.
    let input = normals(batch * layer.inputCount, using: &stream).map {
      $0 + ($0 < 0 ? -Self.step : Self.step)
    }
    let slope = normals(batch * layer.outputCount, using: &stream)

    // The loss Σ s y + y² / 2 has the gradient s + y.
    func loss(_ parameters: [Float], _ input: [Double]) -> Double {
      let output = evaluate(parameters) { pass in
        layer.forward(matrix(input, rows: layer.inputCount, columns: batch, pass), pass).entries
      }
      return dot(slope, output) + 0.5 * dot(output, output)
    }

    var gradients = [Float](repeating: 0, count: layout.storedCount)
    let inputGradient = evaluate(parameters, gradients: &gradients) { pass in
      let x = matrix(input, rows: layer.inputCount, columns: batch, padding: 3, pass)
      let output = layer.forward(x, pass)
      #expect(output.rows == layer.outputCount && output.columns == batch)
      let gradient = matrix(
        zip(slope, output.entries).map { $0 + $1 }, rows: layer.outputCount, columns: batch, pass)
      let result = layer.backward(gradient, pass)
      #expect(result.rows == layer.inputCount && result.columns == batch)
      #expect(result.paddingIsZero)
      #expect(x.entries == input.map { Double(Float($0)) }, "the input was overwritten")
      return result.entries
    }
    #expect(forbiddenPlaces(layout).allSatisfy { gradients[$0] == 0 })

    let size = dot(inputGradient, inputGradient).squareRoot()
    for _ in 0..<3 {
      let direction = input.map { _ in 2 * stream.uniform() - 1 }
      let numerical = richardson { step in
        loss(parameters, zip(input, direction).map { $0 + step * $1 })
      }
      #expect(abs(numerical - dot(inputGradient, direction)) < 1e-3 * size)
    }
    let parameterSize = gradients.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    for _ in 0..<(parameters.isEmpty ? 0 : 3) {
      let direction = randomArena(layout, scale: 0.3, using: &stream)
      let analytic = zip(gradients, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      let numerical = richardson { step in
        loss(zip(parameters, direction).map { $0 + Float(step) * $1 }, input)
      }
      #expect(abs(numerical - analytic) < 1e-3 * 0.3 * parameterSize)
    }
  }

  /// Leaving the input's gradient out changes nothing else.
  @Test(arguments: LayerCase.all) func accumulatingGivesTheSameGradients(_ item: LayerCase) {
    var layout = ParameterLayout()
    let layer = item.make(&layout)
    var stream = RandomStream(seed: 13, purpose: .initialization)
    let parameters = randomArena(layout, scale: 0.3, using: &stream)
    let input = normals(19 * layer.inputCount, using: &stream)
    let slope = normals(19 * layer.outputCount, using: &stream)
    func gradients(_ body: (Matrix, Pass) -> Void) -> [Float] {
      var gradients = [Float](repeating: 0, count: layout.storedCount)
      evaluate(parameters, gradients: &gradients) { pass in
        _ = layer.forward(matrix(input, rows: layer.inputCount, columns: 19, pass), pass)
        body(matrix(slope, rows: layer.outputCount, columns: 19, pass), pass)
      }
      return gradients
    }
    #expect(gradients { _ = layer.backward($0, $1) } == gradients { layer.accumulate($0, $1) })
  }

  /// The derivative at 0 of a smooth function computed in single precision: central differences with
  /// large steps, whose error of second order is extrapolated away.
  private func richardson(_ function: (Double) -> Double) -> Double {
    let step = Self.step
    let wide = (function(step) - function(-step)) / (2 * step)
    let narrow = (function(step / 2) - function(-step / 2)) / step
    return (4 * narrow - wide) / 3
  }
}

import NeuralNetworks
import Probability
import Testing

@Suite struct AdamTests {
  /// Kingma & Ba (2015), algorithm 1, word by word in double precision.
  private struct Reference {
    var m: [Double]
    var v: [Double]
    var t = 0.0

    init(count: Int) {
      m = [Double](repeating: 0, count: count)
      v = m
    }

    mutating func step(_ theta: inout [Double], _ gradient: [Double], alpha: Double) {
      t += 1
      for i in theta.indices {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i]
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i]
        let mHat = m[i] / (1 - power(0.9, t))
        let vHat = v[i] / (1 - power(0.999, t))
        theta[i] -= alpha * mHat / (vHat.squareRoot() + 1e-8)
      }
    }

    private func power(_ base: Double, _ exponent: Double) -> Double {
      (0..<Int(exponent)).reduce(1) { result, _ in result * base }
    }
  }

  private func norm(_ values: [Double]) -> Double { dot(values, values).squareRoot() }

  @Test(arguments: [Float.infinity, 3]) func matchesTheAlgorithm(maximumNorm: Float) {
    let count = 48
    var stream = RandomStream(seed: 9, purpose: .initialization)
    var theta = normals(count, using: &stream).map { Double(Float($0)) }
    var parameters = theta.map { Float($0) }
    var reference = Reference(count: count)
    var adam = Adam(count: count)
    for step in 0..<200 {
      let rate = 0.01 / Double(1 + step / 50)
      // Some steps are clipped, some are not; sizes differ between parameters.
      let size = step % 3 == 0 ? 0.1 : 2.0
      let gradient = theta.indices.map {
        Float(size * stream.normal() * ($0 % 2 == 0 ? 1 : 1e-3))
      }
      let exact = gradient.map(Double.init)
      let before = norm(exact)
      let factor = min(1, Double(maximumNorm) / before)
      reference.step(&theta, exact.map { $0 * factor }, alpha: rate)
      let reported = adam.step(
        &parameters, gradient: gradient, learningRate: Float(rate), maximumNorm: maximumNorm)
      #expect(abs(Double(reported) / before - 1) < 1e-5)
      for (parameter, expected) in zip(parameters, theta) {
        #expect(abs(Double(parameter) - expected) < 2e-5)
      }
    }
    #expect(adam.steps == 200)
  }

  /// With a constant gradient every step has the size of the learning rate.
  @Test func firstStepIsTheLearningRate() {
    var parameters = [Float](repeating: 1, count: 16)
    var adam = Adam(count: 16)
    let gradient = (0..<16).map { Float($0 % 2 == 0 ? 1e-3 : -50) }
    _ = adam.step(&parameters, gradient: gradient, learningRate: 0.125, maximumNorm: .infinity)
    for (index, parameter) in parameters.enumerated() {
      #expect(abs(parameter - (index % 2 == 0 ? 0.875 : 1.125)) < 1e-5)
    }
  }

  @Test(arguments: [Float.nan, .infinity]) func uselessGradientsChangeNothing(value: Float) {
    var parameters = (0..<16).map(Float.init)
    var adam = Adam(count: 16)
    var gradient = [Float](repeating: 1, count: 16)
    _ = adam.step(&parameters, gradient: gradient, learningRate: 0.1, maximumNorm: 5)
    let (before, moments) = (parameters, adam.firstMoment)
    gradient[3] = value
    let norm = adam.step(&parameters, gradient: gradient, learningRate: 0.1, maximumNorm: 5)
    #expect(!norm.isFinite)
    #expect(parameters == before && adam.firstMoment == moments && adam.steps == 1)
  }

  /// Learns a masked linear map; masked weights and the padding never move.
  @Test func maskedWeightsAndPaddingStayZero() {
    let (batch, inputs, outputs) = (13, 7, 17)
    var layout = ParameterLayout()
    let mask = (0..<inputs * outputs).map { $0 % 2 == 0 }
    let layer = Linear("a", inputs: inputs, outputs: outputs, mask: mask, layout: &layout)
    var stream = RandomStream(seed: 10, purpose: .initialization)
    var parameters = layout.initialValues(using: &stream)
    let target = randomArena(layout, scale: 1, using: &stream)
    var adam = Adam(count: layout.storedCount)
    let pass = Pass()
    var gradients = [Float](repeating: 0, count: layout.storedCount)
    var truth = target
    var losses: [Double] = []
    for _ in 0..<300 {
      let x = normals(batch * inputs, using: &stream)
      let wanted = truth.withUnsafeMutableBufferPointer {
        pass.begin(parameters: $0.baseAddress!)
        return layer.forward(matrix(x, rows: batch, columns: inputs, pass), pass).entries
      }
      gradients.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
      parameters.withUnsafeMutableBufferPointer { parameters in
        gradients.withUnsafeMutableBufferPointer { gradients in
          pass.begin(parameters: parameters.baseAddress!, gradients: gradients.baseAddress!)
          let y = layer.forward(matrix(x, rows: batch, columns: inputs, pass), pass)
          let error = zip(y.entries, wanted).map { $0 - $1 }
          losses.append(dot(error, error))
          _ = layer.backward(matrix(error, rows: batch, columns: outputs, pass), pass)
        }
      }
      _ = adam.step(&parameters, gradient: gradients, learningRate: 0.05, maximumNorm: 1e3)
    }
    #expect(losses.last! < 1e-2 * losses.first!)
    #expect(forbiddenPlaces(layout).allSatisfy { parameters[$0] == 0 })
  }
}

import NeuralNetworks
import Probability
import Testing

@Suite struct AdamWTests {
  /// Loshchilov & Hutter (2019), algorithm 2, word by word in double precision.
  private struct Reference {
    var m: [Double]
    var v: [Double]
    var t = 0.0

    init(count: Int) {
      m = [Double](repeating: 0, count: count)
      v = m
    }

    mutating func step(
      _ theta: inout [Double], _ gradient: [Double], alpha: Double, decay: [Double]
    ) {
      t += 1
      for i in theta.indices {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i]
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i]
        let mHat = m[i] / (1 - power(0.9, t))
        let vHat = v[i] / (1 - power(0.999, t))
        theta[i] -= alpha * (mHat / (vHat.squareRoot() + 1e-8) + decay[i] * theta[i])
      }
    }

    private func power(_ base: Double, _ exponent: Double) -> Double {
      (0..<Int(exponent)).reduce(1) { result, _ in result * base }
    }
  }

  /// 32 weights and 16 biases.
  private var layout: ParameterLayout {
    var layout = ParameterLayout()
    _ = layout.reserve("a", rows: 2, columns: 16, initialBound: 1)
    _ = layout.reserveBias("b", count: 16, initialBound: 1)
    return layout
  }

  private func norm(_ values: [Double]) -> Double { dot(values, values).squareRoot() }

  @Test(arguments: [(Float.infinity, 0.0), (3, 0), (3, 0.3)])
  func matchesTheAlgorithm(maximumNorm: Float, weightDecay: Double) {
    var stream = RandomStream(seed: 9, purpose: .initialization)
    var theta = normals(48, using: &stream).map { Double(Float($0)) }
    let decay = theta.indices.map { $0 < 32 ? weightDecay : 0 }
    var parameters = theta.map { Float($0) }
    var reference = Reference(count: 48)
    var adam = AdamW(layout)
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
      reference.step(&theta, exact.map { $0 * factor }, alpha: rate, decay: decay)
      let reported = adam.step(
        &parameters, gradient: gradient, learningRate: Float(rate), maximumNorm: maximumNorm,
        weightDecay: Float(weightDecay))
      #expect(abs(Double(reported) / before - 1) < 1e-5)
      for (parameter, expected) in zip(parameters, theta) {
        #expect(abs(Double(parameter) - expected) < 2e-5)
      }
    }
    #expect(adam.steps == 200)
  }

  /// With a constant gradient every step has the size of the learning rate.
  @Test func firstStepIsTheLearningRate() {
    var parameters = [Float](repeating: 1, count: 48)
    var adam = AdamW(layout)
    let gradient = (0..<48).map { Float($0 % 2 == 0 ? 1e-3 : -50) }
    _ = adam.step(&parameters, gradient: gradient, learningRate: 0.125, maximumNorm: .infinity)
    for (index, parameter) in parameters.enumerated() {
      #expect(abs(parameter - (index % 2 == 0 ? 0.875 : 1.125)) < 1e-5)
    }
  }

  @Test(arguments: [Float.nan, .infinity]) func uselessGradientsChangeNothing(value: Float) {
    var parameters = (0..<48).map(Float.init)
    var adam = AdamW(layout)
    var gradient = [Float](repeating: 1, count: 48)
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
    let layer = MaskedLinear(
      "a", inputs: Array(0..<inputs), outputs: (0..<outputs).map { $0 / 2 }, strict: false,
      layout: &layout)
    var stream = RandomStream(seed: 10, purpose: .initialization)
    var parameters = layout.initialValues(using: &stream)
    let target = randomArena(layout, scale: 1, using: &stream)
    var adam = AdamW(layout)
    var losses: [Double] = []
    for _ in 0..<300 {
      let x = normals(inputs * batch, using: &stream)
      let wanted = evaluate(target) { pass in
        layer.forward(matrix(x, rows: inputs, columns: batch, pass), pass).entries
      }
      var gradients = [Float](repeating: 0, count: layout.storedCount)
      evaluate(parameters, gradients: &gradients) { pass in
        let y = layer.forward(matrix(x, rows: inputs, columns: batch, pass), pass)
        let error = zip(y.entries, wanted).map { $0 - $1 }
        losses.append(dot(error, error))
        _ = layer.backward(matrix(error, rows: outputs, columns: batch, pass), pass)
      }
      _ = adam.step(&parameters, gradient: gradients, learningRate: 0.05, maximumNorm: 1e3)
    }
    #expect(losses.last! < 1e-2 * losses.first!)
    #expect(forbiddenPlaces(layout).allSatisfy { parameters[$0] == 0 })
  }
}

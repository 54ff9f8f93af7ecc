import NeuralNetworks
import Probability
import Testing

/// The tiled products against three plain loops in double precision.
@Suite struct ProductTests {
  static let widths = [1, 2, 7, 15, 16, 17, 33, 48, 50]
  static let batches = [1, 2, 15, 16, 17, 32, 33, 50]

  @Test(arguments: widths, widths) func linearMapsAreExact(inputs: Int, outputs: Int) {
    checkLinear(inputs: inputs, outputs: outputs, batches: Self.batches)
  }

  /// Their storage has an odd number of vectors.
  @Test(arguments: [(258, 5), (5, 258), (256, 17)]) func longRowsAreExact(
    inputs: Int, outputs: Int
  ) {
    checkLinear(inputs: inputs, outputs: outputs, batches: [7, 250, 257, 304])
  }

  private func checkLinear(inputs: Int, outputs: Int, batches: [Int]) {
    for batch in batches {
      var layout = ParameterLayout()
      let layer = Linear("a", inputs: inputs, outputs: outputs, layout: &layout)
      let problem = Problem(layout, inputs: inputs, outputs: outputs, batch: batch)
      problem.check { input, outputGradient, pass in
        let output = layer.forward(input, pass)
        return (output, layer.backward(outputGradient, pass))
      }
    }
  }

  @Test(arguments: widths, widths) func maskedMapsAreExact(inputs: Int, outputs: Int) {
    for (batch, strict) in zip(Self.batches, [true, false, true, false, true, false, true, false]) {
      var layout = ParameterLayout()
      let layer = MaskedLinear(
        "a", inputs: (0..<inputs).map { $0 / 3 }, outputs: (0..<outputs).map { $0 / 4 },
        strict: strict, layout: &layout)
      for output in 0..<outputs {
        for input in 0..<inputs {
          let isSeen = strict ? input / 3 < output / 4 : input / 3 <= output / 4
          #expect(layout.blocks[0].mask![output * inputs + input] == isSeen)
        }
      }
      let problem = Problem(layout, inputs: inputs, outputs: outputs, batch: batch)
      problem.check { input, outputGradient, pass in
        let output = layer.forward(input, pass)
        return (output, layer.backward(outputGradient, pass))
      }
    }
  }

  /// Outputs computed one by one, as when sampling, are bit for bit those computed together.
  @Test(arguments: [false, true], [0, 1, 19]) func rowsCanBeComputedAlone(
    strict: Bool, termColumns: Int
  ) {
    var layout = ParameterLayout()
    let (inputs, outputs, batch) = (33, 17, 19)
    let layer = MaskedLinear(
      "a", inputs: (0..<inputs).map { $0 / 4 }, outputs: (0..<outputs).map { $0 / 2 },
      strict: strict, hasBias: termColumns == 0, layout: &layout)
    var stream = RandomStream(seed: 14, purpose: .initialization)
    let parameters = randomArena(layout, scale: 1, using: &stream)
    let (x, terms) = (
      normals(inputs * batch, using: &stream), normals(outputs * termColumns, using: &stream)
    )
    evaluate(parameters) { pass in
      let input = matrix(x, rows: inputs, columns: batch, pass)
      func term() -> Matrix? {
        termColumns == 0 ? nil : matrix(terms, rows: outputs, columns: termColumns, pass)
      }
      let together = layer.forward(input, adding: term(), pass).entries
      let alone = pass.matrix(rows: outputs, columns: batch)
      for row in 0..<outputs {
        layer.compute(rows: row..<row + 1, of: alone, from: input, adding: term(), pass)
      }
      #expect(alone.entries == together)
    }
  }

  /// A term of one column is that of all cases.
  @Test(arguments: [1, 16, 35]) func termsAreAdded(batch: Int) {
    let (inputs, outputs) = (17, 33)
    var layout = ParameterLayout()
    let layer = Linear("a", inputs: inputs, outputs: outputs, hasBias: false, layout: &layout)
    let masked = MaskedLinear(
      "b", inputs: (0..<inputs).map { _ in 0 }, outputs: (0..<outputs).map { _ in 0 },
      strict: false, hasBias: false, layout: &layout)
    var stream = RandomStream(seed: 15, purpose: .initialization)
    let parameters = randomArena(layout, scale: 1, using: &stream)
    let x = normals(inputs * batch, using: &stream)
    let terms = normals(outputs, using: &stream)
    let all = terms.flatMap { [Double](repeating: $0, count: batch) }
    evaluate(parameters) { pass in
      let input = matrix(x, rows: inputs, columns: batch, pass)
      let nothing = [Double](repeating: 0, count: outputs * batch)
      for forward in [
        { layer.forward(input, adding: $0, pass).entries },
        { masked.forward(input, adding: $0, pass).entries },
      ] {
        let product = forward(matrix(nothing, rows: outputs, columns: batch, pass))
        let shared = forward(matrix(terms, rows: outputs, columns: 1, pass))
        let full = forward(matrix(all, rows: outputs, columns: batch, pass))
        #expect(shared == full)
        #expect(largestDifference(full, zip(product, all).map { $0 + $1 }) < 1e-5)
      }
    }
  }
}

/// y = W x + b and its gradients, by plain loops.
private struct Problem {
  let layout: ParameterLayout
  let inputs: Int
  let outputs: Int
  let batch: Int
  let parameters: [Float]
  let x: [Double]
  let g: [Double]

  init(_ layout: ParameterLayout, inputs: Int, outputs: Int, batch: Int) {
    (self.layout, self.inputs, self.outputs, self.batch) = (layout, inputs, outputs, batch)
    var stream = RandomStream(seed: 8, purpose: .initialization)
    parameters = randomArena(layout, scale: 1, using: &stream)
    x = normals(inputs * batch, using: &stream).map { Double(Float($0)) }
    g = normals(outputs * batch, using: &stream).map { Double(Float($0)) }
  }

  func check(
    _ run: (_ input: Matrix, _ outputGradient: Matrix, Pass) -> (Matrix, inputGradient: Matrix)
  ) {
    let weight = layout.unpadded(layout.blocks[0], of: parameters).map(Double.init)
    let bias = layout.unpadded(layout.blocks[1], of: parameters).map(Double.init)
    let mask = layout.blocks[0].mask ?? [Bool](repeating: true, count: weight.count)
    // Gradients are added to what is there.
    var gradients = [Float](repeating: 0, count: layout.storedCount)
    layout.store(mask.map { $0 ? 1 : 0 }, as: layout.blocks[0], in: &gradients)
    layout.store([Float](repeating: 1, count: outputs), as: layout.blocks[1], in: &gradients)
    let (y, dx) = evaluate(parameters, gradients: &gradients) { pass in
      let (y, dx) = run(
        matrix(x, rows: inputs, columns: batch, padding: -2, pass),
        matrix(g, rows: outputs, columns: batch, pass), pass)
      #expect(dx.paddingIsZero)
      return (y.entries, dx.entries)
    }
    #expect(forbiddenPlaces(layout).allSatisfy { gradients[$0] == 0 })

    var expectedY = [Double](repeating: 0, count: outputs * batch)
    var expectedDX = [Double](repeating: 0, count: inputs * batch)
    var expectedDW = mask.map { $0 ? 1.0 : 0 }
    var expectedDB = [Double](repeating: 1, count: outputs)
    for o in 0..<outputs {
      for c in 0..<batch {
        expectedY[o * batch + c] = bias[o]
        expectedDB[o] += g[o * batch + c]
        for i in 0..<inputs where mask[o * inputs + i] {
          expectedY[o * batch + c] += weight[o * inputs + i] * x[i * batch + c]
          expectedDX[i * batch + c] += weight[o * inputs + i] * g[o * batch + c]
          expectedDW[o * inputs + i] += x[i * batch + c] * g[o * batch + c]
        }
      }
    }
    let dW = layout.unpadded(layout.blocks[0], of: gradients).map(Double.init)
    let db = layout.unpadded(layout.blocks[1], of: gradients).map(Double.init)
    // Random sums of n products of normal numbers, rounded once in each step.
    func bound(_ terms: Int) -> Double { 4e-7 * Double(max(terms, 50)) }
    #expect(largestDifference(y, expectedY) < bound(inputs))
    #expect(largestDifference(dx, expectedDX) < bound(outputs))
    #expect(largestDifference(dW, expectedDW) < bound(batch))
    #expect(largestDifference(db, expectedDB) < bound(batch))
  }
}

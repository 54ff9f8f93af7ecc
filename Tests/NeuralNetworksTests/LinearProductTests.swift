import NeuralNetworks
import Probability
import Testing

/// The tiled products against three plain loops in double precision.
@Suite struct LinearProductTests {
  static let widths = [1, 7, 15, 16, 17, 33, 48, 50]

  @Test(arguments: widths, widths) func productsAreExact(inputs: Int, outputs: Int) {
    for batch in [1, 2, 5, 6, 7, 12, 13, 50] { check(batch, inputs, outputs) }
  }

  private func check(_ batch: Int, _ inputs: Int, _ outputs: Int) {
    var layout = ParameterLayout()
    let mask = (0..<inputs * outputs).map { $0 % 5 != 2 }
    let layer = Linear("a", inputs: inputs, outputs: outputs, mask: mask, layout: &layout)
    var stream = RandomStream(seed: 8, purpose: .initialization)
    var parameters = randomArena(layout, scale: 1, using: &stream)
    let weight = layout.unpadded(layout.blocks[0], of: parameters).map(Double.init)
    let bias = layout.unpadded(layout.blocks[1], of: parameters).map(Double.init)
    let x = normals(batch * inputs, using: &stream).map { Double(Float($0)) }
    let g = normals(batch * outputs, using: &stream).map { Double(Float($0)) }
    // Gradients are added to what is there.
    var gradients = [Float](repeating: 0, count: layout.storedCount)
    for block in layout.blocks {
      let ones = (0..<block.rows * block.columns).map { block.mask?[$0] == false ? Float(0) : 1 }
      layout.store(ones, as: block, in: &gradients)
    }

    let pass = Pass()
    let (y, dx) = parameters.withUnsafeMutableBufferPointer { parameters in
      gradients.withUnsafeMutableBufferPointer { gradients in
        pass.begin(parameters: parameters.baseAddress!, gradients: gradients.baseAddress!)
        let y = layer.forward(matrix(x, rows: batch, columns: inputs, pass), pass)
        let dx = layer.backward(matrix(g, rows: batch, columns: outputs, pass), pass)
        #expect(y.paddingIsZero && dx.paddingIsZero)
        return (y.entries, dx.entries)
      }
    }
    #expect(forbiddenPlaces(layout).allSatisfy { gradients[$0] == 0 })

    var expectedY = [Double](repeating: 0, count: batch * outputs)
    var expectedDX = [Double](repeating: 0, count: batch * inputs)
    var expectedDW = mask.map { $0 ? 1.0 : 0 }
    var expectedDB = [Double](repeating: 1, count: outputs)
    for row in 0..<batch {
      for j in 0..<outputs {
        var sum = bias[j]
        for i in 0..<inputs {
          sum += x[row * inputs + i] * weight[i * outputs + j]
          expectedDX[row * inputs + i] += g[row * outputs + j] * weight[i * outputs + j]
          if mask[i * outputs + j] {
            expectedDW[i * outputs + j] += x[row * inputs + i] * g[row * outputs + j]
          }
        }
        expectedY[row * outputs + j] = sum
        expectedDB[j] += g[row * outputs + j]
      }
    }
    let dW = layout.unpadded(layout.blocks[0], of: gradients).map(Double.init)
    let db = layout.unpadded(layout.blocks[1], of: gradients).map(Double.init)
    #expect(largestDifference(y, expectedY) < 2e-5)
    #expect(largestDifference(dx, expectedDX) < 2e-5)
    #expect(largestDifference(dW, expectedDW) < 2e-5)
    #expect(largestDifference(db, expectedDB) < 2e-5)
  }

  private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count)
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

import Foundation
import NeuralNetworks
import Testing

/// The vectorised exponential, seen through x sigmoid(x).
@Suite struct SiLUTests {
  @Test func valuesAndDerivativesMatchDoublePrecision() {
    let x =
      stride(from: -80.0, through: 80, by: 0.0173).map { Double(Float($0)) }
      + [0, 1e-30, -1e-30, 1e-7, 1_000, 1e30]
    var gradients = [Float](repeating: 0, count: 16)
    gradients.withUnsafeMutableBufferPointer { gradients in
      let pass = Pass()
      pass.begin(parameters: gradients.baseAddress!, gradients: gradients.baseAddress!)
      let layer = SiLU(x.count)
      let y = layer.forward(matrix(x, rows: 1, columns: x.count, pass), pass)
      let ones = [Double](repeating: 1, count: x.count)
      let slope = layer.backward(matrix(ones, rows: 1, columns: x.count, pass), pass)
      for (index, x) in x.enumerated() {
        let sigmoid = 1 / (1 + exp(-x))
        let expected = x * sigmoid
        #expect(abs(Double(y[0, index]) - expected) <= 1e-6 * abs(expected))
        let derivative = sigmoid * (1 + x * (1 - sigmoid))
        #expect(abs(Double(slope[0, index]) - derivative) <= 2e-6)
      }
    }
  }

  /// Far out the function is 0 and x; nothing overflows.
  @Test func extremesStayFinite() {
    var nothing = [Float](repeating: 0, count: 16)
    nothing.withUnsafeMutableBufferPointer { nothing in
      let pass = Pass()
      pass.begin(parameters: nothing.baseAddress!)
      let y = SiLU(4).forward(
        matrix([-100, -1e6, 1e6, 1e38], rows: 1, columns: 4, pass), pass)
      #expect(abs(y[0, 0]) < 1e-30 && abs(y[0, 1]) < 1e-30)
      #expect(y[0, 2] == 1e6 && y[0, 3] == 1e38)
    }
  }

  @Test func notANumberStaysVisible() {
    var nothing = [Float](repeating: 0, count: 16)
    nothing.withUnsafeMutableBufferPointer { nothing in
      let pass = Pass()
      pass.begin(parameters: nothing.baseAddress!)
      let y = SiLU(1).forward(matrix([.nan], rows: 1, columns: 1, pass), pass)
      #expect(y[0, 0].isNaN)
    }
  }
}

import Foundation
import NeuralNetworks
import Testing

/// Sixteen values at once against Foundation in double precision.
@Suite struct VectorMathTests {
  private typealias Function = @Sendable (SIMD16<Float>) -> SIMD16<Float>

  /// The largest error relative to |f| + `floor`, in units of a Float's rounding 2⁻²³.
  private func largestError(
    of function: Function, against exact: (Double) -> Double,
    _ range: ClosedRange<Float>, floor: Double = 0
  ) -> Double {
    let count = 40_000
    var largest = 0.0
    for start in stride(from: 0, to: count, by: 16) {
      let x = SIMD16<Float>(
        (0..<16).map { lane in
          range.lowerBound
            + (range.upperBound - range.lowerBound) * (Float(start + lane) / Float(count))
        })
      let y = function(x)
      for lane in 0..<16 {
        let expected = exact(Double(x[lane]))
        let scale = (abs(expected) + floor) * 0x1p-23
        // Not max(), which would drop NaN.
        let error = abs(Double(y[lane]) - expected) / scale
        if !(error <= largest) { largest = error }
      }
    }
    return largest
  }

  @Test func exponential() {
    #expect(largestError(of: VectorMath.exp, against: exp, -87...88) < 2)
    #expect(largestError(of: VectorMath.exp, against: exp, -1...1) < 2)
  }

  @Test(arguments: [
    1e-37...1e-30 as ClosedRange<Float>, 0.001...3, 0.99...1.01, 1...1e6, 1e30...3e38,
  ])
  func logarithm(range: ClosedRange<Float>) {
    #expect(largestError(of: VectorMath.log, against: log, range) < 2)
  }

  @Test func sigmoid() {
    #expect(largestError(of: VectorMath.sigmoid, against: { 1 / (1 + exp(-$0)) }, -80...80) < 4)
  }

  /// Near zero the error is absolute.
  @Test func hyperbolicTangent() {
    #expect(largestError(of: VectorMath.tanh, against: tanh, -20...20, floor: 1) < 2)
    #expect(largestError(of: VectorMath.tanh, against: tanh, -1e-3...1e-3, floor: 1) < 2)
  }

  @Test(arguments: [-80 ... -5 as ClosedRange<Float>, -5...5, 5...1e4])
  func softplus(range: ClosedRange<Float>) {
    #expect(
      largestError(of: VectorMath.softplus, against: { max($0, 0) + log1p(exp(-abs($0))) }, range)
        < 4)
  }

  private func values(_ function: Function, _ x: [Float]) -> [Float] {
    let vector = SIMD16<Float>(x + [Float](repeating: 0, count: 16 - x.count))
    let result = function(vector)
    return x.indices.map { result[$0] }
  }

  @Test func extremesStayFinite() {
    let x: [Float] = [-.infinity, -3e38, -1e4, 1e4, 3e38, .infinity]
    #expect(values(VectorMath.exp, x).allSatisfy { $0.isFinite && $0 > 0 })
    #expect(values(VectorMath.sigmoid, x).suffix(3) == [1, 1, 1])
    #expect(values(VectorMath.sigmoid, x).prefix(3).allSatisfy { $0 >= 0 && $0 < 1e-37 })
    #expect(values(VectorMath.tanh, x) == [-1, -1, -1, 1, 1, 1])
    #expect(values(VectorMath.softplus, x).suffix(3) == [1e4, 3e38, .infinity])
    #expect(values(VectorMath.softplus, x).prefix(3).allSatisfy { $0 >= 0 && $0 < 1e-37 })
  }

  @Test func notANumberStaysVisible() {
    let functions: [Function] = [
      VectorMath.exp, VectorMath.sigmoid, VectorMath.tanh, VectorMath.softplus,
    ]
    for function in functions {
      let result = values(function, [1, .nan])
      #expect(result[0].isFinite && result[1].isNaN)
    }
  }

  /// x sigmoid(x), max(x, 0) and tanh x with their derivatives.
  @Test(arguments: Activation.allCases) func activations(_ activation: Activation) {
    let x =
      stride(from: -80.0, through: 80, by: 0.0173).map { Double(Float($0)) }
      + [1e-30, -1e-30, 1e-7, -1000, 1_000, 1e30]
    func exact(_ x: Double) -> (value: Double, derivative: Double) {
      switch activation {
      case .relu: return (max(x, 0), x > 0 ? 1 : 0)
      case .silu:
        let s = 1 / (1 + exp(-x))
        return (x * s, s * (1 + x * (1 - s)))
      case .tanh: return (tanh(x), 1 - tanh(x) * tanh(x))
      }
    }
    var nothing: [Float] = []
    evaluate([], gradients: &nothing) { pass in
      let layer = ActivationLayer(activation, 1)
      let y = layer.forward(matrix(x, rows: 1, columns: x.count, pass), pass)
      let ones = [Double](repeating: 1, count: x.count)
      let slope = layer.backward(matrix(ones, rows: 1, columns: x.count, pass), pass)
      let applied = matrix(x, rows: 1, columns: x.count, pass)
      activation.apply(to: applied)
      #expect(applied.entries == y.entries)
      for (index, x) in x.enumerated() {
        let (value, derivative) = exact(x)
        #expect(abs(Double(y[0, index]) - value) <= 1e-6 * min(abs(value), 1 + abs(x)) + 3e-7)
        #expect(abs(Double(slope[0, index]) - derivative) <= 2e-6)
      }
    }
  }
}

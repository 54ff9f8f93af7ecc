import CVector

/// An elementwise function between linear layers.
public enum Activation: String, Codable, Sendable, CaseIterable {
  case relu
  /// x sigmoid(x) (Elfwing, Uchibe & Doya 2018, arXiv:1702.03118).
  case silu
  case tanh

  /// f(x) and f′(x), which have most of their work in common.
  @inline(__always)
  fileprivate func evaluate(
    _ x: SIMD16<Float>
  ) -> (value: SIMD16<Float>, derivative: SIMD16<Float>) {
    switch self {
    case .relu:
      return (f32x16_max(.zero, x), SIMD16<Float>.zero.replacing(with: 1, where: x .> 0))
    case .silu:
      let s = VectorMath.sigmoid(x)
      let value = x * s
      return (value, s + value * (1 - s))
    case .tanh:
      let t = VectorMath.tanh(x)
      return (t, 1 - t * t)
    }
  }
}

extension Activation {
  /// Replaces all values by the function's.
  public func apply(to matrix: Matrix) { write(of: matrix, values: matrix, derivatives: nil) }

  /// f and, where asked for, f′ of all entries.
  func write(of input: Matrix, values: Matrix, derivatives: Matrix?) {
    // A loop for each, so that none chooses in its midst.
    switch self {
    case .relu: write(input, values, derivatives) { Activation.relu.evaluate($0) }
    case .silu: write(input, values, derivatives) { Activation.silu.evaluate($0) }
    case .tanh: write(input, values, derivatives) { Activation.tanh.evaluate($0) }
    }
  }

  @inline(__always)
  private func write(
    _ input: Matrix, _ values: Matrix, _ derivatives: Matrix?,
    _ function: (SIMD16<Float>) -> (value: SIMD16<Float>, derivative: SIMD16<Float>)
  ) {
    precondition(input.storedCount == values.storedCount)
    if let derivatives {
      precondition(input.storedCount == derivatives.storedCount)
      for index in vectorOffsets(input.storedCount) {
        let result = function((input.elements + index).vector)
        (values.elements + index).storeVector(result.value)
        (derivatives.elements + index).storeVector(result.derivative)
      }
    } else {
      for index in vectorOffsets(input.storedCount) {
        (values.elements + index).storeVector(function((input.elements + index).vector).value)
      }
    }
  }
}

/// An activation as a layer.
public struct ActivationLayer: Layer {
  public let inputCount: Int
  public var outputCount: Int { inputCount }
  public let activation: Activation

  public init(_ activation: Activation, _ count: Int) {
    self.activation = activation
    inputCount = count
  }

  public func forward(_ input: Matrix, _ pass: Pass) -> Matrix {
    forward(input, into: pass.matrix(rows: input.rows, columns: input.columns), pass)
  }

  /// As `forward`, where nothing else needs the input, whose memory becomes the output's.
  public func forward(consuming input: Matrix, _ pass: Pass) -> Matrix {
    forward(input, into: input, pass)
  }

  private func forward(_ input: Matrix, into output: Matrix, _ pass: Pass) -> Matrix {
    var derivatives: Matrix?
    if pass.isRecording {
      let matrix = pass.matrix(rows: input.rows, columns: input.columns)
      pass.record(matrix)
      derivatives = matrix
    }
    activation.write(of: input, values: output, derivatives: derivatives)
    return output
  }

  public func backward(_ outputGradient: Matrix, _ pass: Pass) -> Matrix {
    let derivatives = pass.recall()
    let gradient = pass.matrix(rows: derivatives.rows, columns: derivatives.columns)
    for index in vectorOffsets(gradient.storedCount) {
      (gradient.elements + index).storeVector(
        (outputGradient.elements + index).vector * (derivatives.elements + index).vector)
    }
    return gradient
  }
}

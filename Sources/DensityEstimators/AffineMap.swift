import NeuralNetworks

/// u = (z − μ) e^−α, with |α| held below a bound so that no scale overflows or vanishes.
///
/// Parameters: μ, and a with α = b tanh(a / b).
///
/// Reference: Papamakarios, Pavlakou & Murray (2017), NeurIPS, arXiv:1705.07057, eqs. 2–5.
struct AffineMap: ElementwiseMap {
  /// b: scales lie between e⁻⁴ and e⁴.
  private static let scaleBound: Float = 4

  let parameterCount = 2

  func forward(_ z: Matrix, _ parameters: Matrix, to u: Matrix, logDerivative: Matrix) {
    for index in vectorOffsets(z.stride) {
      let alpha = Self.logScale((parameters.row(1) + index).vector)
      let difference = (z.elements + index).vector - (parameters.row(0) + index).vector
      (u.elements + index).storeVector(difference * VectorMath.exp(-alpha))
      let place = logDerivative.elements + index
      place.storeVector(place.vector - alpha)
    }
  }

  func backward(
    z: Matrix, parameters: Matrix, gradient: Matrix, logDerivativeGradient: Matrix,
    to inputGradient: Matrix, parameterGradient: Matrix
  ) {
    for index in vectorOffsets(z.stride) {
      let alpha = Self.logScale((parameters.row(1) + index).vector)
      let ratio = alpha / Self.scaleBound
      let difference = (z.elements + index).vector - (parameters.row(0) + index).vector
      let scaled = (gradient.elements + index).vector * VectorMath.exp(-alpha)
      (inputGradient.elements + index).storeVector(scaled)
      (parameterGradient.row(0) + index).storeVector(-scaled)
      let logScaleGradient =
        -(scaled * difference) - (logDerivativeGradient.elements + index).vector
      (parameterGradient.row(1) + index).storeVector(logScaleGradient * (1 - ratio * ratio))
    }
  }

  func inverse(_ u: Matrix, _ parameters: Matrix, to z: Matrix, logDerivative: Matrix) {
    for index in vectorOffsets(u.stride) {
      let alpha = Self.logScale((parameters.row(1) + index).vector)
      let mean = (parameters.row(0) + index).vector
      (z.elements + index).storeVector(
        mean.addingProduct((u.elements + index).vector, VectorMath.exp(alpha)))
      let place = logDerivative.elements + index
      place.storeVector(place.vector - alpha)
    }
  }

  @inline(__always)
  private static func logScale(_ raw: SIMD16<Float>) -> SIMD16<Float> {
    scaleBound * VectorMath.tanh(raw / scaleBound)
  }
}

import CVector
import NeuralNetworks

/// One bin of a rational-quadratic spline in each of 16 cases.
///
/// Reference: Durkan, Bekasov, Murray & Papamakarios (2019), NeurIPS, arXiv:1906.04032, eqs. 4–8.
struct SplineBin {
  /// Left and lower edge.
  var x: SIMD16<Float>
  var y: SIMD16<Float>
  var width: SIMD16<Float>
  var height: SIMD16<Float>
  /// Derivatives at the edges.
  var leftSlope: SIMD16<Float>
  var rightSlope: SIMD16<Float>

  /// The loss gradients of the bin's shape and of the argument.
  struct Gradient {
    var argument: SIMD16<Float>
    var x: SIMD16<Float>
    var y: SIMD16<Float>
    var width: SIMD16<Float>
    var height: SIMD16<Float>
    var leftSlope: SIMD16<Float>
    var rightSlope: SIMD16<Float>
  }

  /// ξ, held within the bin against rounding, and so that cases beyond all bins stay finite.
  @inline(__always)
  private func fraction(_ z: SIMD16<Float>) -> SIMD16<Float> {
    clamp((z - x) / width)
  }

  /// Within 0 and 1; what is not a number stays so.
  @inline(__always)
  private func clamp(_ fraction: SIMD16<Float>) -> SIMD16<Float> {
    fraction.replacing(with: 0, where: fraction .< 0).replacing(with: 1, where: fraction .> 1)
  }

  /// The value and the logarithm of the derivative (eqs. 4 and 5).
  @inline(__always)
  func evaluate(_ z: SIMD16<Float>) -> (value: SIMD16<Float>, logDerivative: SIMD16<Float>) {
    let t = fraction(z)
    let rest = 1 - t
    let product = t * rest
    let slope = height / width
    let denominator = slope.addingProduct(leftSlope + rightSlope - 2 * slope, product)
    let numerator = (slope * t * t).addingProduct(leftSlope, product)
    let shape = (rightSlope * t * t).addingProduct(2 * slope, product)
      .addingProduct(leftSlope * rest, rest)
    let ratio = slope / denominator
    return (
      y.addingProduct(height, numerator / denominator), VectorMath.log(shape * ratio * ratio)
    )
  }

  /// The argument of a value (eqs. 6–8), of the two forms of the root the one without cancellation.
  @inline(__always)
  func inverse(_ u: SIMD16<Float>) -> SIMD16<Float> {
    let t = clamp((u - y) / height)
    let slope = height / width
    let excess = t * (leftSlope + rightSlope - 2 * slope)
    let a = slope - leftSlope + excess
    let b = leftSlope - excess
    let product = slope * t
    let root = f32x16_sqrt(f32x16_max(.zero, (b * b).addingProduct(4 * a, product)))
    let isFalling = b .< 0
    let fraction =
      (2 * product).replacing(with: root - b, where: isFalling)
      / (b + root).replacing(with: 2 * a, where: isFalling)
    return x.addingProduct(clamp(fraction), width)
  }

  /// From the loss gradients of value and log-derivative at z to those of all they depend on.
  @inline(__always)
  func gradient(
    at z: SIMD16<Float>, value: SIMD16<Float>, logDerivative: SIMD16<Float>
  ) -> Gradient {
    let t = fraction(z)
    let rest = 1 - t
    let product = t * rest
    let perWidth = 1 / width
    let slope = height * perWidth
    let curvature = leftSlope + rightSlope - 2 * slope
    let perDenominator = 1 / slope.addingProduct(curvature, product)
    let ratio = (slope * t * t).addingProduct(leftSlope, product) * perDenominator
    let shape = (rightSlope * t * t).addingProduct(2 * slope, product)
      .addingProduct(leftSlope * rest, rest)
    // Of ratio's numerator and denominator, of shape, and of t (1 − t).
    let numerator = value * height * perDenominator
    let denominator = -(numerator * ratio).addingProduct(2 * logDerivative, perDenominator)
    let ofShape = logDerivative / shape
    let both = numerator + denominator
    let ofProduct = (numerator * leftSlope).addingProduct(denominator, curvature)
      .addingProduct(2 * slope, ofShape)
    let ofSlope = (2 * logDerivative / slope).addingProduct(numerator * t, t)
      .addingProduct(2 * product, ofShape)
      .addingProduct(denominator, 1 - 2 * product)
    let ofFraction = (2 * slope * t * numerator)
      .addingProduct(2 * ofShape, rightSlope * t - leftSlope * rest)
      .addingProduct(ofProduct, 1 - 2 * t)
    let argument = ofFraction * perWidth
    return Gradient(
      argument: argument, x: -argument, y: value,
      width: -(ofFraction * t).addingProduct(ofSlope, slope) * perWidth,
      height: (value * ratio).addingProduct(ofSlope, perWidth),
      leftSlope: (both * product).addingProduct(ofShape * rest, rest),
      rightSlope: (denominator * product).addingProduct(ofShape * t, t))
  }
}

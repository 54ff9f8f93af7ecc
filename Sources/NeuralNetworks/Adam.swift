import CVector

/// The Adam optimiser with gradient clipping and decoupled weight decay left out.
///
/// Reference: Kingma & Ba (2015), ICLR, arXiv:1412.6980, algorithm 1.
public struct Adam: Sendable {
  public static let beta1: Float = 0.9
  public static let beta2: Float = 0.999
  static let epsilon: Float = 1e-8

  /// First and second moments, in the parameters' layout.
  public var firstMoment: [Float]
  public var secondMoment: [Float]
  public var steps = 0

  public init(count: Int) {
    precondition(count % 16 == 0)
    firstMoment = [Float](repeating: 0, count: count)
    secondMoment = firstMoment
  }

  /// Moves `parameters` down `gradient`, whose norm is first cut to `maximumNorm`.
  ///
  /// Returns the gradient's norm before clipping. Nothing is changed when it is not finite.
  public mutating func step(
    _ parameters: inout [Float], gradient: [Float], learningRate: Float, maximumNorm: Float
  ) -> Float {
    precondition(parameters.count == firstMoment.count && gradient.count == firstMoment.count)
    let norm = gradient.withUnsafeBufferPointer { Self.norm($0) }
    guard norm.isFinite else { return norm }
    steps += 1
    let scale = norm > maximumNorm ? maximumNorm / norm : 1
    let correction1 = 1 - Self.power(Self.beta1, steps)
    let correction2 = 1 - Self.power(Self.beta2, steps)
    let rate = learningRate / correction1
    let rootCorrection = correction2.squareRoot()
    parameters.withUnsafeMutableBufferPointer { parameters in
      gradient.withUnsafeBufferPointer { gradient in
        firstMoment.withUnsafeMutableBufferPointer { first in
          secondMoment.withUnsafeMutableBufferPointer { second in
            for index in vectorOffsets(parameters.count) {
              let g = (gradient.baseAddress! + index).vector * scale
              let m = (first.baseAddress! + index).vector * Self.beta1 + g * (1 - Self.beta1)
              let v =
                (second.baseAddress! + index).vector * Self.beta2 + g * g * (1 - Self.beta2)
              (first.baseAddress! + index).storeVector(m)
              (second.baseAddress! + index).storeVector(v)
              let denominator = f32x16_sqrt(v) / rootCorrection + Self.epsilon
              let place = parameters.baseAddress! + index
              place.storeVector(place.vector - m / denominator * rate)
            }
          }
        }
      }
    }
    return norm
  }

  private static func norm(_ values: UnsafeBufferPointer<Float>) -> Float {
    var sum = SIMD16<Float>.zero
    for index in vectorOffsets(values.count) {
      let v = (values.baseAddress! + index).vector
      sum.addProduct(v, v)
    }
    return sum.sum().squareRoot()
  }

  private static func power(_ base: Float, _ exponent: Int) -> Float {
    var (result, factor, n) = (Float(1), base, exponent)
    while n > 0 {
      if n & 1 == 1 { result *= factor }
      factor *= factor
      n >>= 1
    }
    return result
  }
}

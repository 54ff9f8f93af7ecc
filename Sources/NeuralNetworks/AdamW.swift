import CVector
import NumericalMethods

/// The Adam optimiser with gradient clipping and decoupled weight decay; biases do not decay.
///
/// References: Kingma & Ba (2015), ICLR, arXiv:1412.6980, algorithm 1; Loshchilov & Hutter (2019), ICLR,
/// arXiv:1711.05101, algorithm 2, whose decay here follows the learning rate's schedule.
public struct AdamW: Sendable {
  public static let beta1: Float = 0.9
  public static let beta2: Float = 0.999
  static let epsilon: Float = 1e-8

  /// First and second moments, in the parameters' layout.
  public var firstMoment: [Float]
  public var secondMoment: [Float]
  public var steps = 0
  private let blocks: [Block]

  private struct Block: Sendable {
    let range: Range<Int>
    let decays: Bool
  }

  public init(_ layout: ParameterLayout) {
    firstMoment = [Float](repeating: 0, count: layout.storedCount)
    secondMoment = firstMoment
    blocks = layout.blocks.map {
      Block(range: $0.offset..<$0.offset + $0.storedCount, decays: !$0.isBias)
    }
  }

  /// Moves `parameters` down `gradient`, whose norm is first cut to `maximumNorm`, and towards zero by
  /// `learningRate · weightDecay` of themselves.
  ///
  /// Returns the gradient's norm before clipping. Nothing is changed when it is not finite. The result
  /// does not depend on `threads`.
  public mutating func step(
    _ parameters: inout [Float], gradient: [Float], learningRate: Float, maximumNorm: Float,
    weightDecay: Float = 0, threads: Int = 1
  ) -> Float {
    precondition(parameters.count == firstMoment.count && gradient.count == firstMoment.count)
    let parts = arenaParts(gradient.count)
    let norm = parallelMap(parts.count, threads: threads) { Self.squares(gradient[parts[$0]]) }
      .reduce(0, +).squareRoot()
    guard norm.isFinite else { return norm }
    steps += 1
    let scale = norm > maximumNorm ? maximumNorm / norm : 1
    let rate = learningRate / (1 - Self.power(Self.beta1, steps))
    let rootCorrection = 1 / (1 - Self.power(Self.beta2, steps)).squareRoot()
    let blocks = blocks
    parameters.withUnsafeMutableBufferPointer { parameters in
      gradient.withUnsafeBufferPointer { gradient in
        firstMoment.withUnsafeMutableBufferPointer { first in
          secondMoment.withUnsafeMutableBufferPointer { second in
            // Parts do not overlap.
            nonisolated(unsafe) let (parameters, gradient, first, second) = (
              parameters.baseAddress!, gradient.baseAddress!, first.baseAddress!,
              second.baseAddress!
            )
            parallelFor(parts.count, threads: threads) { part in
              for block in blocks {
                let kept = block.decays ? 1 - learningRate * weightDecay : 1
                let range = block.range.clamped(to: parts[part])
                for index in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
                  let g = (gradient + index).vector * scale
                  let m = (first + index).vector * Self.beta1 + g * (1 - Self.beta1)
                  let v = (second + index).vector * Self.beta2 + g * g * (1 - Self.beta2)
                  (first + index).storeVector(m)
                  (second + index).storeVector(v)
                  let denominator = f32x16_sqrt(v) * rootCorrection + Self.epsilon
                  let place = parameters + index
                  place.storeVector(place.vector * kept - m * rate / denominator)
                }
              }
            }
          }
        }
      }
    }
    return norm
  }

  private static func squares(_ values: ArraySlice<Float>) -> Float {
    values.withUnsafeBufferPointer { values in
      var sum = SIMD16<Float>.zero
      for index in vectorOffsets(values.count) {
        let v = (values.baseAddress! + index).vector
        sum.addProduct(v, v)
      }
      return sum.total
    }
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

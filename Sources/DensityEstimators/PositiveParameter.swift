import Foundation
import NeuralNetworks

/// A positive number from an unbounded one: ε + ln(1 + e^(x + c)), which is 1 at x = 0.
///
/// Reference: Durkan, Bekasov, Murray & Papamakarios (2019), NeurIPS, arXiv:1906.04032, appendix.
enum PositiveParameter {
  /// ε: the smallest value.
  private static let minimum: Float = 1e-3
  /// c = ln(e^(1 − ε) − 1)
  private static let offset = Float(log(exp(1 - Double(minimum)) - 1))

  @inline(__always)
  static func value(_ x: SIMD16<Float>) -> SIMD16<Float> {
    minimum + VectorMath.softplus(x + offset)
  }

  @inline(__always)
  static func derivative(_ x: SIMD16<Float>) -> SIMD16<Float> { VectorMath.sigmoid(x + offset) }
}

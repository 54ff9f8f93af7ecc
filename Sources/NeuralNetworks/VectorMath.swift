import CVector

/// Sixteen Float functions at once; accurate to about 2 units in the last place.
enum VectorMath {
  /// eˣ, with x clamped to the range where the result is a normal number.
  ///
  /// Range reduction x = n ln 2 + r, |r| ≤ ½ ln 2, and a degree-6 polynomial of eʳ.
  @inline(__always)
  static func exp(_ x: SIMD16<Float>) -> SIMD16<Float> {
    let clamped = f32x16_min(
      f32x16_max(x, SIMD16(repeating: -87)), SIMD16(repeating: 88))
    let n = f32x16_round(clamped * 1.442_695_04)
    let r = (clamped - n * 0.693_359_375) + n * 2.121_944_4e-4
    var p = SIMD16<Float>(repeating: 1.987_569_15e-4)
    p = SIMD16(repeating: 1.398_199_95e-3).addingProduct(p, r)
    p = SIMD16(repeating: 8.333_451_9e-3).addingProduct(p, r)
    p = SIMD16(repeating: 4.166_579_6e-2).addingProduct(p, r)
    p = SIMD16(repeating: 1.666_666_55e-1).addingProduct(p, r)
    p = SIMD16(repeating: 0.5).addingProduct(p, r)
    p = (r + 1).addingProduct(p, r * r)
    return p * f32x16_exp2i(n)
  }

  /// 1 / (1 + e⁻ˣ)
  @inline(__always)
  static func sigmoid(_ x: SIMD16<Float>) -> SIMD16<Float> { 1 / (1 + exp(-x)) }

  /// tanh x
  @inline(__always)
  static func tanh(_ x: SIMD16<Float>) -> SIMD16<Float> { 2 * sigmoid(2 * x) - 1 }
}

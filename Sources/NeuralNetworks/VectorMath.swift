import CVector

/// Sixteen Float functions at once; accurate to about 2 units in the last place.
public enum VectorMath {
  /// eˣ, with x clamped to the range where the result is a normal number.
  ///
  /// Range reduction x = n ln 2 + r, |r| ≤ ½ ln 2, and eʳ = 1 + r + r² p(r), p of degree 4 with the
  /// smallest relative error, 3·10⁻⁹.
  @inline(__always)
  public static func exp(_ x: SIMD16<Float>) -> SIMD16<Float> {
    // In this order NaN stays NaN.
    let clamped = f32x16_min(
      SIMD16(repeating: 88), f32x16_max(SIMD16(repeating: -87), x))
    // So large that it has no digits after the point; the sum is rounded to n.
    let shift = SIMD16<Float>(repeating: 0x1.8p23 + 127)
    let sum = shift.addingProduct(clamped, SIMD16(repeating: 1.442_695_04))
    let n = sum - shift
    let r = clamped.addingProduct(n, SIMD16(repeating: -0.693_359_375))
      .addingProduct(n, SIMD16(repeating: 2.121_944_4e-4))
    var p = SIMD16<Float>(repeating: 1.381_446_7e-3)
    p = SIMD16(repeating: 8.368_777e-3).addingProduct(p, r)
    p = SIMD16(repeating: 4.166_839_3e-2).addingProduct(p, r)
    p = SIMD16(repeating: 1.666_652e-1).addingProduct(p, r)
    p = SIMD16(repeating: 0.499_999_94).addingProduct(p, r)
    p = SIMD16(repeating: 1).addingProduct(p, r)
    p = SIMD16(repeating: 1).addingProduct(p, r)
    return p * f32x16_exp2_of_sum(sum)
  }

  /// ln x of positive normal numbers.
  ///
  /// x = 2ⁿ m with m near 1, and ln m = 2 artanh t, t = (m − 1) / (m + 1), by its series to t⁹.
  @inline(__always)
  public static func log(_ x: SIMD16<Float>) -> SIMD16<Float> {
    // x − x: the bits of what is not a number would otherwise pass for one.
    let n = f32x16_exponent(x) + (x - x)
    let m = f32x16_mantissa(x)
    let t = (m - 1) / (m + 1)
    let square = t * t
    var p = SIMD16<Float>(repeating: 1.0 / 9)
    p = SIMD16(repeating: 1.0 / 7).addingProduct(p, square)
    p = SIMD16(repeating: 1.0 / 5).addingProduct(p, square)
    p = SIMD16(repeating: 1.0 / 3).addingProduct(p, square)
    let twice = t + t
    let mantissa = twice.addingProduct(twice * square, p)
    return (mantissa - n * 2.121_944_4e-4).addingProduct(n, SIMD16(repeating: 0.693_359_375))
  }

  /// 1 / (1 + e⁻ˣ)
  @inline(__always)
  public static func sigmoid(_ x: SIMD16<Float>) -> SIMD16<Float> { 1 / (1 + exp(-x)) }

  /// tanh x
  @inline(__always)
  public static func tanh(_ x: SIMD16<Float>) -> SIMD16<Float> { 2 * sigmoid(2 * x) - 1 }

  /// ln(1 + eˣ) = max(x, 0) + ln(1 + e), e = e^−|x|.
  ///
  /// ln(1 + e) = 2 artanh t, t = e / (2 + e) ≤ 1/3, by its series to t¹⁵.
  @inline(__always)
  public static func softplus(_ x: SIMD16<Float>) -> SIMD16<Float> {
    let e = exp(-f32x16_abs(x))
    let t = e / (2 + e)
    let square = t * t
    var p = SIMD16<Float>(repeating: 1.0 / 15)
    p = SIMD16(repeating: 1.0 / 13).addingProduct(p, square)
    p = SIMD16(repeating: 1.0 / 11).addingProduct(p, square)
    p = SIMD16(repeating: 1.0 / 9).addingProduct(p, square)
    p = SIMD16(repeating: 1.0 / 7).addingProduct(p, square)
    p = SIMD16(repeating: 1.0 / 5).addingProduct(p, square)
    p = SIMD16(repeating: 1.0 / 3).addingProduct(p, square)
    let twice = t + t
    return f32x16_max(.zero, x) + twice.addingProduct(twice * square, p)
  }
}

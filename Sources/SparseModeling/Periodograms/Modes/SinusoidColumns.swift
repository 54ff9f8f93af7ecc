import NumericalMethods

/// Whitened cosines and sines at times.
enum SinusoidColumns {
  /// cos(2πft)/σ and sin(2πft)/σ, `[points]` each; to 1e-15 besides the rounding of f t, which is that of
  /// a product with its remainder.
  ///
  /// The quarter turns are counted apart; what is left, at most an eighth of a turn, goes into Taylor's
  /// series to the 17th power.
  static func fill(
    cosine: UnsafeMutablePointer<Double>, sine: UnsafeMutablePointer<Double>,
    times: [Double], whitening: [Double], frequency: Double
  ) {
    let count = times.count
    times.withUnsafeBufferPointer { times in
      whitening.withUnsafeBufferPointer { whitening in
        var k = 0
        while k < count {
          if k + 8 <= count {
            let (c, s) = turns(
              UnsafeRawPointer(times.baseAddress! + k).loadUnaligned(as: SIMD8<Double>.self),
              frequency)
            let w = UnsafeRawPointer(whitening.baseAddress! + k)
              .loadUnaligned(as: SIMD8<Double>.self)
            UnsafeMutableRawPointer(cosine + k).storeBytes(of: c * w, as: SIMD8<Double>.self)
            UnsafeMutableRawPointer(sine + k).storeBytes(of: s * w, as: SIMD8<Double>.self)
            k += 8
          } else {
            var t = SIMD8<Double>.zero
            for j in k..<count { t[j - k] = times[j] }
            let (c, s) = turns(t, frequency)
            for j in k..<count {
              cosine[j] = c[j - k] * whitening[j]
              sine[j] = s[j - k] * whitening[j]
            }
            k = count
          }
        }
      }
    }
  }

  @inline(__always)
  private static func turns(
    _ times: SIMD8<Double>, _ frequency: Double
  ) -> (cosine: SIMD8<Double>, sine: SIMD8<Double>) {
    let f = SIMD8<Double>(repeating: 4 * frequency)
    let product = f * times
    let remainder = (-product).addingProduct(f, times)
    // Adding 1.5 × 2⁵² rounds to whole numbers, whose last bits are then those of the sum.
    let magic = SIMD8<Double>(repeating: 0x1.8p52)
    let shifted = product + magic
    let x = (product - (shifted - magic) + remainder) * (Double.pi / 2)
    let bits = unsafeBitCast(shifted, to: SIMD8<Int64>.self)
    let x2 = x * x
    var s = SIMD8<Double>(repeating: 1.0 / 355_687_428_096_000)
    s = SIMD8(repeating: -1.0 / 1_307_674_368_000).addingProduct(s, x2)
    s = SIMD8(repeating: 1.0 / 6_227_020_800).addingProduct(s, x2)
    s = SIMD8(repeating: -1.0 / 39_916_800).addingProduct(s, x2)
    s = SIMD8(repeating: 1.0 / 362_880).addingProduct(s, x2)
    s = SIMD8(repeating: -1.0 / 5040).addingProduct(s, x2)
    s = SIMD8(repeating: 1.0 / 120).addingProduct(s, x2)
    s = SIMD8(repeating: -1.0 / 6).addingProduct(s, x2)
    s = x.addingProduct(s * x2, x)
    var c = SIMD8<Double>(repeating: 1.0 / 20_922_789_888_000)
    c = SIMD8(repeating: -1.0 / 87_178_291_200).addingProduct(c, x2)
    c = SIMD8(repeating: 1.0 / 479_001_600).addingProduct(c, x2)
    c = SIMD8(repeating: -1.0 / 3_628_800).addingProduct(c, x2)
    c = SIMD8(repeating: 1.0 / 40_320).addingProduct(c, x2)
    c = SIMD8(repeating: -1.0 / 720).addingProduct(c, x2)
    c = SIMD8(repeating: 1.0 / 24).addingProduct(c, x2)
    c = SIMD8(repeating: -0.5).addingProduct(c, x2)
    c = SIMD8(repeating: 1).addingProduct(c, x2)
    let isOdd = (bits & 1) .!= 0
    let sineIsNegative = (bits & 2) .!= 0
    let cosineIsNegative = ((bits &+ 1) & 2) .!= 0
    var cosine = c.replacing(with: s, where: isOdd)
    var sine = s.replacing(with: c, where: isOdd)
    cosine = cosine.replacing(with: -cosine, where: cosineIsNegative)
    sine = sine.replacing(with: -sine, where: sineIsNegative)
    return (cosine, sine)
  }
}

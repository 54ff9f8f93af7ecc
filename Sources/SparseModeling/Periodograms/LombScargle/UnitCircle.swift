/// Cosines and sines of many angles, given in turns.
enum UnitCircle {
  typealias Lanes = SIMD8<Double>

  /// x − the nearest integer, in [−½, ½], for |x| below 2⁵¹.
  @inline(__always) static func fraction(_ x: Lanes) -> Lanes { x - rounded(x) }

  /// Adding and taking away 1.5·2⁵² leaves no room for a fraction.
  @inline(__always) static func rounded(_ x: Lanes) -> Lanes {
    let shift = Lanes(repeating: 0x1.8p52)
    return (x + shift) - shift
  }

  /// The fraction of f (high + low), which is far larger than its rounding may be: the product's rounding
  /// error is what a fused product leaves.
  @inline(__always)
  static func turns(_ frequency: Double, _ high: Lanes, _ low: Lanes) -> Lanes {
    let f = Lanes(repeating: frequency)
    let product = f * high
    let error = (-product).addingProduct(f, high)
    return fraction(fraction(product) + error.addingProduct(f, low))
  }

  /// Of an angle in [−½, ½] turns: series for the eighth of a turn about the nearest quarter.
  @inline(__always) static func cosineAndSine(_ turns: Lanes) -> (cosine: Lanes, sine: Lanes) {
    let quarter = rounded(turns * 4)
    let x = (turns - quarter * 0.25) * (2 * Double.pi)
    let square = x * x
    var sine = Lanes(repeating: sines[0])
    for k in 1..<sines.count { sine = Lanes(repeating: sines[k]).addingProduct(sine, square) }
    sine = x.addingProduct(x * square, sine)
    var cosine = Lanes(repeating: cosines[0])
    for k in 1..<cosines.count {
      cosine = Lanes(repeating: cosines[k]).addingProduct(cosine, square)
    }
    cosine = Lanes(repeating: 1).addingProduct(cosine, square)
    // The quarter's own cosine and sine: 1, 0, −1 for 0, ±1, ±2 of them.
    let distance = quarter.replacing(with: -quarter, where: quarter .< 0)
    let (c, s) = (1 - distance, quarter * (2 - distance))
    return (c * cosine - s * sine, s * cosine + c * sine)
  }

  /// (−1)ᵏ/(2k + 1)! for k from 7 down to 1.
  private static let sines: InlineArray<7, Double> = [
    -1 / 1_307_674_368_000, 1 / 6_227_020_800, -1 / 39_916_800, 1 / 362_880, -1 / 5_040, 1 / 120,
    -1 / 6,
  ]
  /// (−1)ᵏ/(2k)! for k from 8 down to 1.
  private static let cosines: InlineArray<8, Double> = [
    1 / 20_922_789_888_000, -1 / 87_178_291_200, 1 / 479_001_600, -1 / 3_628_800, 1 / 40_320,
    -1 / 720, 1 / 24, -1 / 2,
  ]
}

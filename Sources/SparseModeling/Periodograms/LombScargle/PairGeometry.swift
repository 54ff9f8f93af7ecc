/// Sums over a vector of eight frequencies from which cosine and sine are made orthonormal to each other and
/// to what else is fitted: their products after the others are projected out.
struct PairGeometry {
  typealias Lanes = SIMD8<Double>

  var cc: Lanes
  var ss: Lanes
  var cs: Lanes

  /// The determinant's share of the square of the sum of weights below which sums over all points take
  /// over: errors of the transforms are divided by it.
  static let leastShare = 1e-2

  /// - Parameter window: Σ w exp(2πi 2f t).
  @inline(__always)
  init(total: Double, windowReal: Lanes, windowImaginary: Lanes) {
    cc = (Lanes(repeating: total) + windowReal) * 0.5
    ss = (Lanes(repeating: total) - windowReal) * 0.5
    cs = windowImaginary * 0.5
  }

  /// Takes the part of another column away, whose sums with cosine and sine are given.
  @inline(__always) mutating func project(_ cosine: Lanes, _ sine: Lanes) {
    cc = cc.addingProduct(-cosine, cosine)
    ss = ss.addingProduct(-sine, sine)
    cs = cs.addingProduct(-cosine, sine)
  }

  @inline(__always) var determinant: Lanes { cc * ss - cs * cs }

  /// The squared norm of the projection whose sums with cosine and sine are given.
  @inline(__always) func drop(_ cosine: Lanes, _ sine: Lanes) -> Lanes {
    let cross = cs * cosine * sine
    return (ss * cosine * cosine + cc * sine * sine - (cross + cross)) / determinant
  }
}

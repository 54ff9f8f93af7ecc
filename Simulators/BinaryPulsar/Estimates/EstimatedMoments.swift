import CVector

/// Complex numbers, sixteen at once.
struct ComplexFloatLanes {
  var re = FloatLanes.zero
  var im = FloatLanes.zero

  @inline(__always)
  mutating func add(_ re: FloatLanes, _ im: FloatLanes, _ weight: Float) {
    self.re.addProduct(re, weight)
    self.im.addProduct(im, weight)
  }

  /// The real part of this times the conjugate of another.
  func dot(_ other: Self) -> FloatLanes { re * other.re + im * other.im }
  /// The imaginary part of another times the conjugate of this.
  func cross(_ other: Self) -> FloatLanes { re * other.im - im * other.re }
}

/// z = ∫ exp i(ψ − p) for sixteen polynomials p, and its moments (see `PhasePieces.moments`).
struct EstimatedMoments {
  var value = ComplexFloatLanes()
  var (p1, p2, p3) = (ComplexFloatLanes(), ComplexFloatLanes(), ComplexFloatLanes())
  var (p11, p12, p22) = (ComplexFloatLanes(), ComplexFloatLanes(), ComplexFloatLanes())
  var (p13, p23, p33) = (ComplexFloatLanes(), ComplexFloatLanes(), ComplexFloatLanes())

  /// γ².
  var power: FloatLanes { value.dot(value) }

  /// One of Newton's steps to a maximum of ln γ, in coefficients of Legendre polynomials, radians, at most 1 long.
  ///
  /// With z_k the moments, the gradient is Im(z̄ z_k) / |z|² and the second derivatives
  /// [Re(z̄_j z_k) − Re(z̄ z_jk)] / |z|² − 2 times the product of gradients. They are made definite through their
  /// Cholesky decomposition, in which pivots count by their size and at least 0.1 (Gill & Murray 1974).
  ///
  /// - Parameter degree: 2 or 3.
  func step(degree: Int) -> (FloatLanes, FloatLanes, FloatLanes) {
    let inverse = 1 / f32x16_max(power, FloatLanes(repeating: 1e-8))
    func gradient(_ p: ComplexFloatLanes) -> FloatLanes { value.cross(p) * inverse }
    let (g1, g2, g3) = (gradient(p1), gradient(p2), degree > 2 ? gradient(p3) : .zero)
    func curvature(
      _ one: ComplexFloatLanes, _ other: ComplexFloatLanes, _ both: ComplexFloatLanes,
      _ gradients: FloatLanes
    ) -> FloatLanes { (value.dot(both) - one.dot(other)) * inverse + 2 * gradients }
    func pivot(_ x: FloatLanes) -> FloatLanes {
      f32x16_max(f32x16_abs(x), FloatLanes(repeating: 0.1))
    }
    let d1 = pivot(curvature(p1, p1, p11, g1 * g1))
    let l21 = curvature(p1, p2, p12, g1 * g2) / d1
    let d2 = pivot(curvature(p2, p2, p22, g2 * g2) - l21 * l21 * d1)
    let l31 = curvature(p1, p3, p13, g1 * g3) / d1
    let l32 = (curvature(p2, p3, p23, g2 * g3) - l31 * l21 * d1) / d2
    let d3 = pivot(curvature(p3, p3, p33, g3 * g3) - l31 * l31 * d1 - l32 * l32 * d2)
    // L y = g, then Lᵀ x = y / d; what is not searched is left where it is.
    let y2 = g2 - l21 * g1
    let x3 = degree > 2 ? (g3 - l31 * g1 - l32 * y2) / d3 : .zero
    let x2 = y2 / d2 - l32 * x3
    let x1 = g1 / d1 - l21 * x2 - l31 * x3
    let length = f32x16_sqrt(x1 * x1 + x2 * x2 + x3 * x3)
    let shorter = 1 / f32x16_max(length, FloatLanes(repeating: 1))
    return (x1 * shorter, x2 * shorter, x3 * shorter)
  }
}

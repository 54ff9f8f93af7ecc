import CVector

extension LensEquation {
  /// The quadrupole term ∇²A/8 of a uniform disc, to be multiplied with ρ², per lane.
  ///
  /// Each image is z = Σ a_jk w^j w̄^k for a source displacement w; the area of the disc's image is
  /// π Σ n Re(a a*) ρ^… over coefficients of equal n = j − k. Terms through third order in w give
  /// the quadrupole. `remainder`, to be multiplied with ρ⁴, estimates the next term as Σ (|quadrupole|ᵢ)²/Aᵢ,
  /// each image's quadrupole without the cancellation among its parts: outside a cusp A is narrow across
  /// the axis, and the signed sum can be small by chance.
  func quadrupole(
    _ block: inout ImageBlock, _ lens: LensVector
  ) -> (value: Lanes, remainder: Lanes) {
    var quadrupole = Lanes(repeating: 0)
    var remainder = Lanes(repeating: 0)
    let zero = Lanes(repeating: 0)
    for k in 0..<5 {
      let determinant = block.determinant[k]
      let term = areaCorrection(
        block.position[k], shear: block.shear[k], inverse: 1 / determinant)
      let signed = term.value.replacing(with: -term.value, where: determinant .< 0)
      let isNone = block.weight(k) .== 0
      quadrupole += signed.replacing(with: zero, where: isNone)
      // At an image beside a mass the lens changes over the distance from it, in the source plane as
      // much more as the image is smaller.
      let scale = determinant.magnitude * lens.lensDistance(block.position[k])
      let next = determinant.magnitude * term.squared + 0.3 * f64x8_sqrt(term.squared) / scale
      remainder += next.replacing(with: zero, where: isNone)
    }
    return (quadrupole, remainder)
  }

  /// The coefficient of πρ⁴ in the signed area of one image of the disc, and the sum of its parts'
  /// squares.
  @inline(__always)
  private func areaCorrection(
    _ z: ComplexVector, shear: ComplexVector, inverse: Lanes
  ) -> (value: Lanes, squared: Lanes) {
    let a = (z + s).reciprocal
    let b = z.reciprocal
    let a2 = a * a
    let b2 = b * b
    // Conjugates of g′, g″/2, g‴/2.
    let g1 = shear.conjugate
    let g2 = (-(m1 * (a2 * a)) - m2 * (b2 * b)).conjugate
    let g3 = (3.0 * (m1 * (a2 * a2) + m2 * (b2 * b2))).conjugate
    // First order: δ = c w + e w̄ with c real; its conjugate is f w + c w̄.
    let c = inverse
    let e = -(inverse * g1)
    let f = e.conjugate
    // Second order.
    let r20 = -(g2 * (f * f))
    let r11 = -2.0 * (g2 * (c * f))
    let r02 = -((c * c) * g2)
    let a20 = c * (r20 - g1 * r02.conjugate)
    let a02 = c * (r02 - g1 * r20.conjugate)
    let a11 = c * (r11 - g1 * r11.conjugate)
    // Third order, the two coefficients that enter the area.
    let r21 =
      -2.0 * (g2 * (f * a11.conjugate + c * a02.conjugate)) - g3 * (c * (f * f))
    let r12 =
      -2.0 * (g2 * (f * a20.conjugate + c * a11.conjugate)) - g3 * ((c * c) * f)
    let a21 = c * (r21 - g1 * r12.conjugate)
    let a12 = c * (r12 - g1 * r21.conjugate)
    let cross = e.re * a12.re + e.im * a12.im
    let (n20, n02) = (a20.normSquared, a02.normSquared)
    let value = 2 * (c * a21.re - cross + n20 - n02)
    let parts = c * c * a21.normSquared + e.normSquared * a12.normSquared + n20 * n20 + n02 * n02
    return (value, 4 * parts)
  }
}

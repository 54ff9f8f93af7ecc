extension ImageSolver.Block {
  /// The images of one source, the same in every lane.
  init(_ images: PointImages) {
    let zero = ComplexVector(repeating: Complex(0))
    position = InlineArray(repeating: ComplexVector(repeating: Complex(1)))
    shear = InlineArray(repeating: zero)
    determinant = InlineArray(repeating: Lanes(repeating: 1))
    weight = InlineArray(repeating: Lanes(repeating: 0))
    reliable = .init(repeating: true)
    for k in 0..<images.count {
      let image = images.images[k]
      position[k] = ComplexVector(repeating: image.position)
      shear[k] = ComplexVector(repeating: image.shear)
      determinant[k] = Lanes(repeating: image.determinant)
      weight[k] = Lanes(repeating: 1)
    }
  }

  /// Marks lanes with an image magnified so strongly that double precision costs digits.
  ///
  /// An error δ of the lens equation moves an image by δ/det J and its det J by 2|g′g″| δ/det J.
  mutating func doubtStrongMagnification(_ lens: LensEquation) {
    for k in 0..<5 {
      let a = (position[k] + lens.s).reciprocal
      let b = position[k].reciprocal
      let curvature = lens.m1 * (a * a * a) + lens.m2 * (b * b * b)
      // det J⁴ against (2 |g′ g″|)², g″ = −2 (curvature).
      let bound = 16e-12 * shear[k].normSquared * curvature.normSquared
      let squared = determinant[k] * determinant[k]
      reliable .&= (squared * squared .> bound) .| (weight[k] .== 0)
    }
  }
}

extension LensEquation {
  /// Point-source magnification and the quadrupole term ρ²/8 ∇²A of a uniform disc, per lane.
  ///
  /// Each image is z = Σ a_jk w^j w̄^k for a source displacement w; the area of the disc's image is
  /// π Σ n Re(a a*) ρ^… over coefficients of equal n = j − k. Terms through third order in w give
  /// the quadrupole. `remainder` estimates the next term as Σ (ρ² |quadrupole|ᵢ)²/Aᵢ, each image's
  /// quadrupole without the cancellation among its parts: outside a cusp A is narrow across the axis,
  /// and the signed sum can be small by chance.
  func expansion(
    _ block: borrowing ImageSolver.Block, rho: Double
  ) -> (point: Lanes, quadrupole: Lanes, remainder: Lanes) {
    var point = Lanes(repeating: 0)
    var quadrupole = Lanes(repeating: 0)
    var remainder = Lanes(repeating: 0)
    let zero = Lanes(repeating: 0)
    for k in 0..<5 {
      let weight = block.weight[k]
      let determinant = block.determinant[k]
      let size = determinant.replacing(with: -determinant, where: determinant .< 0)
      let inverse = 1 / size
      point += (weight * inverse).replacing(with: zero, where: weight .== 0)
      if rho == 0 { continue }
      let term = areaCorrection(
        block.position[k], shear: block.shear[k], inverse: 1 / determinant)
      let signed = term.value.replacing(with: -term.value, where: determinant .< 0)
      quadrupole += signed.replacing(with: zero, where: weight .== 0)
      remainder += (size * term.squared).replacing(with: zero, where: weight .== 0)
    }
    return (point, rho * rho * quadrupole, rho * rho * rho * rho * remainder)
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

/// What is integrated around the limb of a disc: Σ p (z − c) × dz/dθ over the images z of the limb.
///
/// A πρ² = ½ ∮ of this, p the parity: the images are neither ordered nor joined, because pairs born or
/// lost at a caustic have opposite parities.
///
/// Reference: Gould & Gaucherel 1997, ApJ 477, 580; Dominik 1998, A&A 333, L79.
struct LimbIntegrand {
  let lens: LensEquation
  let center: Complex
  let radius: Double
  /// The reference point c, near the bulk of the images to limit cancellation.
  private var origin: Complex?

  init(lens: LensEquation, center: Complex, radius: Double) {
    self.lens = lens
    self.center = center
    self.radius = radius
  }

  /// The integrand over ρ at eight places on the limb.
  struct Values {
    var value = Lanes(repeating: 0)
    /// What rounding may contribute to the value.
    var noise = Lanes(repeating: 0)
    /// Number of images.
    var count = Lanes(repeating: 0)
  }

  /// - Parameter direction: unit vectors from the centre of the disc.
  mutating func values(
    _ direction: ComplexVector, _ solver: inout ImageSolver, tolerance: Double
  ) -> Values {
    let offset = radius * direction
    let source = ComplexVector(center.re + offset.re, center.im + offset.im)
    let tangent = ComplexVector(-direction.im, direction.re)
    solver.solve(source)
    if !solver.block.reliable.isFull { solver.resolve(lens, source) }
    if origin == nil { origin = solver.block.bulk() }
    let values = solver.block.limbSum(solver.lens, source, tangent, around: origin!, isSharp: false)
    if (values.noise .<= 0.1 * tolerance * values.value.magnitude).isFull { return values }
    solver.block.sharpen(
      lens,
      (
        DoubleDouble(center.re) + DoubleDouble(offset.re),
        DoubleDouble(center.im) + DoubleDouble(offset.im)
      ))
    return solver.block.limbSum(solver.lens, source, tangent, around: origin!, isSharp: true)
  }
}

extension ImageBlock {
  /// The mean position of the images, weighted by their magnification.
  fileprivate mutating func bulk() -> Complex {
    var (sum, total) = (Complex(0), 0.0)
    for k in 0..<5 {
      for lane in 0..<8 {
        guard reliable[lane], weight(k)[lane] > 0 else { continue }
        let weight = min(1 / abs(determinant[k][lane]), 1e6)
        sum += weight * position[k][lane]
        total += weight
      }
    }
    return total > 0 && sum.isFinite ? (1 / total) * sum : Complex(0)
  }

  /// The integrand over ρ at `source`, for a limb that runs along `tangent`.
  fileprivate mutating func limbSum(
    _ lens: LensVector, _ source: ComplexVector, _ tangent: ComplexVector,
    around origin: Complex, isSharp: Bool
  ) -> LimbIntegrand.Values {
    var result = LimbIntegrand.Values()
    for k in 0..<5 {
      let armX = position[k].re - origin.re
      let armY = position[k].im - origin.im
      let along = tangent - (shear[k] * tangent).conjugate
      let area = (armX * along.im).addingProduct(-armY, along.re)
      let inverse = 1 / determinant[k].magnitude
      // p × dz/dθ: the parity makes the determinant positive.
      let term = area * inverse
      let noise = term.magnitude * (1 + rounding(k, inverse, lens, source, isSharp: isSharp))
      guard k >= 3 else {
        result.value += term
        result.noise += noise
        continue
      }
      let isImage = pairWeight .> 0
      result.value += Lanes(repeating: 0).replacing(with: term, where: isImage)
      result.noise += Lanes(repeating: 0).replacing(with: noise, where: isImage)
    }
    result.noise *= Self.unit
    result.count = count
    return result
  }
}

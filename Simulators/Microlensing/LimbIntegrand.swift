/// What is integrated around the limb of a disc: Σ p e × dz/dθ over the images z of the limb.
///
/// A πρ² = ½ρ ∮ of this, p the parity and e the direction from the disc's centre ζc: the images are
/// neither ordered nor joined, because pairs born or lost at a caustic have opposite parities. It
/// is the area ½ ∮ Σ p z × dz, less what vanishes in the sum: as z̄ = ζ̄ + Σ mᵢ/(z − zᵢ), there
/// are ∮ dz of closed outlines and mᵢ ∮ d log(z − zᵢ) of outlines that never go around a mass, whose
/// source is infinitely far away. What is left is of the magnification's size, not 1/ρ times as
/// large.
///
/// Reference: Gould & Gaucherel 1997, ApJ 477, 580; Dominik 1998, A&A 333, L79 (∮ z × dz).
struct LimbIntegrand {
  let lens: LensEquation
  let center: Complex
  let radius: Double

  /// The integrand over ρ at eight places on the limb.
  struct Values {
    /// e × `closure`.
    var value = Lanes(repeating: 0)
    /// What rounding may contribute to the value.
    var noise = Lanes(repeating: 0)
    /// Σ p dz/dθ over ρ: as the images' outlines are closed, its integral vanishes.
    var closure = ComplexVector(repeating: Complex(0))
    /// Number of images.
    var count = Lanes(repeating: 0)
  }

  /// - Parameter direction: unit vectors from the centre of the disc.
  func values(
    _ direction: ComplexVector, _ solver: inout ImageSolver, tolerance: Double
  ) -> Values {
    let offset = radius * direction
    let source = ComplexVector(center.re + offset.re, center.im + offset.im)
    solver.solve(source)
    if !solver.block.reliable.isFull { solver.resolve(lens, source) }
    let limb = LimbPoints(lens: solver.lens, source: source, direction: direction)
    let values = solver.block.sum(limb, sharp: .init(repeating: false))
    let size = values.closure.size
    if (values.noise .<= 0.1 * tolerance * size).isFull { return values }
    let noisy = solver.block.noisyImages(limb, limit: 0.02 * tolerance * size)
    let sharp = solver.block.sharpen(
      lens,
      (
        DoubleDouble(center.re) + DoubleDouble(offset.re),
        DoubleDouble(center.im) + DoubleDouble(offset.im)
      ), where: noisy)
    var result = solver.block.sum(limb, sharp: sharp)
    let isDoubtful = .!solver.block.reliable
    result.noise.replace(with: result.noise + values.noise, where: isDoubtful)
    return result
  }
}

/// Eight places on a limb.
private struct LimbPoints {
  let lens: LensVector
  let source: ComplexVector
  /// Unit vectors from the disc's centre.
  let direction: ComplexVector
}

extension ImageBlock {
  /// p dz/dθ of image `k` over ρ, and its rounding error.
  @inline(__always)
  private mutating func term(
    _ k: Int, _ limb: LimbPoints, isSharp: Bool
  ) -> (along: ComplexVector, noise: Lanes) {
    let tangent = ComplexVector(-limb.direction.im, limb.direction.re)
    // The parity makes the determinant positive.
    let inverse = 1 / determinant[k].magnitude
    let along = inverse * (tangent - (shear[k] * tangent).conjugate)
    guard isSharp else {
      let relative = 1 + rounding(k, inverse, limb.lens, limb.source)
      return (along, Self.unit * (along.size * relative))
    }
    // Only rounding of the factors is left, and what remains of 1 − g′ where it is small.
    return (along, Self.unit * (inverse * (shear[k].size + 1)))
  }

  /// The integrand over ρ.
  ///
  /// - Parameter sharp: the images that were sharpened.
  fileprivate mutating func sum(
    _ limb: LimbPoints, sharp: InlineArray<5, Bool>
  ) -> LimbIntegrand.Values {
    var result = LimbIntegrand.Values()
    let zero = Lanes(repeating: 0)
    let isPair = pairWeight .> 0
    for k in 0..<5 {
      var (along, noise) = term(k, limb, isSharp: sharp[k])
      if k >= 3 {
        along = ComplexVector(zero, zero).replacing(with: along, where: isPair)
        noise = zero.replacing(with: noise, where: isPair)
      }
      result.closure = result.closure + along
      result.noise += noise
    }
    result.value =
      (limb.direction.re * result.closure.im).addingProduct(
        -limb.direction.im, result.closure.re)
    result.count = count
    return result
  }

  /// The images whose rounding error exceeds a limit.
  fileprivate mutating func noisyImages(
    _ limb: LimbPoints, limit: Lanes
  ) -> InlineArray<5, LaneMask> {
    var result = InlineArray<5, LaneMask>(repeating: LaneMask(repeating: false))
    for k in 0..<5 {
      let isQuiet = term(k, limb, isSharp: false).noise .<= limit
      let isNoisy = .!isQuiet .& (weight(k) .> 0)
      result[k] = isNoisy
    }
    return result
  }
}

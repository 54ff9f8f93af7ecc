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
    /// Σ p dz/dθ over ρ: as the images' outlines are closed, its integral vanishes.
    var closure = ComplexVector(repeating: Complex(0))
    /// Number of images.
    var count = Lanes(repeating: 0)

    /// What one image contributes.
    @inline(__always)
    fileprivate mutating func add(_ term: (value: Lanes, noise: Lanes, along: ComplexVector)) {
      value += term.value
      noise += term.noise
      closure = closure + term.along
    }
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
    let limb = LimbPoints(lens: solver.lens, source: source, tangent: tangent, origin: origin!)
    let values = solver.block.sum(limb, sharp: .init(repeating: false))
    if (values.noise .<= 0.1 * tolerance * values.value.magnitude).isFull { return values }
    let noisy = solver.block.noisyImages(limb, limit: 0.02 * tolerance * values.value.magnitude)
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
  /// Unit vectors along the limb.
  let tangent: ComplexVector
  let origin: Complex
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

  /// What image `k` contributes to the integrand over ρ, and its rounding error.
  @inline(__always)
  private mutating func term(
    _ k: Int, _ limb: LimbPoints, isSharp: Bool
  ) -> (value: Lanes, noise: Lanes, along: ComplexVector) {
    let armX = position[k].re - limb.origin.re
    let armY = position[k].im - limb.origin.im
    let along = limb.tangent - (shear[k] * limb.tangent).conjugate
    let area = (armX * along.im).addingProduct(-armY, along.re)
    let inverse = 1 / determinant[k].magnitude
    // p × dz/dθ: the parity makes the determinant positive.
    let value = area * inverse
    guard isSharp else {
      let relative = 1 + rounding(k, inverse, limb.lens, limb.source)
      return (value, Self.unit * (value.magnitude * relative), inverse * along)
    }
    // Only rounding of the factors is left, and what remains of 1 − g′ where it is small.
    let size = shear[k].re.magnitude + shear[k].im.magnitude + 1
    let noise = Self.unit * inverse * (armX.magnitude + armY.magnitude) * size
    return (value, noise, inverse * along)
  }

  /// The integrand over ρ.
  ///
  /// - Parameter sharp: the images that were sharpened.
  fileprivate mutating func sum(
    _ limb: LimbPoints, sharp: InlineArray<5, Bool>
  ) -> LimbIntegrand.Values {
    var result = LimbIntegrand.Values()
    for k in 0..<5 {
      let term = term(k, limb, isSharp: sharp[k])
      guard k >= 3 else {
        result.add(term)
        continue
      }
      let isImage = pairWeight .> 0
      let zero = Lanes(repeating: 0)
      result.add(
        (
          zero.replacing(with: term.value, where: isImage),
          zero.replacing(with: term.noise, where: isImage),
          ComplexVector(repeating: Complex(0)).replacing(with: term.along, where: isImage)
        ))
    }
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

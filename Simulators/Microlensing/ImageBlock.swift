/// The candidates for images of eight sources.
///
/// What runs often is `mutating` even where nothing changes: the compiler copies a value of this size
/// to borrow it, but passes its address to mutate it.
struct ImageBlock {
  var position = InlineArray<5, ComplexVector>(repeating: ComplexVector(repeating: Complex(1)))
  /// g′.
  var shear = InlineArray<5, ComplexVector>(repeating: ComplexVector(repeating: Complex(0)))
  /// g″.
  var curvature = InlineArray<5, ComplexVector>(repeating: ComplexVector(repeating: Complex(0)))
  /// 1 − |g′|².
  var determinant = InlineArray<5, Lanes>(repeating: Lanes(repeating: 1))
  /// 1 where the last two candidates are images, 0 where they are not; the first three always are.
  var pairWeight = Lanes(repeating: 0)
  /// Lanes in which all this is beyond doubt.
  var reliable = LaneMask(repeating: false)

  /// Images in each lane.
  var count: Lanes { 3 + 2 * pairWeight }

  /// 1 where candidate `k` is an image, 0 where it is not.
  @inline(__always) func weight(_ k: Int) -> Lanes {
    k < 3 ? Lanes(repeating: 1) : pairWeight
  }

  /// Newton's iteration from three starts, and the two roots that are left.
  @inline(__always)
  mutating func follow(
    _ lens: LensVector, _ start: InlineArray<3, ComplexVector>, _ target: ComplexVector
  ) {
    var (z0, z1, z2) = (start[0], start[1], start[2])
    for iteration in 0..<7 {
      var isHopeless = LaneMask(repeating: false)
      reliable = accept(lens.trial(z0, target), &z0, 0, &isHopeless)
      reliable .&= accept(lens.trial(z1, target), &z1, 1, &isHopeless)
      reliable .&= accept(lens.trial(z2, target), &z2, 2, &isHopeless)
      if (iteration < 3 ? reliable : reliable .| isHopeless).isFull { break }
    }
    let (first, second) = lens.remainingRoots(z0, z1, z2, target)
    addPair(lens, first, second, target)
    check(lens)
  }

  /// Takes over a trial image moved by its last step; true where that step was short enough.
  ///
  /// With h = |g″ step/det J| the next h is about h², so that the step is the last when h² is below
  /// the precision wanted of the determinant, which then follows to first order. Next to a tiny
  /// caustic no step gets that short: there it is enough that the lens equation is met to within
  /// rounding, if what is left of the step does not change the determinant.
  @inline(__always)
  private mutating func accept(
    _ trial: LensVector.Trial, _ z: inout ComplexVector, _ k: Int, _ isHopeless: inout LaneMask
  ) -> LaneMask {
    z = z + trial.step
    let change = trial.curvature * trial.step
    let squared = trial.determinant * trial.determinant
    position[k] = z
    shear[k] = trial.shear + change
    curvature[k] = trial.curvature
    determinant[k] = 1 - shear[k].normSquared
    let size = change.normSquared
    isHopeless .|= .!(size .< 0.1 * squared)
    let across = (trial.shear.re * change.re).addingProduct(trial.shear.im, change.im)
    let isRounding = (trial.residual .<= trial.rounding) .& (across * across .<= 1e-3 * squared)
    // The derivatives of g next to a light mass grow faster than g″ alone tells.
    let isShort = (size .<= 1e-12 * squared) .& (trial.relativeStep .<= 1e-12)
    return isShort .| isRounding
  }

  /// The last two candidates: images, or roots of the quintic that are none.
  @inline(__always)
  private mutating func addPair(
    _ lens: LensVector, _ first: ComplexVector, _ second: ComplexVector, _ target: ComplexVector
  ) {
    let (one, two) = (lens.trial(first, target), lens.trial(second, target))
    let (moved, otherMoved) = (one.step.normSquared, two.step.normSquared)
    let apart = (first - second).normSquared
    let limit = isolation(first, lens, apart)
    let otherLimit = isolation(second, lens, apart)
    // Far away spurious roots come closer and closer to the images at the masses.
    let isFar = lens.isBeyondCaustics(target)
    let isImage =
      (moved .<= 1e-4 * limit) .& (otherMoved .<= 1e-4 * otherLimit) .& .!isFar
    let isNone =
      ((moved .>= 1e-2 * limit) .& (otherMoved .>= 1e-2 * otherLimit)) .| isFar
    reliable .&= isImage .| isNone
    pairWeight = Lanes(repeating: 0).replacing(with: 1, where: isImage)
    position[3] = first
    position[4] = second
    guard !isImage.isEmpty else { return }
    var (z3, z4) = (first, second)
    var isHopeless = LaneMask(repeating: false)
    var converged = accept(one, &z3, 3, &isHopeless) .& accept(two, &z4, 4, &isHopeless)
    for _ in 0..<4 {
      if (converged .| .!isImage).isFull { break }
      converged = accept(lens.trial(z3, target), &z3, 3, &isHopeless)
      converged .&= accept(lens.trial(z4, target), &z4, 4, &isHopeless)
    }
    reliable .&= converged .| .!isImage
    position[3] = first.replacing(with: z3, where: isImage)
    position[4] = second.replacing(with: z4, where: isImage)
  }

  /// Squared distance of a candidate to the lenses, the first three images and what is `apart`.
  @inline(__always)
  private func isolation(
    _ z: ComplexVector, _ lens: LensVector, _ apart: Lanes
  ) -> Lanes {
    var least = lens.lensDistance(z)
    least = least.replacing(with: apart, where: apart .< least)
    for k in 0..<3 {
      let distance = (z - position[k]).normSquared
      least = least.replacing(with: distance, where: distance .< least)
    }
    return least
  }

  /// Images must differ from each other, and the parities of a binary lens's images sum to −1.
  @inline(__always)
  private mutating func check(_ lens: LensVector) {
    let one = Lanes(repeating: 1)
    var parity = one.replacing(with: -one, where: determinant[0] .< 0)
    parity += one.replacing(with: -one, where: determinant[1] .< 0)
    parity += one.replacing(with: -one, where: determinant[2] .< 0)
    parity += pairWeight.replacing(with: -pairWeight, where: determinant[3] .< 0)
    parity += pairWeight.replacing(with: -pairWeight, where: determinant[4] .< 0)
    let isApart =
      ((position[0] - position[1]).normSquared .> 1e-12 * lens.lensDistance(position[0]))
      .& ((position[1] - position[2]).normSquared .> 1e-12 * lens.lensDistance(position[1]))
      .& ((position[2] - position[0]).normSquared .> 1e-12 * lens.lensDistance(position[2]))
    reliable .&= (parity .== -1) .& isApart
  }

  /// Fills one lane.
  mutating func insert(_ images: PointImages, _ lane: Int) {
    for k in 0..<images.count {
      let image = images.images[k]
      position[k][lane] = image.position
      shear[k][lane] = image.shear
      curvature[k][lane] = image.curvature
      determinant[k][lane] = image.determinant
    }
    pairWeight[lane] = images.count > 3 ? 1 : 0
    reliable[lane] = true
  }

  /// Puts the two most magnified of five images last: they are the next to vanish.
  @inline(__always)
  mutating func sortByBrightness() {
    guard !(pairWeight .> 0).isEmpty else { return }
    for i in 0..<3 {
      for j in 3..<5 {
        let swap = (determinant[j].magnitude .> determinant[i].magnitude) .& (pairWeight .> 0)
        if !swap.isEmpty { exchange(i, j, where: swap) }
      }
    }
  }

  @inline(never)
  private mutating func exchange(_ i: Int, _ j: Int, where mask: LaneMask) {
    let (z, g, c, d) = (position[i], shear[i], curvature[i], determinant[i])
    position[i] = z.replacing(with: position[j], where: mask)
    position[j] = position[j].replacing(with: z, where: mask)
    shear[i] = g.replacing(with: shear[j], where: mask)
    shear[j] = shear[j].replacing(with: g, where: mask)
    curvature[i] = c.replacing(with: curvature[j], where: mask)
    curvature[j] = curvature[j].replacing(with: c, where: mask)
    determinant[i] = d.replacing(with: determinant[j], where: mask)
    determinant[j] = determinant[j].replacing(with: d, where: mask)
  }
}

extension ImageBlock {
  /// Rounding error of a few operations.
  static var unit: Double { 4e-16 }

  /// The relative error of an image's magnification, in units of rounding.
  ///
  /// The determinant inherits the error of g′, and 2 |g″| A times the error of the lens equation.
  @inline(__always)
  mutating func rounding(
    _ k: Int, _ magnification: Lanes, _ lens: LensVector, _ source: ComplexVector
  ) -> Lanes {
    let z = position[k]
    let size =
      lens.m1 / ComplexVector(z.re + lens.s, z.im).normSquared + lens.m2 / z.normSquared + 1
    // |m/z| is at most half of 1 + m/|z|².
    let scale =
      size + (z.re.magnitude + z.im.magnitude) + (source.re.magnitude + source.im.magnitude)
    let bend = curvature[k].re.magnitude + curvature[k].im.magnitude
    return magnification * (size + bend * magnification * scale)
  }

  /// The sum of the images' magnifications, with what rounding may contribute.
  mutating func pointMagnification(
    _ lens: LensVector, _ source: ComplexVector
  ) -> (value: Lanes, error: Lanes) {
    var value = Lanes(repeating: 0)
    var error = Lanes(repeating: 0)
    for k in 0..<5 {
      let inverse = 1 / determinant[k].magnitude
      let doubt = inverse * (1 + rounding(k, inverse, lens, source))
      // What is no image may be anything, infinite as well.
      let isImage = weight(k) .> 0
      value += Lanes(repeating: 0).replacing(with: inverse, where: isImage)
      error += Lanes(repeating: 0).replacing(with: doubt, where: isImage)
    }
    return (value, Self.unit * error)
  }

  /// Reliable lanes without an image magnified so strongly that double precision costs digits.
  ///
  /// An error δ of the lens equation moves an image by δ/det J and its det J by 2|g′g″| δ/det J.
  mutating func preciseLanes() -> LaneMask {
    var result = reliable
    for k in 0..<5 {
      // det J⁴ against (2 |g′ g″|)².
      let bound = 4e-12 * shear[k].normSquared * curvature[k].normSquared
      let squared = determinant[k] * determinant[k]
      result .&= (squared * squared .> bound) .| (weight(k) .== 0)
    }
    return result
  }
}

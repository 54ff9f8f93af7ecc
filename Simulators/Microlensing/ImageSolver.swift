/// Images of eight sources at a time, each lane started from the roots of the source before.
///
/// Aberth and Ehrlich's iteration moves all five roots of the quintic together, with cubic
/// convergence; the candidates are then polished on the lens equation. Lanes where anything is
/// doubtful are reported, not guessed: `PointImages` solves them with every safeguard.
///
/// Reference: Aberth 1973, Math. Comp. 27, 339; Fatheddin & Sajadian 2022, MNRAS 514, 4379.
struct ImageSolver {
  let lens: LensEquation
  private var guess = InlineArray<5, Complex>(repeating: Complex(0))
  private var hasGuess = false

  init(lens: LensEquation) { self.lens = lens }

  /// The candidates of eight sources.
  struct Block {
    var position: InlineArray<5, ComplexVector>
    var shear: InlineArray<5, ComplexVector>
    var determinant: InlineArray<5, Lanes>
    /// 1 where the candidate is an image, 0 where it is not.
    var weight: InlineArray<5, Lanes>
    /// Lanes in which every candidate was told apart beyond doubt.
    var reliable: SIMDMask<Lanes.MaskStorage>
  }

  /// Solves for eight sources in the frame of the lens equation.
  @inline(never)
  mutating func solve(_ source: ComplexVector) -> Block {
    if !hasGuess { start(from: source[0]) }
    let coefficients = lens.quintic(source)
    var z = InlineArray<5, ComplexVector>(repeating: ComplexVector(repeating: Complex(0)))
    for k in 0..<5 { z[k] = ComplexVector(repeating: guess[k]) }
    var separation = InlineArray<5, Lanes>(repeating: Lanes(repeating: 0))
    var converged = SIMDMask<Lanes.MaskStorage>(repeating: false)
    for _ in 0..<12 {
      converged = iterate(coefficients, &z, &separation)
      if all(converged) { break }
    }
    let block = classify(z, separation, source, converged)
    remember(z, block.reliable)
    return block
  }

  private mutating func start(from source: Complex) {
    guess = lens.roots(source)
    hasGuess = true
    // Exactly symmetric starts (sources on the axis) would never become complex pairs, and equal
    // ones would never part.
    for k in 0..<5 { guess[k] = guess[k] * Complex(1 + 1e-5 * Double(k + 1), 3e-5 * Double(k + 2)) }
  }

  private mutating func remember(
    _ z: borrowing InlineArray<5, ComplexVector>, _ reliable: SIMDMask<Lanes.MaskStorage>
  ) {
    hasGuess = false
    for lane in stride(from: 7, through: 0, by: -1) where reliable[lane] {
      for k in 0..<5 {
        guess[k] = z[k][lane] * Complex(1 + 1e-9 * Double(k + 1), 3e-9 * Double(k + 2))
      }
      hasGuess = true
      return
    }
  }

  /// One simultaneous step of all roots; true in the lanes where no further step is needed.
  @inline(__always)
  private func iterate(
    _ c: borrowing InlineArray<6, ComplexVector>, _ z: inout InlineArray<5, ComplexVector>,
    _ separation: inout InlineArray<5, Lanes>
  ) -> SIMDMask<Lanes.MaskStorage> {
    let zero = ComplexVector(repeating: Complex(0))
    var repulsion = InlineArray<5, ComplexVector>(repeating: zero)
    separation = InlineArray<5, Lanes>(repeating: Lanes(repeating: .greatestFiniteMagnitude))
    for k in 0..<4 {
      for j in (k + 1)..<5 {
        let difference = z[k] - z[j]
        let norm = difference.normSquared
        let inverse = 1 / norm
        let term = ComplexVector(difference.re * inverse, -difference.im * inverse)
        repulsion[k] = repulsion[k] + term
        repulsion[j] = repulsion[j] - term
        separation[k] = separation[k].replacing(with: norm, where: norm .< separation[k])
        separation[j] = separation[j].replacing(with: norm, where: norm .< separation[j])
      }
    }
    var converged = SIMDMask<Lanes.MaskStorage>(repeating: true)
    for k in 0..<5 {
      var value = c[5]
      var slope = c[5]
      value = c[4].addingProduct(value, z[k])
      for i in stride(from: 3, through: 0, by: -1) {
        slope = value.addingProduct(slope, z[k])
        value = c[i].addingProduct(value, z[k])
      }
      let denominator = slope.addingProduct(-value, repulsion[k])
      let step = value * denominator.reciprocal
      z[k] = z[k] - step
      // The next error is about (step/separation)² · step.
      converged .&= step.normSquared .<= 1e-8 * separation[k]
    }
    return converged
  }

  @inline(__always)
  private func classify(
    _ z: borrowing InlineArray<5, ComplexVector>, _ separation: borrowing InlineArray<5, Lanes>,
    _ source: ComplexVector, _ converged: SIMDMask<Lanes.MaskStorage>
  ) -> Block {
    let zero = ComplexVector(repeating: Complex(0))
    var block = Block(
      position: InlineArray(repeating: zero), shear: InlineArray(repeating: zero),
      determinant: InlineArray(repeating: Lanes(repeating: 1)),
      weight: InlineArray(repeating: Lanes(repeating: 0)), reliable: converged)
    var parity = Lanes(repeating: 0)
    for k in 0..<5 {
      let first = newtonStep(z[k], source)
      let position = z[k] + first.step
      let second = newtonStep(position, source)
      let moved = first.step.normSquared
      let movedAgain = second.step.normSquared
      // A root next to a lens is as isolated as it is far from the lens.
      let toLighter = z[k].normSquared
      let toHeavier = (z[k] + lens.s).normSquared
      var scale = separation[k]
      scale = scale.replacing(with: toLighter, where: toLighter .< scale)
      scale = scale.replacing(with: toHeavier, where: toHeavier .< scale)
      let isImage = (moved .<= 1e-4 * scale) .& (movedAgain .<= 1e-10 * scale)
      let isNot = moved .>= 1e-2 * scale
      block.reliable .&= isImage .| isNot
      block.position[k] = position
      block.shear[k] = second.shear
      block.determinant[k] = second.determinant
      let weight = Lanes(repeating: 0).replacing(with: 1, where: isImage)
      block.weight[k] = weight
      parity += weight.replacing(with: -weight, where: second.determinant .< 0)
    }
    block.reliable .&= parity .== -1
    return block
  }

  @inline(__always)
  private func newtonStep(
    _ z: ComplexVector, _ source: ComplexVector
  ) -> (step: ComplexVector, shear: ComplexVector, determinant: Lanes) {
    let a = (z + lens.s).reciprocal
    let b = z.reciprocal
    let ma = lens.m1 * a
    let mb = lens.m2 * b
    let shear = (ma * a).addingProduct(mb, b)
    let residual = z - (ma + mb).conjugate - source
    let determinant = 1 - shear.normSquared
    let step = (-1 / determinant) * (residual - (shear * residual).conjugate)
    return (step, shear, determinant)
  }
}

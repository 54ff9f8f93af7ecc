/// The roots of eight quintics.
struct QuinticRoots {
  var positions: InlineArray<5, ComplexVector>
  /// Squared distances to the nearest other root or lens.
  var separation: InlineArray<5, Lanes>
}

extension LensVector {
  /// All roots of the quintics of eight sources, improved from five different guesses a lane.
  ///
  /// Aberth and Ehrlich's iteration moves the five roots together, with cubic convergence; each
  /// root is used as soon as it has moved. A lane that did not converge has roots that are no images.
  ///
  /// Reference: Aberth 1973, Math. Comp. 27, 339; Fatheddin & Sajadian 2022, MNRAS 514, 4379.
  @inline(never)
  func roots(
    _ source: ComplexVector, near guess: borrowing InlineArray<5, ComplexVector>
  ) -> QuinticRoots {
    let c = quintic(source)
    // Written out: the compiler keeps neither loops over five nor arrays of them in registers.
    var (z0, z1, z2, z3, z4) = (guess[0], guess[1], guess[2], guess[3], guess[4])
    var (s0, s1, s2, s3, s4) = (c[0].re, c[0].re, c[0].re, c[0].re, c[0].re)
    for _ in 0..<30 {
      var moving = LaneMask(repeating: false)
      s0 = improve(&z0, c, z1, z2, z3, z4, &moving)
      s1 = improve(&z1, c, z0, z2, z3, z4, &moving)
      s2 = improve(&z2, c, z0, z1, z3, z4, &moving)
      s3 = improve(&z3, c, z0, z1, z2, z4, &moving)
      s4 = improve(&z4, c, z0, z1, z2, z3, &moving)
      if moving.isEmpty { break }
    }
    return QuinticRoots(positions: [z0, z1, z2, z3, z4], separation: [s0, s1, s2, s3, s4])
  }

  /// One step of one root; its squared distance to the nearest other root or lens.
  @inline(__always)
  private func improve(
    _ z: inout ComplexVector, _ c: borrowing InlineArray<6, ComplexVector>, _ a: ComplexVector,
    _ b: ComplexVector, _ d: ComplexVector, _ e: ComplexVector, _ moving: inout LaneMask
  ) -> Lanes {
    var value = c[4].addingProduct(c[5], z)
    var slope = value.addingProduct(c[5], z)
    value = c[3].addingProduct(value, z)
    slope = value.addingProduct(slope, z)
    value = c[2].addingProduct(value, z)
    slope = value.addingProduct(slope, z)
    value = c[1].addingProduct(value, z)
    slope = value.addingProduct(slope, z)
    value = c[0].addingProduct(value, z)
    let (da, db, dd, de) = (z - a, z - b, z - d, z - e)
    // value/(slope − value Σ 1/dⱼ) with the four dⱼ multiplied out.
    let (first, second) = (da * db, dd * de)
    let product = first * second
    let sum = ((da + db) * second).addingProduct(dd + de, first)
    let step = value * product * (slope * product).addingProduct(-value, sum).reciprocal
    z = z - step
    let separation = least(
      least(lensDistance(z), least(da.normSquared, db.normSquared)),
      least(dd.normSquared, de.normSquared))
    // The next error is about (step/separation)² · step; NaN counts as moving.
    moving .|= .!(step.normSquared .<= 1e-4 * separation)
    return separation
  }

  @inline(__always) private func least(_ a: Lanes, _ b: Lanes) -> Lanes {
    a.replacing(with: b, where: b .< a)
  }

  /// Squared distance to the nearer lens.
  ///
  /// A root next to a lens is as isolated as it is far from the lens: Newton's iteration creeps away
  /// from the pole in steps that are short by any other measure.
  @inline(__always) func lensDistance(_ z: ComplexVector) -> Lanes {
    least(z.normSquared, ComplexVector(z.re + s, z.im).normSquared)
  }

  /// The images among the roots, the least magnified first.
  func imagesFirst(
    _ roots: borrowing QuinticRoots, _ source: ComplexVector
  ) -> InlineArray<3, ComplexVector> {
    var z = InlineArray<5, ComplexVector>(repeating: source)
    var key = InlineArray<5, Lanes>(repeating: source.re)
    for k in 0..<5 {
      z[k] = roots.positions[k]
      let trial = trial(z[k], source)
      let isImage = trial.step.normSquared .<= 1e-3 * roots.separation[k]
      key[k] = Lanes(repeating: -1).replacing(with: trial.determinant.magnitude, where: isImage)
    }
    for i in 0..<3 {
      for j in (i + 1)..<5 {
        let swap = key[j] .> key[i]
        let (a, first) = (key[i], z[i])
        key[i] = a.replacing(with: key[j], where: swap)
        key[j] = key[j].replacing(with: a, where: swap)
        z[i] = first.replacing(with: z[j], where: swap)
        z[j] = z[j].replacing(with: first, where: swap)
      }
    }
    return [z[0], z[1], z[2]]
  }
}

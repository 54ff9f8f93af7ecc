/// Eight solved sources: where to start from for others nearby.
struct SolvedSources {
  /// Infinite in lanes that were not solved.
  var source = ComplexVector(repeating: Complex(.infinity))
  /// All roots of the quintic.
  var roots: InlineArray<5, ComplexVector>
  /// g′ at the first three, which are images.
  var shear = InlineArray<3, ComplexVector>(repeating: ComplexVector(repeating: Complex(0)))
  var determinant = InlineArray<3, Lanes>(repeating: Lanes(repeating: 1))

  init(roots: InlineArray<5, ComplexVector>) { self.roots = roots }

  /// First-order positions of the three images for other sources; false where they mean nothing.
  ///
  /// `mutating` as the methods of `ImageBlock` are.
  @inline(__always)
  mutating func predict(
    _ target: ComplexVector, _ lens: LensVector
  ) -> (start: InlineArray<3, ComplexVector>, isLocal: LaneMask) {
    let moved = target - source
    var result = InlineArray<3, ComplexVector>(repeating: moved)
    var isLocal = LaneMask(repeating: true)
    for k in 0..<3 {
      let rotated = (shear[k] * moved).conjugate
      let shift = (1 / determinant[k]) * (moved - rotated)
      isLocal .&= shift.normSquared .< 0.25 * lens.lensDistance(roots[k])
      result[k] = roots[k] + shift
    }
    return (result, isLocal)
  }

  @inline(__always)
  mutating func fill(_ block: inout ImageBlock, _ target: ComplexVector) {
    source = ComplexVector(repeating: Complex(.infinity))
      .replacing(with: target, where: block.reliable)
    for k in 0..<5 { roots[k] = block.position[k] }
    for k in 0..<3 {
      shear[k] = block.shear[k]
      determinant[k] = block.determinant[k]
    }
  }

  /// Takes over one solved source of another eight; `inout` as a value of this size is copied to be
  /// borrowed.
  @inline(__always)
  mutating func take(_ other: inout SolvedSources, _ from: Int, into lane: Int) {
    source[lane] = other.source[from]
    for k in 0..<5 { roots[k][lane] = other.roots[k][from] }
    for k in 0..<3 {
      shear[k][lane] = other.shear[k][from]
      determinant[k][lane] = other.determinant[k][from]
    }
  }
}

/// The sources solved last, enough for the nodes around one limb.
struct SolverMemory {
  private var entries: [SolvedSources]
  private var newest = 0
  /// What `gather` found.
  private(set) var nearest: SolvedSources

  /// - Parameter roots: what to start from.
  init(roots: InlineArray<5, ComplexVector>) {
    entries = [SolvedSources](repeating: SolvedSources(roots: roots), count: 12)
    nearest = SolvedSources(roots: roots)
  }

  /// Images for `target` from the last eight sources.
  @inline(__always)
  mutating func predict(
    _ target: ComplexVector, _ lens: LensVector
  ) -> (start: InlineArray<3, ComplexVector>, isLocal: LaneMask) {
    entries[newest].predict(target, lens)
  }

  mutating func append(_ block: inout ImageBlock, _ source: ComplexVector) {
    newest = (newest + 1) % entries.count
    entries[newest].fill(&block, source)
  }

  /// Images for `target` from what was gathered.
  @inline(__always)
  mutating func predictFromNearest(
    _ target: ComplexVector, _ lens: LensVector
  ) -> (start: InlineArray<3, ComplexVector>, isLocal: LaneMask) {
    nearest.predict(target, lens)
  }

  /// Puts into `nearest`, for each lane, the solved source nearest to its target.
  mutating func gather(_ target: ComplexVector) {
    for lane in 0..<8 {
      let (x, y) = (target.re[lane], target.im[lane])
      var best = Lanes(repeating: .infinity)
      var index = Lanes(repeating: 0)
      for k in entries.indices {
        let (dx, dy) = (entries[k].source.re - x, entries[k].source.im - y)
        let distance = (dx * dx).addingProduct(dy, dy)
        let closer = distance .< best
        best.replace(with: distance, where: closer)
        index.replace(with: Double(k), where: closer)
      }
      let (least, from) = best.leastLane
      if least < .infinity { nearest.take(&entries[Int(index[from])], from, into: lane) }
    }
  }
}

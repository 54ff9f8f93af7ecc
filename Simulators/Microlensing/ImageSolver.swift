/// Images of eight sources at a time, started from the images of sources solved before.
///
/// Three images are followed by Newton's iteration on the lens equation. The other two roots of the
/// quintic come from the sum and the product of all roots, and either both are images or neither:
/// so no pair that is born on the way can be missed, and none that has died be kept. Each lane
/// follows its own last source, or else the nearest of the sources solved last; where this does not
/// come out beyond doubt all five roots are iterated. Lanes that are then still doubtful are
/// reported, and `PointImages` solves them with every safeguard.
struct ImageSolver {
  let lens: LensVector
  /// What the last call of `solve` found.
  var block = ImageBlock()
  private var memory: SolverMemory
  /// Roots to start from where all else fails.
  private let home: InlineArray<5, ComplexVector>

  /// - Parameter guess: distinct places to look for the first roots.
  init(lens: LensVector, guess: InlineArray<5, ComplexVector>) {
    self.lens = lens
    home = guess
    memory = SolverMemory(roots: guess)
  }

  /// Starts all lanes with the roots for a source at `first`.
  init(lens: LensEquation, near first: Complex) {
    let roots = lens.roots(first)
    var guess = InlineArray<5, ComplexVector>(repeating: ComplexVector(repeating: Complex(0)))
    // Exactly symmetric starts (sources on the axis) would never become complex pairs, and equal
    // ones would never part.
    for k in 0..<5 { guess[k] = ComplexVector(repeating: Self.spread(roots[k], k, by: 1e-5)) }
    self.init(lens: LensVector(repeating: lens), guess: guess)
  }

  /// A root moved in a direction of its own.
  private static func spread(_ root: Complex, _ k: Int, by size: Double) -> Complex {
    root * Complex(1 + size * Double(k + 1), 3 * size * Double(k + 2))
  }

  /// Solves for eight sources in the frame of the lens equation, into `block`.
  @inline(never)
  mutating func solve(_ target: ComplexVector) {
    let (start, isLocal) = memory.predict(target, lens)
    block.reliable = LaneMask(repeating: false)
    if isLocal.isFull { block.follow(lens, start, target) }
    if !block.reliable.isFull { jump(target) }
    block.sortByBrightness()
    memory.append(&block, target)
  }

  /// From the nearest of the last sources.
  @inline(never)
  private mutating func jump(_ target: ComplexVector) {
    memory.gather(target)
    let (start, isLocal) = memory.predictFromNearest(target, lens)
    // Otherwise hardly a lane would come out.
    if isLocal.count >= 4 { block.follow(lens, start, target) }
    if !block.reliable.isFull { restart(target) }
  }

  /// Starts again with all roots of the quintic; lanes that came out well are only confirmed.
  @inline(never)
  private mutating func restart(_ target: ComplexVector) {
    var guess = InlineArray<5, ComplexVector>(repeating: target)
    for k in 0..<5 {
      let factor = Self.spread(Complex(1), k, by: 1e-9)
      guess[k] = (memory.nearest.roots[k] * ComplexVector(repeating: factor))
        .replacing(with: block.position[k], where: block.reliable)
    }
    let found = lens.roots(target, near: guess)
    block.follow(lens, lens.imagesFirst(found, target), target)
    if block.reliable.isFull { return }
    // Where this fails too, the roots serve the next source.
    for k in 0..<5 {
      let root = found.positions[k]
      let isFinite = (root.re - root.re + root.im - root.im) .== 0
      let usable = home[k].replacing(with: root, where: isFinite)
      block.position[k] = usable.replacing(with: block.position[k], where: block.reliable)
    }
  }

  /// Solves the doubtful lanes of the last call one by one.
  mutating func resolve(_ lens: LensEquation, _ source: ComplexVector) {
    for lane in 0..<8 where !block.reliable[lane] {
      block.insert(lens.images(of: source[lane]), lane)
    }
  }
}

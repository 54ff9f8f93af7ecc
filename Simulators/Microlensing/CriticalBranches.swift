/// The four branches of the critical curve g′(z) = exp(iφ), sampled at common phases in [0, π].
///
/// The other half is its mirror image. The branches are followed from one phase, where a quartic
/// gives all four points, towards both ends at once: lanes 0–3 towards 0, lanes 4–7 towards π.
///
/// Reference: Witt 1990, A&A 236, 311 (critical curves by phase).
struct CriticalBranches {
  /// The four branches at one phase.
  struct Sample {
    /// exp(iφ/2).
    var halfTurn: Complex
    var critical: InlineArray<4, Complex>
    var caustic: InlineArray<4, Complex>
    /// dz/dφ.
    var velocity: InlineArray<4, Complex>
    /// Signed speed dζ/dφ of the caustic along exp(−iφ/2).
    var speed: InlineArray<4, Double>
  }

  /// In the order of their phases.
  private(set) var samples: [Sample] = []
  private let lens: LensEquation
  private let saddles: CriticalSaddles
  /// The longest step in units of the distance to the next branch point.
  private let relativeStep: Double
  private var z = ComplexVector(repeating: Complex(0))
  private var halfTurn = ComplexVector(repeating: Complex(0))
  private var expansion = Expansion()
  private var speed = Lanes(repeating: 0)

  /// The longest step in phase: the caustic's tangent turns by half of it.
  private static let largestStep = Double.pi / 16

  /// z(T) around a critical point to second order in T = g′.
  private struct Expansion {
    var derivative = ComplexVector(repeating: Complex(0))
    /// 1/g″.
    var inverse = ComplexVector(repeating: Complex(0))
    /// ½ g‴/g″.
    var ratio = ComplexVector(repeating: Complex(0))
    var caustic = ComplexVector(repeating: Complex(0))
    /// Rounding error of g′, squared.
    var noise = Lanes(repeating: 0)

    @inline(__always) func step(to target: ComplexVector) -> ComplexVector {
      let first = (target - derivative) * inverse
      return first - ratio * (first * first)
    }
  }

  /// Nil when two branches could not be kept apart with steps of this size.
  init?(lens: LensEquation, saddles: CriticalSaddles, relativeStep: Double) {
    self.lens = lens
    self.saddles = saddles
    self.relativeStep = relativeStep
    let phases = Self.phases(saddles, relativeStep)
    guard let middle = start(phases) else { return nil }
    speed = lens.causticSpeed(z, halfTurn: halfTurn)
    let last = phases.count - 1
    var up: [Sample] = []
    var down: [Sample] = []
    up.reserveCapacity(phases.count)
    down.reserveCapacity(phases.count)
    up.append(sample(upper: true))
    for step in 1...max(middle, last - middle, 1) {
      let (low, high) = (max(middle - step, 0), min(middle + step, last))
      guard move(to: phases[low], phases[high]) else { return nil }
      if middle - step >= 0 { down.append(sample(upper: false)) }
      if middle + step <= last { up.append(sample(upper: true)) }
    }
    down.reverse()
    samples = down + up
  }

  /// exp(iφ/2) of the phases to sample, from 0 to π.
  ///
  /// Rotations by 2 atan t instead of given angles need no trigonometric functions.
  private static func phases(_ saddles: CriticalSaddles, _ relativeStep: Double) -> [Complex] {
    var phases = [Complex(1)]
    phases.reserveCapacity(64)
    var current = Complex(1)
    let meeting = saddles.all[1]
    var isAhead = meeting.isMeeting && meeting.halfTurn.re > 0
    // What is closer to a meeting than this is not resolved.
    let smallest = saddles.hasMeeting ? 40 * CriticalSaddles.resolution : 0
    while true {
      let reach = saddles.reach(current * current)
      let step = max(min(largestStep, relativeStep * reach), smallest)
      if isAhead, reach < 1.5 * smallest {
        current = meeting.halfTurn
        isAhead = false
      } else {
        let t = 0.25 * step
        let scale = 1 / (1 + t * t)
        current = current * Complex((1 - t * t) * scale, 2 * t * scale)
      }
      if current.re < 0.15 * step { break }
      phases.append(current)
    }
    phases.append(Complex(0, 1))
    return phases
  }

  /// Solves for the four branches at the phase that is safest, and returns its index.
  private mutating func start(_ phases: [Complex]) -> Int? {
    var best = 0
    var bestScore = -1.0
    for k in phases.indices {
      let reach = min(saddles.reach(phases[k] * phases[k]), 0.5)
      let balance = Double(min(k, phases.count - 1 - k)) / Double(phases.count)
      if reach * (0.2 + balance) > bestScore { (best, bestScore) = (k, reach * (0.2 + balance)) }
    }
    let s = lens.s
    let turn = phases[best] * phases[best]
    var coefficients = InlineArray<6, Complex>(repeating: Complex(0))
    coefficients[4] = turn
    coefficients[3] = 2 * s * turn
    coefficients[2] = s * s * turn - Complex(1)
    coefficients[1] = Complex(-2 * lens.m2 * s)
    coefficients[0] = Complex(-lens.m2 * s * s)
    let roots = PolynomialRoots(coefficients: coefficients, degree: 4).solve()
    for lane in 0..<8 {
      z.re[lane] = roots[lane % 4].re
      z.im[lane] = roots[lane % 4].im
    }
    halfTurn = ComplexVector(repeating: phases[best])
    let mask = LaneMask(repeating: true)
    guard correct(&z, &expansion, to: halfTurn * halfTurn, active: mask), areDistinct(mask) else {
      return nil
    }
    return best
  }

  @inline(__always) private func expand(_ z: ComplexVector) -> Expansion {
    let a = (z + lens.s).reciprocal
    let b = z.reciprocal
    let (ma, mb) = (lens.m1 * a, lens.m2 * b)
    let (ma2, mb2) = (ma * a, mb * b)
    let (ma3, mb3) = (ma2 * a, mb2 * b)
    let inverse = (-2 * (ma3 + mb3)).reciprocal
    let third = (ma3 * a) + (mb3 * b)
    let size = lens.m1 * a.normSquared + lens.m2 * b.normSquared
    return Expansion(
      derivative: ma2 + mb2, inverse: inverse, ratio: 3 * (third * inverse),
      caustic: z - (ma + mb).conjugate, noise: 1e-29 * size * size)
  }

  /// Chebyshev's iteration on g′(z) = target in the active lanes; whether it converged.
  @inline(__always) private func correct(
    _ z: inout ComplexVector, _ expansion: inout Expansion, to target: ComplexVector,
    active: LaneMask
  ) -> Bool {
    let bound = 1e-14 * saddles.squaredReach(target)
    for _ in 0..<8 {
      expansion = expand(z)
      let residual = (target - expansion.derivative).normSquared
      let step = expansion.step(to: target)
      z = z + step
      if ((residual .<= bound + expansion.noise) .| .!active).isFull {
        // Exact to third order in a step of relative length 1e-7.
        expansion.caustic = expansion.caustic + step + (target * step).conjugate
        expansion.derivative = target
        return true
      }
    }
    return false
  }

  /// Moves lanes 0–3 to the phase of `low` and lanes 4–7 to that of `high`.
  private mutating func move(to low: Complex, _ high: Complex) -> Bool {
    let target = ComplexVector(
      Lanes(lowHalf: SIMD4(repeating: low.re), highHalf: SIMD4(repeating: high.re)),
      Lanes(lowHalf: SIMD4(repeating: low.im), highHalf: SIMD4(repeating: high.im)))
    if saddles.hasMeeting { return moveAcross(to: target) }
    guard advance(to: target, active: LaneMask(repeating: true), depth: 0) else { return false }
    speed = lens.causticSpeed(z, halfTurn: halfTurn)
    return true
  }

  /// Bisects the step until no branch can have been mistaken for another.
  private mutating func advance(to target: ComplexVector, active: LaneMask, depth: Int) -> Bool {
    let change = target * target - expansion.derivative
    var next = z + expansion.step(to: target * target)
    var nextExpansion = expansion
    if correct(&next, &nextExpansion, to: target * target, active: active) {
      let moved = next - z
      // Along one branch the trapezoidal rule nearly gives the step; a point of another branch
      // is off by a large part of it.
      let trapezoid = 0.5 * (change * (expansion.inverse + nextExpansion.inverse))
      let isSmooth = (moved - trapezoid).normSquared .<= 0.04 * trapezoid.normSquared
      let isStill = change.normSquared .<= 1e-28
      if (isSmooth .| isStill .| .!active).isFull {
        z = next
        expansion = nextExpansion
        halfTurn = target
        return areDistinct(active)
      }
    }
    guard depth < 12 else { return false }
    let sum = halfTurn + target
    var middle = sum
    for lane in 0..<8 {
      let scale = 1 / sum[lane].magnitude
      middle.re[lane] *= scale
      middle.im[lane] *= scale
    }
    return advance(to: middle, active: active, depth: depth + 1)
      && advance(to: target, active: active, depth: depth + 1)
  }

  /// A step of a lens whose branches meet at a saddle, which may lie at either end of the step.
  private mutating func moveAcross(to target: ComplexVector) -> Bool {
    var active = LaneMask(repeating: true)
    var atSaddle = InlineArray<8, Complex?>(repeating: nil)
    for k in 0..<3 where saddles.all[k].isMeeting {
      let saddle = saddles.all[k]
      for lane in 0..<8 {
        if target[lane] == saddle.halfTurn {
          // Two of the four branches end here.
          let bound = 1000 * CriticalSaddles.resolution / saddle.curvature.magnitude
          if (z[lane] - saddle.position).normSquared < bound {
            active[lane] = false
            atSaddle[lane] = saddle.position
          }
        } else if halfTurn[lane] == saddle.halfTurn, z[lane] == saddle.position {
          restart(lane, from: saddle, to: target[lane])
        }
      }
    }
    let before = speed
    guard advance(to: target, active: active, depth: 0) else { return false }
    speed = lens.causticSpeed(z, halfTurn: halfTurn)
    for lane in 0..<8 {
      guard let position = atSaddle[lane] else { continue }
      set(lane, to: position)
      let caustic = lens.source(of: position)
      expansion.caustic.re[lane] = caustic.re
      expansion.caustic.im[lane] = caustic.im
      // The speed diverges here; what counts is its sign on the way.
      speed[lane] = before[lane]
    }
    return true
  }

  private mutating func set(_ lane: Int, to position: Complex) {
    z.re[lane] = position.re
    z.im[lane] = position.im
  }

  /// Continues one of the two branches that meet at a saddle so that the caustic does not turn back.
  private mutating func restart(
    _ lane: Int, from saddle: CriticalSaddles.Saddle, to target: Complex
  ) {
    let turn = target * target
    let offset = (2 * (turn - saddle.value) / saddle.curvature).squareRoot
    let inverse = Complex(1) / (saddle.curvature * offset)
    let next = -2 * (target * turn * inverse).im
    let sign = (speed[lane] > 0) == (next > 0) ? 1.0 : -1.0
    set(lane, to: saddle.position + sign * offset)
    expansion.inverse.re[lane] = sign * inverse.re
    expansion.inverse.im[lane] = sign * inverse.im
    expansion.derivative.re[lane] = turn.re
    expansion.derivative.im[lane] = turn.im
    expansion.ratio.re[lane] = 0
    expansion.ratio.im[lane] = 0
  }

  /// Whether the points of the four branches are the four roots of the quartic: Koebe's quarter
  /// theorem keeps other roots farther from z than ¼ of the reach over |g″|.
  private func areDistinct(_ active: LaneMask) -> Bool {
    let reach = saddles.squaredReach(expansion.derivative)
    let bound = 0.04 * reach * expansion.inverse.normSquared
    for shift in 1...2 {
      var other = z
      for lane in 0..<8 {
        let from = (lane & 4) | ((lane + shift) & 3)
        other.re[lane] = z.re[from]
        other.im[lane] = z.im[from]
      }
      if !(((z - other).normSquared .< bound) .& active).isEmpty { return false }
    }
    return true
  }

  private func sample(upper: Bool) -> Sample {
    let first = upper ? 4 : 0
    var result = Sample(
      halfTurn: halfTurn[first], critical: .init(repeating: Complex(0)),
      caustic: .init(repeating: Complex(0)), velocity: .init(repeating: Complex(0)),
      speed: .init(repeating: 0))
    let velocity = expansion.derivative * expansion.inverse
    for k in 0..<4 {
      result.critical[k] = z[first + k]
      result.caustic[k] = expansion.caustic[first + k]
      result.velocity[k] = Complex(-velocity.im[first + k], velocity.re[first + k])
      result.speed[k] = speed[first + k]
    }
    return result
  }
}

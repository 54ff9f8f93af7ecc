import Foundation

/// Magnification of a uniform disc by integration around its limb.
///
/// Limbs far from caustics are integrated in equal steps. Others are cut where they cross a caustic
/// or come close to one, and adaptively; θ = a + w τ²(3 − 2τ) removes the inverse square roots at the
/// crossings.
struct LimbIntegral {
  /// Relative error aimed at.
  let tolerance: Double
  private let integrand: LimbIntegrand
  private let limb: LimbCrossings
  /// Angles of the crossings, ascending.
  private var crossings: [Double]
  /// How well they are known.
  private var angleError: Double
  /// Number of images on the stretches from one crossing to the next, 0 while unknown.
  private var imageCounts: [Double]
  /// Whether most of those numbers came out as they must, and whether all did.
  private var isResolved = true
  private(set) var isClean = true
  /// Relative rounding error allowed to the integrand.
  private var nodeTolerance: Double

  init(network: CausticNetwork, center: Complex, radius: Double, tolerance: Double) {
    self.tolerance = tolerance
    nodeTolerance = tolerance
    integrand = LimbIntegrand(lens: network.lens, center: center, radius: radius)
    limb = LimbCrossings(network: network, center: center, radius: radius)
    let lens = network.lens
    crossings = limb.crossings
    // A limb that crosses a fold twice in short order grazes it: about the sine of the angle between.
    let grazing = min(1, 0.5 * limb.closestCrossings)
    angleError = 1e-15 * (2 + lens.s + 1 / lens.s) / radius / grazing
    imageCounts = [Double](repeating: 0, count: max(1, crossings.count))
    // Crossings of a tiny caustic are close to each other.
    if tolerance < 1e-5 || angleError > 1e-4 * tolerance * limb.closestCrossings {
      sharpenCrossings()
    }
  }

  private mutating func sharpenCrossings() {
    crossings = limb.sharpenedAngles(
      integrand.lens, center: integrand.center, radius: integrand.radius
    ).sorted()
    angleError = 1e-15
  }

  /// Integral and its error, without their common factor.
  private struct Estimate {
    var value = 0.0
    var error = 0.0
    var noise = 0.0
    /// The integral of the outlines' direction, which vanishes: what is missing of it at one place
    /// is at least what is missing of the value.
    var closure = Complex(0)
    var gap: Double { closure.magnitude }
  }

  /// The magnification; nil where the limb meets a caustic too small to be resolved.
  mutating func magnification(_ solver: inout ImageSolver) -> Magnification? {
    var estimate: Estimate?
    if crossings.isEmpty && limb.approaches.isEmpty { estimate = equalSteps(&solver) }
    var sum = estimate ?? adaptive(&solver)
    if sum.noise > 0.5 * tolerance * abs(sum.value) {
      // Large contributions cancel: what is enough for each is not for their sum.
      (isResolved, nodeTolerance) = (true, 1e-6 * tolerance)
      sharpenCrossings()
      sum = adaptive(&solver)
    }
    guard isResolved else { return nil }
    let scale = 1 / (2 * Double.pi)
    var error = sum.error + sum.noise
    // Something was missed, and the gap says only about how much.
    if !(sum.gap <= error) { error = 3 * sum.gap }
    guard scale * (sum.value + error) >= 1 else { return nil }
    if !alternates { isClean = false }
    return Magnification(value: max(1, scale * sum.value), error: scale * error)
  }

  // MARK: Equal steps

  /// The trapezoidal rule, doubled until it settles; nil if it does not.
  private mutating func equalSteps(_ solver: inout ImageSolver) -> Estimate? {
    var samples: [Double] = []
    var sum = Estimate()
    var count: Lanes?
    // A caustic inside the disc can make features too narrow for eight steps.
    for level in 0...3 {
      let blocks = level == 0 ? 1 : 1 << (level - 1)
      let shift = level == 0 ? 0 : 0.5
      var fresh: [Double] = []
      for block in 0..<blocks {
        var direction = ComplexVector(repeating: Complex(0))
        for lane in 0..<8 {
          let place = (Double(lane * blocks + block) + shift) / Double(8 * blocks) * 64
          direction[lane] = Self.directions[Int(place)]
        }
        let result = integrand.values(direction, &solver, tolerance: nodeTolerance)
        if count == nil { count = Lanes(repeating: result.count[0]) }
        // A caustic that is crossed after all.
        guard result.count == count else { return nil }
        for lane in 0..<8 { fresh.append(result.value[lane]) }
        sum.noise = max(sum.noise, result.noise.max())
        sum.closure += Complex(result.closure.re.sum(), result.closure.im.sum())
      }
      // Lanes are spread over the whole limb: back into the order of the angle.
      var ordered = fresh
      for k in fresh.indices { ordered[(k % 8) * blocks + k / 8] = fresh[k] }
      samples = level == 0 ? ordered : zip(samples, ordered).flatMap { [$0, $1] }
      let mean = samples.reduce(0, +) / Double(samples.count)
      let error = Self.stepError(samples)
      if error <= tolerance * abs(mean), level > 0 || limb.isClear {
        let turn = 2 * Double.pi
        (sum.value, sum.error, sum.noise) = (turn * mean, turn * error, turn * sum.noise)
        sum.closure = (turn / Double(samples.count)) * sum.closure
        return sum
      }
    }
    return nil
  }

  private static let directions = (0..<64).map {
    Complex(cos(Double($0) * .pi / 32), sin(Double($0) * .pi / 32))
  }

  /// A bound of the error of N steps, the amplitude of harmonic N: that of the last ones resolved.
  private static func stepError(_ samples: [Double]) -> Double {
    let count = samples.count
    func largest(_ orders: ClosedRange<Int>) -> Double {
      var result = 0.0
      for k in orders {
        var sum = Complex(0)
        for j in 0..<count { sum += samples[j] * directions[(j * k % count) * (64 / count)] }
        result = max(result, 2 / Double(count) * sum.magnitude)
      }
      return result
    }
    // Not extrapolated to harmonic N: it is the safety against features between the steps, next to
    // which the harmonics hardly decay and N, 2N, … add up.
    return 6 * largest((3 * count / 8)...(count / 2))
  }

  // MARK: Panels

  private mutating func adaptive(_ solver: inout ImageSolver) -> Estimate {
    var panels = LimbPanel.panels(
      crossings: crossings,
      approaches: limb.approaches.map { ($0.angle, $0.width / integrand.radius) })
    // The widest first: they tell best how many images a stretch has.
    panels.sort { $0.width > $1.width }
    for index in panels.indices { evaluate(&panels[index], &solver) }
    var sum = total(panels)
    for _ in 0..<200 {
      // Hopeless: a smaller or larger limb says more.
      if sum.noise > max(Self.largestNoise * abs(sum.value), 0.3 * sum.error) { isResolved = false }
      let enough = max(tolerance * abs(sum.value), sum.noise)
      guard sum.error > enough, isResolved else { break }
      var worst = 0
      for (k, panel) in panels.enumerated() where panel.error > panels[worst].error { worst = k }
      refine(&panels, worst, &solver)
      sum = total(panels)
    }
    return sum
  }

  private func total(_ panels: [LimbPanel]) -> Estimate {
    var sum = Estimate()
    for panel in panels {
      sum.value += panel.value
      sum.error += panel.error
      sum.noise += panel.noise
      sum.closure += panel.closure
    }
    return sum
  }

  private mutating func refine(
    _ panels: inout [LimbPanel], _ index: Int, _ solver: inout ImageSolver
  ) {
    if panels[index].coarse != nil {
      evaluate(&panels[index], &solver)
      return
    }
    var (left, right) = (panels[index], panels[index])
    let middle = 0.5 * (left.low + left.high)
    left.high = middle
    right.low = middle
    evaluate(&left, &solver)
    evaluate(&right, &solver)
    panels[index] = left
    panels.append(right)
  }

  /// Applies the next rule to a panel.
  private mutating func evaluate(_ panel: inout LimbPanel, _ solver: inout ImageSolver) {
    let isCoarse = panel.coarse == nil
    let nodes = isCoarse ? GaussKronrod.inner : GaussKronrod.outer
    let half = 0.5 * (panel.high - panel.low)
    let tau = half * nodes + (0.5 * (panel.high + panel.low))
    let share = tau * tau * (3 - 2 * tau)
    let middle = panel.start + 0.5 * panel.width
    var direction = ComplexVector(angle: panel.width * (share - 0.5))
    direction = direction * ComplexVector(repeating: Complex(cos(middle), sin(middle)))
    let result = integrand.values(direction, &solver, tolerance: nodeTolerance)
    let slope = (6 * panel.width) * tau * (1 - tau)
    var values = slope * result.value
    var closure = ComplexVector(slope * result.closure.re, slope * result.closure.im)
    var noise = slope * (result.noise + doubt(panel, share) * result.closure.size)
    if imageCounts[panel.stretch] == 0 {
      imageCounts[panel.stretch] = Self.mostFrequent(result.count)
    }
    let expected = imageCounts[panel.stretch]
    let agrees = result.count .== Lanes(repeating: expected)
    let isKnown = agrees .& (noise .<= Self.largestNoise * closure.size)
    if !isKnown.isFull {
      isClean = isClean && agrees.isFull
      if agrees.count <= 4, panel.low == 0, panel.high == 1 { isResolved = false }
      mend(&values, &closure, &noise, at: tau, where: isKnown)
    }
    if isCoarse {
      (panel.value, panel.error) = GaussKronrod.integral(values, scale: half)
      panel.coarse = values
      panel.coarseClosure = closure
      panel.closure = half * closure.dot(GaussKronrod.gaussWeights)
      panel.noise = half * (noise * GaussKronrod.gaussWeights).sum()
    } else {
      (panel.value, panel.error) = GaussKronrod.integral(panel.coarse!, values, scale: half)
      panel.coarse = nil
      panel.closure =
        half
        * (panel.coarseClosure.dot(GaussKronrod.innerWeights)
          + closure.dot(GaussKronrod.outerWeights))
      panel.noise = max(panel.noise, 2 * half * (noise * GaussKronrod.outerWeights).sum())
    }
  }

  /// Whether every crossing adds or removes a pair of images, as far as is known.
  private var alternates: Bool {
    if crossings.isEmpty { return true }
    func counts(_ first: Int) -> Set<Double> {
      Set(stride(from: first, to: imageCounts.count, by: 2).map { imageCounts[$0] }).subtracting([0]
      )
    }
    let (even, odd) = (counts(0), counts(1))
    return crossings.count % 2 == 0 && even.count <= 1 && odd.count <= 1 && even != odd
  }

  private static func mostFrequent(_ counts: Lanes) -> Double {
    (counts .== Lanes(repeating: 5)).count > 4 ? 5 : 3
  }

  /// What an error of the crossings' angles changes, relatively: next to a crossing the integrand
  /// goes as the inverse square root of the distance from it.
  @inline(__always) private func doubt(_ panel: LimbPanel, _ share: Lanes) -> Lanes {
    var doubt = Lanes(repeating: 0)
    let relative = angleError / panel.width
    if panel.startsAtCrossing { doubt += relative / share }
    if panel.endsAtCrossing { doubt += relative / (1 - share) }
    return doubt
  }

  /// Values noisier than this are replaced.
  private static let largestNoise = 0.03

  /// Replaces values next to a caustic where rounding miscounted the images or spoils them; the
  /// transformed integrand is smooth up to the crossing, so that its neighbours can be continued.
  ///
  /// Where most of a whole panel is miscounted the caustic is too small to be resolved.
  private func mend(
    _ values: inout Lanes, _ closure: inout ComplexVector, _ noise: inout Lanes, at tau: Lanes,
    where good: LaneMask
  ) {
    for lane in 0..<8 where !good[lane] {
      // The last of the inner nodes is there twice.
      let near = (0..<8).filter { good[$0] && ($0 < 7 || tau[7] != tau[6]) }
        .sorted { abs(tau[$0] - tau[lane]) < abs(tau[$1] - tau[lane]) }
      guard near.count >= 3 else {
        noise[lane] += abs(values[lane])
        continue
      }
      let (a, b, c) = (near[0], near[1], near[2])
      func continued(_ f: Lanes) -> (value: Double, quadratic: Double) {
        let slope = (f[b] - f[a]) / (tau[b] - tau[a])
        let bend = ((f[c] - f[b]) / (tau[c] - tau[b]) - slope) / (tau[c] - tau[a])
        let quadratic = (tau[lane] - tau[a]) * (tau[lane] - tau[b]) * bend
        return (f[a] + (tau[lane] - tau[a]) * slope + quadratic, quadratic)
      }
      let (value, quadratic) = continued(values)
      values[lane] = value
      noise[lane] = abs(quadratic) + noise[a]
      closure[lane] = Complex(continued(closure.re).value, continued(closure.im).value)
    }
  }
}

/// A disc near caustics, uniform or limb-darkened.
///
/// With A(r) for the uniform disc of r source radii the darkened disc has I(1) A(1) plus the
/// integral over μ = √(1 − r²) of r² A(r) dI/dμ: all bands share the uniform discs. Kinks of A, where
/// the disc's edge touches a caustic, part the integral; on each panel A is a Legendre series in μ,
/// which the bands weigh in their own ways. Series must meet where panels do: a sum of few terms may
/// look better than it is by chance.
///
/// Reference: Dominik 1998, A&A 333, L79; Bozza et al. 2018, MNRAS 479, 5157 (concentric discs).
struct Disc {
  let network: CausticNetwork
  let center: Complex
  let radius: Double
  /// Relative error aimed at.
  let tolerance: Double

  /// Magnifications `[bands]`.
  func magnifications(
    _ bands: [LimbDarkening], _ solver: inout ImageSolver
  ) -> [Magnification] {
    if bands.allSatisfy({ $0 == .uniform }) {
      let whole = uniform(1, tolerance, &solver)
      return bands.map { _ in whole }
    }
    // Half for the discs, half for the integral over them.
    let whole = uniform(1, 0.5 * tolerance, &solver)
    // What one disc does not reach the others need not.
    var aim = max(0.5 * tolerance, 0.3 * whole.error / whole.value)
    var panels = initialPanels()
    for index in panels.indices { evaluate(&panels[index], bands, aim, &solver) }
    for _ in 0..<60 {
      join(&panels, whole)
      let sums = total(panels, whole, bands)
      guard let worst = worst(panels, sums, bands) else { return sums }
      aim = max(aim, 0.3 * discError(panels, whole, bands, sums))
      refine(&panels, worst, bands, aim, &solver)
    }
    join(&panels, whole)
    return total(panels, whole, bands)
  }

  /// The uniform disc of `r` source radii.
  private func uniform(
    _ r: Double, _ tolerance: Double, _ solver: inout ImageSolver
  ) -> Magnification {
    let direct = limb(r, tolerance, &solver)
    guard let direct else { return bracketed(r, tolerance, nil, &solver) }
    let isGoodEnough = direct.value.error <= max(4 * tolerance, 1e-5) * direct.value.value
    if direct.isClean {
      return isGoodEnough ? direct.value : bracketed(r, tolerance, direct.value, &solver)
    }
    // Where images were miscounted the error is a guess, but the flux does grow with the radius.
    let between = bracketed(r, tolerance, nil, &solver)
    let error = 10 * direct.value.error
    let agrees = abs(direct.value.value - between.value) <= between.error
    return agrees && error < between.error
      ? Magnification(value: direct.value.value, error: error) : between
  }

  private func limb(
    _ r: Double, _ tolerance: Double, _ solver: inout ImageSolver
  ) -> (value: Magnification, isClean: Bool)? {
    var limb = LimbIntegral(
      network: network, center: center, radius: r * radius, tolerance: tolerance)
    guard let value = limb.magnification(&solver) else { return nil }
    return (value, limb.isClean)
  }

  /// A disc whose limb meets a caustic so tiny that double precision does not resolve it.
  ///
  /// The flux r² A(r) grows with r: a smaller and a larger disc whose limbs keep clear of the
  /// caustic have it between them.
  private func bracketed(
    _ r: Double, _ tolerance: Double, _ direct: Magnification?, _ solver: inout ImageSolver
  ) -> Magnification {
    var best = direct
    for step in [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1] where step >= 0.1 * tolerance {
      // The flux grows by more than that.
      if let best, best.error < step * best.value { break }
      let (low, high) = (1 - step, 1 + step)
      let aim = max(0.3 * tolerance, 0.3 * step)
      guard let inner = limb(low * r, aim, &solver), let outer = limb(high * r, aim, &solver)
      else { continue }
      // Where only these are unclean too, larger steps may be better.
      let isClean = inner.isClean && outer.isClean
      let (least, most) = (low * low * inner.value.value, high * high * outer.value.value)
      let rounding =
        (low * low * inner.value.error + high * high * outer.value.error) * (isClean ? 1 : 10)
      let error = 0.5 * abs(most - least) + rounding
      if error < best?.error ?? .infinity {
        best = Magnification(value: max(1, 0.5 * (least + most)), error: error)
      }
      if rounding < 0.3 * error || error <= tolerance * least { break }
    }
    // Nothing resolved: all that is known is that a disc is not fainter than its source.
    return best ?? Magnification(value: 1, error: 2 / (r * radius))
  }

  /// Part of the integral over μ.
  private struct Panel {
    var low: Double
    var high: Double
    /// A at the nodes where it is known, and its greatest error.
    var discs: [Double] = []
    var discError = 0.0
    /// The series at both ends.
    var ends = (low: 0.0, high: 0.0)
    var seriesError = 0.0
    /// The first Legendre term that the series leaves out.
    var nextTerm: Int { discs.count == SparseRule.inner.count ? 3 : 6 }
    /// Per band.
    var values: [Double] = []
    var moments: [Moments] = []
    var errors: [Double] = []
  }

  /// Panels narrower than this hold too little light for their kinks to matter.
  private var narrowest: Double { min(0.1, 0.3 * tolerance.squareRoot()) }

  private func initialPanels() -> [Panel] {
    var marks = [0.0]
    // From the limb (μ = 0) inwards.
    for touching in network.tangentRadii(around: center, within: radius).reversed() {
      let share = touching / radius
      let mu = max(0, 1 - share * share).squareRoot()
      if mu - marks.last! > narrowest, 1 - mu > narrowest { marks.append(mu) }
    }
    marks.append(1)
    return zip(marks, marks.dropFirst()).map { Panel(low: $0, high: $1) }
  }

  private func evaluate(
    _ panel: inout Panel, _ bands: [LimbDarkening], _ aim: Double, _ solver: inout ImageSolver
  ) {
    let half = 0.5 * (panel.high - panel.low)
    for node in panel.discs.isEmpty ? SparseRule.inner : SparseRule.outer {
      let mu = panel.low + half * (1 + node)
      let disc = uniform((1 - mu * mu).squareRoot(), aim, &solver)
      panel.discs.append(disc.value)
      panel.discError = max(panel.discError, disc.error)
    }
    let series = SparseRule.series(panel.discs)
    panel.seriesError = series.error
    panel.ends = (0, 0)
    for (n, coefficient) in series.coefficients.enumerated() {
      panel.ends.low += n % 2 == 0 ? coefficient : -coefficient
      panel.ends.high += coefficient
    }
    panel.values = []
    panel.moments = bands.map { Moments($0, low: panel.low, high: panel.high) }
    for moments in panel.moments {
      panel.values.append(zip(series.coefficients, moments.values).reduce(0) { $0 + $1.0 * $1.1 })
    }
  }

  /// A missing term's moment counts as at least this share of the weight: others follow.
  private static let leastMoment = 0.03

  /// The errors of the series: their last terms may be small by chance, but A is continuous, and its
  /// value at the limb is known.
  private func join(_ panels: inout [Panel], _ whole: Magnification) {
    panels.sort { $0.low < $1.low }
    var before = whole.value
    for index in panels.indices {
      let jump = abs(panels[index].ends.low - before)
      before = panels[index].ends.high
      var next = 0.0
      if index + 1 < panels.count { next = abs(panels[index + 1].ends.low - before) }
      let (panel, missing) = (panels[index], max(jump, next))
      panels[index].errors = panel.moments.map {
        let moment = max(abs($0.values[panel.nextTerm]), Self.leastMoment * $0.absolute)
        return max($0.absolute * panel.seriesError, moment * missing)
      }
    }
  }

  /// The share of the errors that the discs have, relative, in the band where it is largest.
  private func discError(
    _ panels: [Panel], _ whole: Magnification, _ bands: [LimbDarkening], _ sums: [Magnification]
  ) -> Double {
    var largest = 0.0
    for (index, band) in bands.enumerated() {
      let series = panels.reduce(0) { $0 + $1.errors[index] } / band.meanIntensity
      largest = max(largest, (sums[index].error - series) / sums[index].value)
    }
    return largest
  }

  private func total(
    _ panels: [Panel], _ whole: Magnification, _ bands: [LimbDarkening]
  ) -> [Magnification] {
    bands.enumerated().map { index, band in
      var value = band.limb * whole.value
      var error = abs(band.limb) * whole.error
      for panel in panels {
        value += panel.values[index]
        error += panel.errors[index]
        let brightening =
          band.intensity(mu: panel.high) - band.intensity(mu: panel.low)
        error += abs(brightening) * panel.discError
      }
      let mean = band.meanIntensity
      return Magnification(value: max(1, value / mean), error: error / mean)
    }
  }

  /// The panel with the largest error in a band that is not yet known well enough.
  private func worst(
    _ panels: [Panel], _ sums: [Magnification], _ bands: [LimbDarkening]
  ) -> Int? {
    var (index, largest): (Int?, Double) = (nil, 0)
    for band in sums.indices {
      let error = panels.reduce(0) { $0 + $1.errors[band] }
      let mean = bands[band].meanIntensity
      // Finer panels do not help against the errors of the discs.
      let discs = mean * sums[band].error - error
      guard error > max(0.5 * tolerance * mean * sums[band].value, discs) else { continue }
      for (k, panel) in panels.enumerated() where panel.errors[band] > largest {
        (index, largest) = (k, panel.errors[band])
      }
    }
    return index
  }

  private func refine(
    _ panels: inout [Panel], _ index: Int, _ bands: [LimbDarkening], _ aim: Double,
    _ solver: inout ImageSolver
  ) {
    if panels[index].discs.count < SparseRule.count {
      evaluate(&panels[index], bands, aim, &solver)
      return
    }
    let (low, high) = (panels[index].low, panels[index].high)
    let middle = 0.5 * (low + high)
    panels[index] = Panel(low: low, high: middle)
    panels.append(Panel(low: middle, high: high))
    evaluate(&panels[index], bands, aim, &solver)
    evaluate(&panels[panels.count - 1], bands, aim, &solver)
  }
}

/// Integrals of r² dI/dμ over a panel with the Legendre polynomials of that panel.
private struct Moments {
  var values = [Double](repeating: 0, count: 7)
  /// Of the weight's absolute value.
  var absolute = 0.0

  init(_ band: LimbDarkening, low: Double, high: Double) {
    // In t = √μ, where the square-root law is finite.
    let (first, last) = (low.squareRoot(), high.squareRoot())
    let half = 0.5 * (last - first)
    for lane in 0..<8 {
      for (node, share) in [
        (GaussKronrod.inner[lane], GaussKronrod.innerWeights[lane]),
        (GaussKronrod.outer[lane], GaussKronrod.outerWeights[lane]),
      ] {
        let t = first + half * (1 + node)
        let mu = t * t
        let weight = half * share * (1 - mu * mu) * band.slope(t)
        absolute += abs(weight)
        let place = (2 * mu - low - high) / (high - low)
        for n in 0..<7 { values[n] += weight * legendre(n, place) }
      }
    }
  }
}

/// The 3-point Gauss rule and its 7-point Kronrod extension, as fits of Legendre series.
private enum SparseRule {
  static let inner = [-0.774596669241483377, 0, 0.774596669241483377]
  static let outer = [
    -0.960491268708020283, -0.434243749346802558, 0.434243749346802558, 0.960491268708020283,
  ]
  private static let gaussWeights = [5.0 / 9, 8.0 / 9, 5.0 / 9]
  private static let kronrodWeights = [
    0.268488089868333441, 0.450916538658474142, 0.268488089868333441,
    0.104656226026467265, 0.401397414775962223, 0.401397414775962223, 0.104656226026467265,
  ]
  /// Number of nodes of the larger rule.
  static let count = 7

  /// Legendre coefficients of a function from its values, and the error of the series: its next
  /// terms, if they go on to decay as the last ones do, but not much less than these.
  static func series(_ values: [Double]) -> (coefficients: [Double], error: Double) {
    let isSmall = values.count == inner.count
    let weights = isSmall ? gaussWeights : kronrodWeights
    let nodes = isSmall ? inner : inner + outer
    let coefficients = (0..<(isSmall ? 3 : 6)).map { n in
      var sum = 0.0
      for k in nodes.indices { sum += weights[k] * values[k] * legendre(n, nodes[k]) }
      return (Double(n) + 0.5) * sum
    }
    let sizes = coefficients.map(abs)
    let last = isSmall ? sizes[2] : max(sizes[4], sizes[5])
    let before = isSmall ? sizes[1] : max(sizes[2], sizes[3])
    return (coefficients, last * max(0.5, before > last ? last / before : 1))
  }
}

private func legendre(_ n: Int, _ x: Double) -> Double {
  var (lower, value) = (0.0, 1.0)
  for k in 0..<n {
    (lower, value) = (value, (Double(2 * k + 1) * x * value - Double(k) * lower) / Double(k + 1))
  }
  return value
}

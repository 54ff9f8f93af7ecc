import Foundation

/// Magnification of a uniform disc from Green's theorem over the images of its limb.
///
/// A πρ² = Σ p ∮ ½ (z − c) × dz over all images z of the limb, p the parity: the images are neither
/// ordered nor joined, because pairs born or lost at a caustic have opposite parities. The limb is
/// split where it crosses a caustic; θ = a + (b−a) sin²(p/2) removes the inverse square roots there.
///
/// Reference: Gould & Gaucherel 1997, ApJ 477, 580; Dominik 1998, A&A 333, L79.
struct LimbIntegral {
  let network: CausticNetwork
  let center: Complex
  let radius: Double
  /// Relative error aimed at.
  let tolerance: Double
  private var solver: ImageSolver
  /// Reference point of the area integral: near the bulk of the images, to limit cancellation.
  private var origin = Complex(0)

  private var lens: LensEquation { network.lens }

  init(network: CausticNetwork, center: Complex, radius: Double, tolerance: Double) {
    self.network = network
    self.center = center
    self.radius = radius
    self.tolerance = tolerance
    solver = ImageSolver(lens: network.lens)
  }

  /// Part of the limb between two break points, p from `low` to `high` within [0, π].
  private struct Panel {
    var start: Double
    var width: Double
    var low: Double
    var high: Double
    /// Number of images between the two break points, 0 while unknown.
    var count = 0.0
    var value = 0.0
    var error = 0.0
  }

  /// The part of the tolerance that the quadrature's error estimate may use: the estimate is
  /// sometimes optimistic next to features far narrower than a panel, and the rule converges so
  /// fast that a tenth costs few points more.
  private static let safety = 0.05

  /// The magnification.
  mutating func magnification() -> Double {
    let limb = LimbCrossings(network: network, center: center, radius: radius)
    chooseOrigin(limb)
    let scale = 1 / (2 * Double.pi * radius)
    if limb.crossings.isEmpty && limb.approaches.isEmpty, let sum = equalSteps() {
      return max(1, scale * sum)
    }
    return max(1, scale * adaptive(breaks(limb)))
  }

  private mutating func chooseOrigin(_ limb: LimbCrossings) {
    // Where pairs are born z − c then vanishes as fast as dz/dθ grows.
    if !limb.crossings.isEmpty {
      origin = (1 / Double(limb.crossings.count)) * limb.criticalSum
      return
    }
    let block = solver.solve(ComplexVector(repeating: lens.nudged(center)))
    var sum = Complex(0)
    var total = 0.0
    for k in 0..<5 where block.weight[k][0] > 0 {
      let weight = min(1 / abs(block.determinant[k][0]), 1e6)
      sum += weight * block.position[k][0]
      total += weight
    }
    if total > 0, sum.isFinite { origin = (1 / total) * sum }
  }

  /// The trapezoidal rule, doubled until it settles; nil if it does not.
  ///
  /// A narrow feature (an image that passes near the planet) can make two sums agree by chance, so
  /// the upper half of the resolved harmonics must be small as well: for geometric convergence the
  /// error is about the square of the last of them.
  private mutating func equalSteps() -> Double? {
    var samples = evenSamples(count: 8, shift: 0)
    var mean = samples.reduce(0, +) / 8
    while samples.count < 64 {
      let between = evenSamples(count: samples.count, shift: 0.5)
      samples = zip(samples, between).flatMap { [$0, $1] }
      let refined = samples.reduce(0, +) / Double(samples.count)
      let change = abs(refined - mean)
      mean = refined
      if change <= 0.3 * tolerance * abs(mean),
        Self.hasSmallHarmonics(samples, below: 0.1 * tolerance.squareRoot() * abs(mean))
      {
        return 2 * Double.pi * mean
      }
    }
    return nil
  }

  /// Whether harmonics N/4 < k ≤ N/2 of N samples are all small.
  private static func hasSmallHarmonics(_ samples: [Double], below bound: Double) -> Bool {
    let count = samples.count
    let scale = 2 / Double(count)
    for k in (count / 4 + 1)...(count / 2) {
      var sum = Complex(0)
      for j in 0..<count { sum += samples[j] * roots64[(j * k % count) * (64 / count)] }
      if scale * sum.magnitude > bound { return false }
    }
    return true
  }

  private static let roots64 = (0..<64).map {
    Complex(cos(Double($0) * .pi / 32), sin(Double($0) * .pi / 32))
  }

  private mutating func evenSamples(count: Int, shift: Double) -> [Double] {
    let step = 2 * Double.pi / Double(count)
    var samples: [Double] = []
    for block in 0..<(count / 8) {
      var angles = Lanes(repeating: 0)
      for lane in 0..<8 { angles[lane] = (Double(block * 8 + lane) + shift) * step }
      let value = integrand(angles).value
      for lane in 0..<8 { samples.append(value[lane]) }
    }
    return samples
  }

  /// Panels between break points, cyclic, none longer than half the limb.
  private func breaks(_ limb: LimbCrossings) -> [Panel] {
    var angles = (limb.crossings + limb.approaches).sorted()
    if angles.isEmpty { angles = [0] }
    var panels: [Panel] = []
    for (k, start) in angles.enumerated() {
      let end = k + 1 < angles.count ? angles[k + 1] : angles[0] + 2 * .pi
      let width = end - start
      if width < 1e-10 { continue }
      let pieces = width > 3.2 ? 2 : 1
      for piece in 0..<pieces {
        let part = width / Double(pieces)
        panels.append(
          Panel(start: start + Double(piece) * part, width: part, low: 0, high: .pi))
      }
    }
    return panels
  }

  private mutating func adaptive(_ initial: [Panel]) -> Double {
    var panels: [Panel] = []
    var pending = Array(initial.reversed())
    var splits = 0
    while let panel = pending.popLast() {
      var current = panel
      if let cut = evaluate(&current), splits < 12 {
        splits += 1
        let left = Panel(start: panel.start, width: cut - panel.start, low: 0, high: .pi)
        let right = Panel(
          start: cut, width: panel.start + panel.width - cut, low: 0, high: .pi)
        pending.append(right)
        pending.append(left)
      } else {
        panels.append(current)
      }
    }
    for _ in 0..<300 {
      var (total, error, worst) = (0.0, 0.0, 0)
      for (k, panel) in panels.enumerated() {
        total += panel.value
        error += panel.error
        if panel.error > panels[worst].error { worst = k }
      }
      if error <= Self.safety * tolerance * abs(total) || panels.isEmpty { return total }
      var left = panels[worst]
      var right = left
      let middle = 0.5 * (left.low + left.high)
      left.high = middle
      right.low = middle
      _ = evaluate(&left)
      _ = evaluate(&right)
      panels[worst] = left
      panels.append(right)
    }
    return panels.reduce(0) { $0 + $1.value }
  }

  /// Fills in the panel's integral; an angle where the number of images changes if one was missed.
  private mutating func evaluate(_ panel: inout Panel) -> Double? {
    let half = 0.5 * (panel.high - panel.low)
    let middle = 0.5 * (panel.high + panel.low)
    var values = (Lanes(repeating: 0), Lanes(repeating: 0))
    var counts = values
    var angles = values
    for part in 0..<2 {
      let nodes = part == 0 ? GaussKronrod.nodes.0 : GaussKronrod.nodes.1
      var theta = Lanes(repeating: 0)
      var weight = theta
      for lane in 0..<8 {
        let p = middle + half * nodes[lane]
        let sine = sin(0.5 * p)
        theta[lane] = panel.start + panel.width * sine * sine
        weight[lane] = 0.5 * panel.width * sin(p)
      }
      let result = integrand(theta)
      if part == 0 {
        (values.0, counts.0, angles.0) = (result.value * weight, result.count, theta)
      } else {
        (values.1, counts.1, angles.1) = (result.value * weight, result.count, theta)
      }
    }
    var cut: Double?
    let isUniform = counts.0.min() == counts.0.max() && counts.1 == counts.0
    if panel.count == 0 {
      panel.count = counts.0[7]
      if !isUniform { cut = missedCrossing(panel, counts, angles) }
    }
    if !isUniform || counts.0[7] != panel.count { mend(&values, counts, expected: panel.count) }
    (panel.value, panel.error) = GaussKronrod.integral(values, scale: half)
    if isAtRounding(panel) { panel.error = 0 }
    return cut
  }

  /// Whether what is left in a panel is rounding, which further cuts would only collect.
  ///
  /// Angles on the limb are known to about 1e-16/ρ; next to a crossing the integrand's relative
  /// error is this over the distance from the crossing.
  private func isAtRounding(_ panel: Panel) -> Bool {
    if panel.high - panel.low < 1e-5 { return true }
    let reach = Self.roundingReach / radius
    if panel.low == 0 {
      let sine = sin(0.5 * panel.high)
      return panel.width * sine * sine < reach
    }
    if panel.high == .pi {
      let cosine = cos(0.5 * panel.low)
      return panel.width * cosine * cosine < reach
    }
    return false
  }

  /// Arc next to a break point, Einstein radii, over which rounding may dominate.
  private static let roundingReach = 1e-8

  /// Replaces values next to a caustic crossing where rounding miscounted the images; the
  /// transformed integrand is smooth up to the crossing, so the neighbour's value serves.
  private func mend(
    _ values: inout (Lanes, Lanes), _ counts: (Lanes, Lanes), expected: Double
  ) {
    var list = (0..<16).map { $0 < 8 ? values.0[$0] : values.1[$0 - 8] }
    let good = (0..<16).filter { ($0 < 8 ? counts.0[$0] : counts.1[$0 - 8]) == expected }
    guard !good.isEmpty else { return }
    for k in 0..<16 where !good.contains(k) {
      list[k] = list[good.min { abs($0 - k) < abs($1 - k) }!]
    }
    for lane in 0..<8 {
      values.0[lane] = list[lane]
      values.1[lane] = list[8 + lane]
    }
  }

  private func missedCrossing(
    _ panel: Panel, _ counts: (Lanes, Lanes), _ angles: (Lanes, Lanes)
  ) -> Double? {
    for k in 0..<14 {
      let first = k < 8 ? counts.0[k] : counts.1[k - 8]
      let second = k < 7 ? counts.0[k + 1] : counts.1[k - 7]
      if first == second { continue }
      var low = k < 8 ? angles.0[k] : angles.1[k - 8]
      var high = k < 7 ? angles.0[k + 1] : angles.1[k - 7]
      while high - low > 1e-13 {
        let middle = 0.5 * (low + high)
        let point = lens.publicFrame(
          center + radius * Complex(cos(middle), sin(middle)))
        if Double(lens.images(x: point.x, y: point.y).count) == first {
          low = middle
        } else {
          high = middle
        }
        if middle == low && middle == high { break }
      }
      // Rounding next to a known crossing is not a missed one.
      let edge = 1e-6 * panel.width
      if low - panel.start > edge, panel.start + panel.width - high > edge { return high }
    }
    return nil
  }

  /// Σ p (z − c) × dz/dθ / ρ over the images, and the number of images, at eight angles.
  private mutating func integrand(_ angles: Lanes) -> (value: Lanes, count: Lanes) {
    var direction = ComplexVector(repeating: Complex(0))
    for lane in 0..<8 {
      direction.re[lane] = cos(angles[lane])
      direction.im[lane] = sin(angles[lane])
    }
    let source = ComplexVector(repeating: center) + radius * direction
    let tangent = ComplexVector(-direction.im, direction.re)
    let block = solver.solve(source)
    var value = Lanes(repeating: 0)
    var count = Lanes(repeating: 0)
    let reference = ComplexVector(repeating: origin)
    for k in 0..<5 {
      let arm = block.position[k] - reference
      let along = tangent - (block.shear[k] * tangent).conjugate
      let area = (arm.re * along.im).addingProduct(-arm.im, along.re)
      let determinant = block.determinant[k]
      let size = determinant.replacing(with: -determinant, where: determinant .< 0)
      let term = block.weight[k] * area / size
      value += term.replacing(with: 0, where: block.weight[k] .== 0)
      count += block.weight[k]
    }
    if !all(block.reliable) {
      for lane in 0..<8 where !block.reliable[lane] {
        (value[lane], count[lane]) = carefulIntegrand(source[lane], tangent[lane])
      }
    }
    return (value, count)
  }

  private func carefulIntegrand(_ source: Complex, _ tangent: Complex) -> (Double, Double) {
    let point = lens.publicFrame(source)
    let images = lens.images(x: point.x, y: point.y)
    var value = 0.0
    for k in 0..<images.count {
      let image = images.images[k]
      let arm = image.position - origin
      let along = tangent - (image.shear * tangent).conjugate
      value += (arm.re * along.im - arm.im * along.re) / abs(image.determinant)
    }
    return (value, Double(images.count))
  }
}

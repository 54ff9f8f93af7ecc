import Foundation

/// Follows the four branches of the critical curve g′(z) = exp(iφ) over one turn of φ.
struct CausticTracker {
  let lens: LensEquation
  private var nodes: [CausticNode] = []

  init(lens: LensEquation) { self.lens = lens }

  /// The largest step in φ: the caustic's tangent turns by half of it.
  private static let largestStep = 2 * Double.pi / 64
  /// The longest chord, in Einstein radii: keeps the bounding boxes small.
  private static let longestChord = 0.05

  mutating func traceAll() -> (nodes: [CausticNode], branchStarts: [Int]) {
    nodes.reserveCapacity(400)
    var starts: [Int] = []
    // Not at φ = 0, where branches meet for symmetric lenses.
    let firstPhase = 0.3
    let s = lens.s
    let turn = Complex(cos(firstPhase), sin(firstPhase))
    var coefficients = InlineArray<6, Complex>(repeating: Complex(0))
    coefficients[4] = turn
    coefficients[3] = 2 * s * turn
    coefficients[2] = s * s * turn - Complex(1)
    coefficients[1] = Complex(-2 * lens.m2 * s)
    coefficients[0] = Complex(-lens.m2 * s * s)
    let roots = PolynomialRoots(coefficients: coefficients, degree: 4).solve()
    for k in 0..<4 {
      starts.append(nodes.count)
      let z = corrected(roots[k], phase: firstPhase) ?? roots[k]
      var current = node(z, phase: firstPhase)
      nodes.append(current)
      for step in 1...64 {
        let target = firstPhase + Double(step) * Self.largestStep
        current = advance(current, to: target, depth: 0)
      }
    }
    starts.append(nodes.count)
    return (nodes, starts)
  }

  private func velocity(_ z: Complex, phase: Double) -> Complex {
    Complex(-sin(phase), cos(phase)) / lens.deflectionCurvature(z)
  }

  private func node(_ z: Complex, phase: Double) -> CausticNode {
    let half = Complex(cos(phase / 2), sin(phase / 2))
    let speed = 2 * (half * velocity(z, phase: phase)).re
    return CausticNode(
      phase: phase, critical: z, caustic: lens.source(of: z), speed: speed, isCusp: false)
  }

  /// Newton's iteration on g′(z) = exp(iφ).
  private func corrected(_ start: Complex, phase: Double) -> Complex? {
    lens.criticalPoint(near: start, phase: phase)
  }

  /// Appends the nodes from after `start` to `phase`, bisecting where the branch moves fast.
  private mutating func advance(
    _ start: CausticNode, to phase: Double, depth: Int
  ) -> CausticNode {
    let step = phase - start.phase
    let slope = velocity(start.critical, phase: start.phase)
    let middle = start.critical + (0.5 * step) * slope
    let midSlope = velocity(middle, phase: start.phase + step / 2)
    let predicted = start.critical + step * midSlope
    if let z = corrected(predicted, phase: phase) {
      let end = node(z, phase: phase)
      let travelled = (z - start.critical).magnitude
      let endSlope = velocity(z, phase: phase)
      let isSmooth =
        (z - predicted).magnitude < 0.05 * travelled
        && (endSlope - slope).magnitude < 0.4 * slope.magnitude
        && (end.caustic - start.caustic).magnitude < Self.longestChord
      if isSmooth || depth >= 18 { return append(end, after: start) }
    } else if depth >= 18 {
      let end = node(start.critical, phase: phase)
      return append(end, after: start)
    }
    let half = advance(start, to: start.phase + step / 2, depth: depth + 1)
    return advance(half, to: phase, depth: depth + 1)
  }

  private mutating func append(_ end: CausticNode, after start: CausticNode) -> CausticNode {
    if start.speed * end.speed < 0 { nodes.append(cusp(between: start, and: end)) }
    nodes.append(end)
    return end
  }

  /// The zero of the caustic's speed between two nodes.
  private func cusp(between start: CausticNode, and end: CausticNode) -> CausticNode {
    var low = start
    var high = end
    var (lowValue, highValue) = (low.speed, high.speed)
    var best = start
    for _ in 0..<40 {
      let fraction = lowValue / (lowValue - highValue)
      let phase = low.phase + fraction * (high.phase - low.phase)
      let guess = low.critical + fraction * (high.critical - low.critical)
      best = node(corrected(guess, phase: phase) ?? guess, phase: phase)
      if abs(best.speed) < 1e-9 * abs(start.speed - end.speed) { break }
      if best.speed * lowValue > 0 {
        low = best
        lowValue = best.speed
        highValue /= 2
      } else {
        high = best
        highValue = best.speed
        lowValue /= 2
      }
    }
    best.isCusp = true
    return best
  }
}

extension LensEquation {
  /// The point of the critical curve with g′(z) = exp(i·phase) next to `start`.
  func criticalPoint(near start: Complex, phase: Double) -> Complex? {
    let target = Complex(cos(phase), sin(phase))
    var z = start
    for _ in 0..<12 {
      let step = (deflection(z).derivative - target) / deflectionCurvature(z)
      z -= step
      guard z.isFinite else { return nil }
      if step.normSquared <= 1e-20 * z.normSquared { return z }
    }
    return nil
  }
}

import Foundation

/// z at any polynomial, however steep, in a fixed time: Filon's quadrature.
///
/// On each of some hundred panels of equal eccentric anomaly the phase is a line in τ, whose integral is
/// elementary, and a small parabola, of which the first power counts. What oscillates fast contributes little,
/// so that no oscillation needs to be resolved. The error is some 1e-4 at worst (see ``Self/error``).
///
/// Reference: Iserles & Nørsett (2005), Proc. R. Soc. A 461, 1383, for Filon's method.
struct FilonNodes {
  /// Of γ within a distance of 0.2, with 256 panels to a turn: no bound, but more than the largest, 8e-4, of 7,745
  /// steep polynomials on the lines of 1,500 orbits with up to a hundred cycles. At the polynomials themselves it is
  /// 1.5e-6 in the median, and 3e-4 at most.
  static let error = 1e-3
  /// Of its derivative by the distance, likewise.
  static let slopeError = 4e-3

  /// ψ in radians, then P₁, P₂, P₃ and τ: at the beginning of a panel and at its middle. Lane l holds the l-th
  /// eighth of the panels, in their order, and one more where the next eighth begins.
  private var lanes: [Lanes] = []
  private let steps: Int

  /// - Parameter reference: what is taken off the phase to give ψ.
  init(_ motion: LineOfSightMotion, panelsPerTurn: Int, reference: PhasePolynomial) {
    let turns = max(0.25, motion.end / (2 * .pi))
    steps = Int((Double(panelsPerTurn) / 8 * turns).rounded(.up))
    let panels = Double(8 * steps)
    lanes = [Lanes](repeating: .zero, count: 10 * steps + 5)
    for step in 0...steps {
      for half in 0..<(step < steps ? 2 : 1) {
        for lane in 0..<8 {
          let place = Double(lane * steps + step) + 0.5 * Double(half)
          let span = motion.end * place / panels
          let t = motion.time(span)
          let basis = PhasePolynomial.basis(t)
          let at = 10 * step + 5 * half
          lanes[at][lane] = motion.phase(span) - reference.dot(basis)
          for k in 0..<3 { lanes[at + 1 + k][lane] = basis[k] }
          lanes[at + 4][lane] = t
        }
      }
    }
  }

  /// z on the straight line p + su, |u| = 1, about p.
  ///
  /// Complexity: 8 ns a panel.
  func series(_ p: PhasePolynomial, along u: PhasePolynomial) -> LineSeries {
    let (u1, u2, u3) = (Lanes(repeating: u.x), Lanes(repeating: u.y), Lanes(repeating: u.z))
    var sums = InlineArray<8, Lanes>(repeating: .zero)
    panels(p) { at, lanes, _, c, s in
      let shape = u1 * lanes[at + 6] + u2 * lanes[at + 7] + u3 * lanes[at + 8]
      var (c, s) = (c, s)
      for k in 0..<4 {
        sums[2 * k] += c
        sums[2 * k + 1] += s
        c *= shape
        s *= shape
      }
    }
    func moment(_ k: Int) -> SIMD2<Double> { SIMD2(sums[2 * k].sum(), sums[2 * k + 1].sum()) }
    let (first, third) = (moment(1), moment(3))
    return LineSeries(
      moment(0), SIMD2(first.y, -first.x), moment(2) * -0.5, SIMD2(-third.y, third.x) * (1.0 / 6))
  }

  /// The sum of the moduli of the parts of z about the places where the phase is stationary: what γ could be if
  /// they added up.
  ///
  /// Parts end where the phase turns fastest between two such places.
  func sumOfParts(_ p: PhasePolynomial) -> Double {
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 3 * steps) { buffer in
      var filled = 0
      panels(p) { _, _, rate, c, s in
        buffer[filled] = rate
        buffer[filled + 1] = c
        buffer[filled + 2] = s
        filled += 3
      }
      let numbers = UnsafeRawBufferPointer(buffer).assumingMemoryBound(to: Double.self)
      var total = 0.0
      var (re, im) = (0.0, 0.0)
      var (fastest, fastestRe, fastestIm) = (0.0, 0.0, 0.0)
      var (lastRe, lastIm) = (0.0, 0.0)
      for lane in 0..<8 {
        for at in stride(from: lane, to: 24 * steps, by: 24) {
          let rate = numbers[at]
          if rate * fastest < 0 {
            total += hypot(fastestRe - lastRe, fastestIm - lastIm)
            (lastRe, lastIm, fastest) = (fastestRe, fastestIm, 0)
          }
          if abs(rate) >= abs(fastest) { (fastest, fastestRe, fastestIm) = (rate, re, im) }
          re += numbers[at + 8]
          im += numbers[at + 16]
        }
      }
      return total + hypot(re - lastRe, im - lastIm)
    }
  }

  /// Calls `body` with each eight panels' place, all lanes, the mean frequencies and the integrals.
  @inline(__always)
  private func panels(
    _ p: PhasePolynomial,
    _ body: (Int, UnsafeBufferPointer<Lanes>, Lanes, Lanes, Lanes) -> Void
  ) {
    let (q1, q2, q3) = (Lanes(repeating: p.x), Lanes(repeating: p.y), Lanes(repeating: p.z))
    let turn = 0.5 / Double.pi
    lanes.withUnsafeBufferPointer { lanes in
      @inline(__always) func phase(_ at: Int) -> Lanes {
        lanes[at] - q1 * lanes[at + 1] - q2 * lanes[at + 2] - q3 * lanes[at + 3]
      }
      var before = phase(0)
      var (c0, s0) = cosineAndSine(turns: before * turn)
      for step in 0..<steps {
        let at = 10 * step
        let after = phase(at + 10)
        let (c1, s1) = cosineAndSine(turns: after * turn)
        let width = lanes[at + 14] - lanes[at + 4]
        let rise = after - before
        let square = rise * rise
        // Where the phase hardly changes, series; elsewhere 1 stands in for what is not used.
        let isSmall = square .< 0.04
        let safe = rise.replacing(with: Lanes(repeating: 1), where: isSmall)
        let inverse = 1 / safe
        // ∫₀¹ exp iDx dx = (e₁ − e₀)/(iD), or (e₀ + e₁)/2 (1 + D²/12) but for higher powers.
        let series = (0.5 + square * (1.0 / 24))
        var c = (s1 - s0) * inverse
        var s = (c0 - c1) * inverse
        c.replace(with: (c0 + c1) * series, where: isSmall)
        s.replace(with: (s0 + s1) * series, where: isSmall)
        // ∫₀¹ 4x(1 − x) exp iDx dx = 4 (2 ∫ exp iDx dx − e₀ − e₁)/D², or 2/3 of their mean.
        var weight = 4 * inverse * inverse
        var bendC = weight * (2 * c - c0 - c1)
        var bendS = weight * (2 * s - s0 - s1)
        weight = 1.0 / 3 + square * (1.0 / 60)
        bendC.replace(with: (c0 + c1) * weight, where: isSmall)
        bendS.replace(with: (s0 + s1) * weight, where: isSmall)
        // The middle of the panel in δ is not that in τ.
        let x = (lanes[at + 9] - lanes[at + 4]) / width
        var bend = (phase(at + 5) - before - x * rise) / (4 * x * (1 - x))
        // More is not small.
        bend.replace(with: Lanes(repeating: 1), where: bend .> 1)
        bend.replace(with: Lanes(repeating: -1), where: bend .< -1)
        body(at, lanes, rise / width, width * (c - bend * bendS), width * (s + bend * bendC))
        (before, c0, s0) = (after, c1, s1)
      }
    }
  }
}

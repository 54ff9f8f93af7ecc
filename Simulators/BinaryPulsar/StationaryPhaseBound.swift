import Foundation

/// What γ can be at most for any polynomial near a given one, without its quadrature.
///
/// Where the frequency ψ′ − p′ of the residual keeps away from zero, an integral is small: integrated by
/// parts, |∫ exp iφ dτ| ≤ 1/|φ′(start)| + 1/|φ′(end)| + ∫ |φ″|/φ′² dτ. The observation is cut into panels of
/// equal eccentric anomaly; those where that bound holds little more than their own share of it are joined,
/// the rest count in full. Derivatives are bounded by their values at the panels' ends and at the orbit's
/// extreme velocities between, so that the bound is no estimate.
struct StationaryPhaseBound {
  private struct Panel {
    var start: Double
    var end: Double
    /// Least and largest ψ′, and ∫|ψ″|.
    var low: Double
    var high: Double
    var variation: Double
    /// Of a polynomial at distance 1, for each degree allowed: largest |p′|, and ∫|p″|.
    var slope: SIMD4<Double>
    var slopeVariation: SIMD4<Double>
  }

  private var panels: [Panel] = []

  init(_ motion: LineOfSightMotion, panels count: Int, reference: PhasePolynomial) {
    let extremes = motion.velocityExtremes
    let offset = reference.dot(.slopes(0))
    precondition(reference.y == 0 && reference.z == 0)
    for index in 0..<count {
      let from = motion.end * Double(index) / Double(count)
      let to = motion.end * Double(index + 1) / Double(count)
      let (start, end) = (motion.time(from), motion.time(to))
      let values = ([from] + extremes.filter { $0 > from && $0 < to } + [to]).map {
        motion.derivatives($0).velocity - offset
      }
      var largest = PhasePolynomial()
      for t in [start, end] + (start < 0.5 && end > 0.5 ? [0.5] : []) {
        let slopes = PhasePolynomial.slopes(t)
        largest.replace(with: slopes * slopes, where: slopes * slopes .> largest)
      }
      let bends = max(abs(2 * start - 1), abs(2 * end - 1)) * 60 * 7.0.squareRoot()
      let second = 12 * 5.0.squareRoot()
      let width = end - start
      panels.append(
        Panel(
          start: start, end: end, low: values.min()!, high: values.max()!,
          variation: zip(values, values.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) },
          slope: SIMD4(
            0, largest.x.squareRoot(), (largest.x + largest.y).squareRoot(),
            (largest.x + largest.y + largest.z).squareRoot()),
          slopeVariation: SIMD4(0, 0, second * width, hypot(second, bends) * width)))
    }
  }

  /// Of all polynomials of that degree within `radius` of p.
  ///
  /// Complexity: 5 ns a panel.
  func largest(near p: PhasePolynomial, radius: Double, degree: Int) -> Double {
    var total = 0.0
    // 1 over the least frequency of the panel before, where that is one of oscillation.
    var before = 0.0
    var left = p.dot(.slopes(0))
    let bottom = p.dot(.slopes(0.5))
    for panel in panels {
      let right = p.dot(.slopes(panel.end))
      var (least, most) = (min(left, right), max(left, right))
      var turning = most - least
      if p.z != 0 {
        // A parabola's vertex.
        let vertex = 0.5 - p.y * 5.0.squareRoot() / (p.z * 7.0.squareRoot() * 10)
        if vertex > panel.start && vertex < panel.end {
          let offset = vertex - 0.5
          let value =
            bottom + p.y * 12 * 5.0.squareRoot() * offset
            + p.z * 60 * 7.0.squareRoot() * offset * offset
          turning = abs(left - value) + abs(right - value)
          (least, most) = (min(least, value), max(most, value))
        }
      }
      left = right
      let frequency = max(panel.low - most, least - panel.high) - radius * panel.slope[degree]
      let share = panel.end - panel.start
      let variation = panel.variation + turning + radius * panel.slopeVariation[degree]
      if frequency > 0, variation < share * frequency * frequency {
        let inverse = 1 / frequency
        total += variation * inverse * inverse
        if before == 0 { total += inverse }
        before = inverse
      } else {
        total += share + before
        before = 0
      }
      if total >= 1 { return 1 }
    }
    return total + before
  }
}

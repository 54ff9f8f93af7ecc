import Foundation

/// How fast the phase less a polynomial turns, which says how many nodes resolve it.
struct ResidualFrequency {
  /// At eight places each: dψ/dδ, then dP₁/dδ, dP₂/dδ, dP₃/dδ.
  private var lanes: [Lanes] = []

  init(_ motion: LineOfSightMotion, reference: PhasePolynomial) {
    // Forty to an orbit: functions of the eccentric anomaly are smooth, whatever the eccentricity.
    let groups = 5 * max(1, Int((motion.end / (2 * .pi)).rounded(.up)))
    for group in 0..<groups {
      var values = [Lanes](repeating: .zero, count: 4)
      for lane in 0..<8 {
        let place = Double(8 * group + lane) / Double(8 * groups - 1)
        let span = motion.end * place
        let pace = motion.pace(span)
        let slopes = pace * PhasePolynomial.slopes(motion.time(span))
        values[0][lane] = pace * motion.derivatives(span).velocity - slopes.dot(reference)
        for k in 0..<3 { values[k + 1][lane] = slopes[k] }
      }
      lanes += values
    }
  }

  /// Largest |d(ψ − p)/dδ|, or a little more.
  func largest(_ p: PhasePolynomial) -> Double {
    let (q1, q2, q3) = (Lanes(repeating: p.x), Lanes(repeating: p.y), Lanes(repeating: p.z))
    var squares = Lanes.zero
    lanes.withUnsafeBufferPointer { lanes in
      var at = 0
      while at < lanes.count {
        let rate = lanes[at] - q1 * lanes[at + 1] - q2 * lanes[at + 2] - q3 * lanes[at + 3]
        let square = rate * rate
        squares.replace(with: square, where: square .> squares)
        at += 4
      }
    }
    return 1.05 * squares.max().squareRoot()
  }
}

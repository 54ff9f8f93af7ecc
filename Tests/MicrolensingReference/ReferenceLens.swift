import Foundation

/// The lens equation of two point masses, written anew: nothing here is shared with what it checks.
///
/// Total mass 1, the mass 1/(1+q) at x = −q s/(1+q), the mass q/(1+q) at x = s/(1+q).
struct ReferenceLens {
  let s: Double
  let masses: [Double]
  let positions: [Double]

  init(s: Double, q: Double) {
    self.s = s
    masses = [1 / (1 + q), q / (1 + q)]
    positions = [-q * s / (1 + q), s / (1 + q)]
  }

  /// Distance of the line between the two masses' halves of the plane from a mass: in the ratio of
  /// their Einstein radii.
  func reach(of mass: Int) -> Double {
    s * masses[mass].squareRoot() / (masses[0].squareRoot() + masses[1].squareRoot())
  }

  /// All five solutions of the complex equation of the images of the source at (`x`, `y`), relative
  /// to the first mass; three or five of them are images.
  ///
  /// z̄ eliminated, z is a root of (z−ζ) a b − d (m₁ b + m₂ a) with d = (z−z₁)(z−z₂), a = p − z₁ d,
  /// b = p − z₂ d, p = ζ̄ d + m₁ (z−z₂) + m₂ (z−z₁); here found all at once by Aberth's iteration, the
  /// polynomial being evaluated as it stands.
  func imageCandidates(x: Double, y: Double) -> [SIMD2<Double>] {
    let source = SIMD2(x - positions[0], y)
    let conjugate = SIMD2(source.x, -source.y)
    func evaluate(_ z: SIMD2<Double>) -> (value: SIMD2<Double>, slope: SIMD2<Double>) {
      let other = z - SIMD2(s, 0)
      let d = product(z, other)
      let dSlope = z + other
      let a = product(conjugate, d) + masses[0] * other + masses[1] * z
      let aSlope = product(conjugate, dSlope) + SIMD2(masses[0] + masses[1], 0)
      let b = a - s * d
      let bSlope = aSlope - s * dSlope
      let mean = masses[0] * b + masses[1] * a
      let meanSlope = masses[0] * bSlope + masses[1] * aSlope
      let arm = z - source
      let ab = product(a, b)
      let value = product(arm, ab) - product(d, mean)
      let abSlope = product(aSlope, b) + product(a, bSlope)
      let slope = ab + product(arm, abSlope) - product(dSlope, mean) - product(d, meanSlope)
      return (value, slope)
    }
    let radius = 1 + length(source)
    var roots = (0..<5).map { k in
      let angle = 0.4 + 2 * Double.pi * Double(k) / 5
      return SIMD2(0.5 * s, 0) + radius * SIMD2(cos(angle), sin(angle))
    }
    for _ in 0..<60 {
      var largest = 0.0
      for k in 0..<5 {
        let (value, slope) = evaluate(roots[k])
        if value == .zero { continue }
        let newton = quotient(value, slope)
        var repulsion = SIMD2<Double>.zero
        for j in 0..<5 where j != k { repulsion += quotient(SIMD2(1, 0), roots[k] - roots[j]) }
        let step = quotient(newton, SIMD2(1, 0) - product(newton, repulsion))
        guard step.x.isFinite, step.y.isFinite else { continue }
        roots[k] -= step
        largest = max(largest, length(step) / (1e-6 + length(roots[k])))
      }
      if largest < 1e-13 { break }
    }
    return roots
  }
}

func product(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> SIMD2<Double> {
  SIMD2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x)
}

func quotient(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> SIMD2<Double> {
  let square = b.x * b.x + b.y * b.y
  return SIMD2((a.x * b.x + a.y * b.y) / square, (a.y * b.x - a.x * b.y) / square)
}

func length(_ a: SIMD2<Double>) -> Double { (a.x * a.x + a.y * a.y).squareRoot() }

import Foundation

/// The largest γ over all polynomials of a degree.
///
/// Boxes of polynomials, the first one so large that nothing outside can matter, are halved until each is
/// excluded or so small that γ has one maximum there, which is found by Newton's steps. The search begins
/// with the best of the least-squares polynomial and of those that touch the orbit at one time, so that most
/// boxes are excluded while they are still large.
struct FreeSearch {
  private var landscape: PhaseLandscape
  private let degree: Int
  private var best = 0.0

  /// Values closer than this to the largest are as good.
  static let tolerance = 1e-9

  init(_ landscape: PhaseLandscape, degree: Int) {
    self.landscape = landscape
    self.degree = degree
  }

  private struct Box {
    var centre: PhasePolynomial
    var half: PhasePolynomial
  }

  mutating func largest() -> Double {
    var centre = landscape.projection
    for k in degree..<3 { centre[k] = 0 }
    var starts = [centre]
    let motion = landscape.motion
    let count = degree == 1 ? 8 : 32
    for index in 0...count {
      starts.append(touching(motion.end * Double(index) / Double(count)))
    }
    var heights = starts.map { start -> (PhasePolynomial, Double) in
      landscape.isSteep(start) && start != centre
        ? (start, 0) : (start, landscape.moments(start).factor)
    }
    heights.sort { $0.1 > $1.1 }
    for (start, _) in heights.prefix(3) { climb(start, within: .infinity) }

    let size = 4 + 3 * landscape.halfBand
    var half = PhasePolynomial(repeating: size)
    for k in degree..<3 { half[k] = 0 }
    half.w = 0
    var boxes = [Box(centre: centre, half: half)]
    while let box = boxes.popLast() {
      let radius = box.half.length
      if radius > 0.7,
        landscape.isExcluded(
          box.centre, radius: radius, degree: degree, below: best)
      {
        continue
      }
      // In a larger ball values as large as the best cannot be excluded.
      if radius * radius < 1.6 * best {
        let moments = landscape.moments(box.centre)
        if moments.factor > best { climb(box.centre, within: .infinity) }
        if moments.largest(radius: radius, degree: degree) <= best + Self.tolerance { continue }
        if radius < 0.2 {
          climb(box.centre, within: 2 * radius)
          continue
        }
      }
      let axis = (0..<degree).max { box.half[$0] < box.half[$1] }!
      var part = box
      part.half[axis] /= 2
      part.centre[axis] -= part.half[axis]
      boxes.append(part)
      part.centre[axis] += 2 * part.half[axis]
      boxes.append(part)
    }
    return best
  }

  /// The orbit's Taylor polynomial at δ.
  private func touching(_ span: Double) -> PhasePolynomial {
    let (velocity, acceleration, jerk) = landscape.motion.derivatives(span)
    let t = landscape.motion.time(span)
    let c3 = degree > 2 ? jerk / 6 : 0
    let c2 = degree > 1 ? acceleration / 2 : 0
    return PhasePolynomial(velocity - 2 * c2 * t + 3 * c3 * t * t, c2 - 3 * c3 * t, c3)
      - landscape.reference
  }

  /// To the maximum near p, by Newton's steps, or along the gradient where those lead down.
  private mutating func climb(_ start: PhasePolynomial, within radius: Double) {
    var p = start
    var moments = landscape.moments(p)
    for _ in 0..<40 {
      let value = moments.factor
      best = max(best, value)
      var gradient = moments.ascent
      for k in degree..<3 { gradient[k] = 0 }
      var step = newtonStep(p, moments)
      if !(step.dot(gradient) >= 0) { step = gradient * (1 / max(value * value, 1e-12)) }
      let length = step.length
      if length > 0.7 { step *= 0.7 / length }
      // What a parabola promises.
      if step.dot(gradient) <= 1e-13 * value { return }
      var next = landscape.moments(p + step)
      var halvings = 0
      while next.factor <= value && halvings < 12 {
        step *= 0.5
        next = landscape.moments(p + step)
        halvings += 1
      }
      if next.factor <= value { return }
      p += step
      moments = next
      if (p - start).length > radius { return }
    }
  }

  /// −H⁻¹ g of γ²/2, zero in the coefficients above the degree; not a number where H is singular.
  private mutating func newtonStep(
    _ p: PhasePolynomial, _ moments: PhaseMoments
  ) -> PhasePolynomial {
    let second = landscape.secondMoments(p)
    let gradient = moments.ascent
    func curvature(_ k: Int, _ l: Int, _ index: Int) -> Double {
      moments.value.x * second[index].x + moments.value.y * second[index].y
        - moments.real[k] * moments.real[l] - moments.imaginary[k] * moments.imaginary[l]
    }
    // −H by elimination; without its unused rows.
    let (a, b, c) = (curvature(0, 0, 0), curvature(0, 1, 1), curvature(0, 2, 2))
    let (d, e, f) = (curvature(1, 1, 3), curvature(1, 2, 4), curvature(2, 2, 5))
    if degree == 1 {
      return a > 0 ? PhasePolynomial(gradient.x / a, 0, 0, 0) : .init(repeating: .nan)
    }
    let l = b / a
    let d1 = d - l * b
    let g1 = gradient.y - l * gradient.x
    if degree == 2 {
      guard a > 0, d1 > 0 else { return .init(repeating: .nan) }
      let y = g1 / d1
      return PhasePolynomial((gradient.x - b * y) / a, y, 0, 0)
    }
    let (m, e1) = (c / a, e - l * c)
    let n = e1 / d1
    let f1 = f - m * c - n * e1
    guard a > 0, d1 > 0, f1 > 0 else { return .init(repeating: .nan) }
    let z = (gradient.z - m * gradient.x - n * g1) / f1
    let y = (g1 - e1 * z) / d1
    return PhasePolynomial((gradient.x - b * y - c * z) / a, y, z, 0)
  }
}

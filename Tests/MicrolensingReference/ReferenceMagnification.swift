import Foundation

/// A source: its centre and radius, in Einstein radii.
struct Disc {
  let x, y, radius: Double
}

/// Magnification of a disc by two point masses, slowly: the area of all that the lens maps into it.
///
/// The image plane is cut into two halves, one around each mass, and each half swept by rays from its
/// mass. Where a ray begins or ceases to meet an image the area per angle has a square root; these
/// angles are found by halving, and the quadrature runs between them, clustered towards its ends.
/// No image is traced and no caustic is known here.
public struct ReferenceMagnification {
  let lens: ReferenceLens
  let disc: Disc
  let brightness: Brightness
  let tolerance: Double

  /// - Returns: magnification and estimate of its absolute error.
  public static func magnification(
    s: Double, q: Double, x: Double, y: Double, rho: Double, brightness: Brightness = .uniform,
    tolerance: Double = 1e-8
  ) -> (value: Double, error: Double) {
    let integral = ReferenceMagnification(
      lens: ReferenceLens(s: s, q: q), disc: Disc(x: x, y: y, radius: rho), brightness: brightness,
      tolerance: tolerance)
    // Two sets of first angles see different details; what only one of them has seen is an error.
    let first = integral.total(limbPoints: 24, phase: 0.1)
    let second = integral.total(limbPoints: 40, phase: 0.3)
    let scale = 1 / (Double.pi * rho * rho * brightness.mean)
    let value = scale * second.value
    return (value, scale * (second.error + abs(second.value - first.value)) + 1e-14 * value)
  }

  private func total(limbPoints: Int, phase: Double) -> (value: Double, error: Double) {
    let angles = firstAngles(limbPoints: limbPoints, phase: phase)
    var panels: [Panel] = []
    for mass in 0..<2 {
      for (start, end) in zip(angles[mass], angles[mass].dropFirst()) where end - start > 1e-15 {
        append(Panel(mass: mass, start: start, end: end), to: &panels)
      }
    }
    for _ in 0..<40 {
      let sum = panels.reduce(0) { $0 + $1.value }
      let error = panels.reduce(0) { $0 + $1.error }
      if error <= tolerance * sum || panels.count > 20_000 { break }
      let share = tolerance * sum / Double(panels.count)
      var refined: [Panel] = []
      for panel in panels {
        if panel.error <= share || panel.stalls == 3 {
          refined.append(panel)
        } else {
          halve(panel, into: &refined)
        }
      }
      panels = refined
    }
    return panels.reduce((0, 0)) { ($0.0 + $1.value, $0.1 + $1.error) }
  }

  /// A range of angles at a mass.
  private struct Panel {
    let mass: Int
    let start: Double
    let end: Double
    var value = 0.0
    var error = 0.0
    /// Halvings in a row that have not made the error smaller: what is left is rounding.
    var stalls = 0
  }

  private func halve(_ panel: Panel, into panels: inout [Panel]) {
    let middle = 0.5 * (panel.start + panel.end)
    let first = panels.count
    append(Panel(mass: panel.mass, start: panel.start, end: middle), to: &panels)
    append(Panel(mass: panel.mass, start: middle, end: panel.end), to: &panels)
    let error = panels[first...].reduce(0) { $0 + $1.error }
    let stalls = error > 0.6 * panel.error ? panel.stalls + 1 : 0
    for k in first..<panels.count { panels[k].stalls = stalls }
  }

  private func ray(_ mass: Int, _ angle: Double) -> Sweep {
    Ray(lens: lens, disc: disc, mass: mass, angle: angle).sweep(brightness)
  }

  /// Appends the panel with its integral, in parts that each meet the same number of limbs all along.
  private func append(_ panel: Panel, to panels: inout [Panel]) {
    var pending = [panel]
    while var part = pending.popLast() {
      if let cut = measure(&part) {
        pending.append(Panel(mass: part.mass, start: cut, end: part.end))
        pending.append(Panel(mass: part.mass, start: part.start, end: cut))
      } else {
        panels.append(part)
      }
    }
  }

  /// Clenshaw and Curtis's rule in p, angle = start + width sin²(p/2): 16 steps, and 8 for the error.
  ///
  /// - Returns: the first angle found where the number of crossings changes, if it does.
  private func measure(_ panel: inout Panel) -> Double? {
    let width = panel.end - panel.start
    func angle(_ k: Int) -> Double {
      // Not the ends themselves, where the count may be either.
      k == 0
        ? panel.start.nextUp
        : k == 16 ? panel.end.nextDown : panel.start + width * Self.steps[k].fraction
    }
    let sweeps = (0...16).map { ray(panel.mass, angle($0)) }
    // Crossings that come and go by rounding all along are none to separate.
    let isRounding = sweeps.allSatisfy(\.isGrazing)
    func isWithin(_ cut: Double) -> Bool {
      !isRounding && cut - panel.start > 1e-15 && panel.end - cut > 1e-15
    }
    let crossings = sweeps[0].crossings
    for k in 1...16 where sweeps[k].crossings != crossings {
      let cut = change(panel.mass, crossings, angle(k - 1), angle(k))
      if isWithin(cut) { return cut }
    }
    for k in 1...15 {
      for side in 0..<2 where !sweeps[k].isGrazing {
        let gaps = (k - 1...k + 1).map { sweeps[$0].gaps[side] }
        guard gaps[1] < 0.5, gaps[1] <= gaps[0], gaps[1] <= gaps[2] else { continue }
        guard let other = hidden(panel.mass, crossings, side, angle(k - 1), angle(k + 1)) else {
          continue
        }
        let cut = change(panel.mass, crossings, angle(k - 1), other)
        if isWithin(cut) { return cut }
      }
    }
    let values = (0...16).map { sweeps[$0].integral * Self.steps[$0].speed * width }
    let fine = zip(Self.weights16, values).reduce(0) { $0 + $1.0 * $1.1 }
    let coarse = (0...8).reduce(0) { $0 + Self.weights8[$1] * values[2 * $1] }
    (panel.value, panel.error) = (fine, abs(fine - coarse))
    return nil
  }

  /// The angle between `low`, with that number of crossings, and `high` up to which it stays.
  private func change(_ mass: Int, _ crossings: Int, _ low: Double, _ high: Double) -> Double {
    var (low, high) = (low, high)
    while true {
      let middle = 0.5 * (low + high)
      if middle <= low || middle >= high { return high }
      if ray(mass, middle).crossings == crossings { low = middle } else { high = middle }
    }
  }

  /// An angle with another number of crossings where the gap to it goes through a minimum, if the
  /// minimum does not end above zero (golden section).
  private func hidden(
    _ mass: Int, _ crossings: Int, _ side: Int, _ low: Double, _ high: Double
  ) -> Double? {
    let golden = 0.5 * (5.0.squareRoot() - 1)
    var (low, high) = (low, high)
    var known: [(angle: Double, gap: Double)] = []
    for share in [1 - golden, golden] {
      let angle = low + share * (high - low)
      let sweep = ray(mass, angle)
      if sweep.crossings != crossings { return angle }
      known.append((angle, sweep.gaps[side]))
    }
    for _ in 0..<40 {
      let falls = known[1].gap < known[0].gap
      if falls { low = known[0].angle } else { high = known[1].angle }
      let angle = falls ? low + golden * (high - low) : high - golden * (high - low)
      let sweep = ray(mass, angle)
      if sweep.crossings != crossings { return angle }
      known =
        falls ? [known[1], (angle, sweep.gaps[side])] : [(angle, sweep.gaps[side]), known[0]]
      if abs(known[1].gap - known[0].gap) < 1e-3 * known[0].gap { return nil }
    }
    return nil
  }

  private static let steps: [(fraction: Double, speed: Double)] = (0...16).map { k in
    // p itself runs over the Chebyshev points of [0, π].
    let p = 0.5 * Double.pi * (1 - cos(Double.pi * Double(k) / 16))
    let sine = sin(0.5 * p)
    return (sine * sine, 0.5 * sin(p))
  }

  private static func clenshawCurtis(_ n: Int) -> [Double] {
    (0...n).map { k in
      var sum = 1.0
      for j in 1...(n / 2) {
        let share = j == n / 2 ? 1.0 : 2.0
        sum -=
          share / Double(4 * j * j - 1) * cos(2 * Double.pi * Double(j * k) / Double(n))
      }
      // Over [0, π] instead of [−1, 1].
      return (k == 0 || k == n ? 1 : 2) / Double(n) * sum * 0.5 * Double.pi
    }
  }
  private static let weights16 = clenshawCurtis(16)
  private static let weights8 = clenshawCurtis(8)

  /// Angles at each mass between which the first panels lie, ascending: even ones, those of images of
  /// points of the disc, and some around the other mass.
  private func firstAngles(limbPoints: Int, phase: Double) -> [[Double]] {
    var angles = (0..<2).map { mass -> [Double] in
      let spread = lens.masses[1 - mass].squareRoot() / lens.s
      let towards = mass == 0 ? 0.0 : Double.pi
      var list = [-Double.pi, -0.5 * .pi, 0, 0.5 * .pi, .pi]
      list += (0..<(2 * limbPoints)).map { (Double($0) + phase) * .pi / Double(limbPoints) - .pi }
      for step in [0.3, 1, 3, 10, 30] where step * spread < 3 {
        list += [wrapped(towards + step * spread), wrapped(towards - step * spread)]
      }
      return list
    }
    for (fraction, points) in [(1.0, limbPoints), (0.6, limbPoints / 2), (0.1, 6)] {
      for k in 0..<points {
        let turn = phase + 2 * Double.pi * Double(k) / Double(points)
        let distance = fraction * disc.radius
        let candidates = lens.imageCandidates(
          x: disc.x + distance * cos(turn), y: disc.y + distance * sin(turn))
        for z in candidates {
          let mass = z.x < lens.reach(of: 0) ? 0 : 1
          angles[mass].append(atan2(z.y, mass == 0 ? z.x : z.x - lens.s))
        }
      }
    }
    return angles.map { $0.sorted() }
  }

  private func wrapped(_ angle: Double) -> Double {
    angle > .pi ? angle - 2 * .pi : angle < -.pi ? angle + 2 * .pi : angle
  }
}

/// Part of a limb between two angles, τ from `low` to `high` within [0, 1], with its integral.
struct LimbPanel {
  var start: Double
  var width: Double
  var low = 0.0
  var high = 1.0
  /// Which of the stretches from one crossing to the next it belongs to.
  var stretch = 0
  /// Whether a caustic is crossed at its ends, τ = 0 and τ = 1.
  var startsAtCrossing = false
  var endsAtCrossing = false
  /// The integrand at the seven nodes of the lower rule, while only these are known.
  var coarse: Lanes?
  var coarseClosure = ComplexVector(repeating: Complex(0))
  var value = 0.0
  var error = 0.0
  var noise = 0.0
  var closure = Complex(0)

  init(start: Double, width: Double) {
    self.start = start
    self.width = width
  }
}

extension LimbPanel {
  /// Panels around the limb, graded so that quadrature rules see what happens at their ends.
  ///
  /// - Parameters:
  ///   - crossings: angles at which the limb crosses a caustic.
  ///   - approaches: angles at which something else happens, and over what angle.
  static func panels(
    crossings: [Double], approaches: [(angle: Double, width: Double)]
  ) -> [LimbPanel] {
    let marks = marks(crossings, approaches)
    let count = marks.count
    var panels: [LimbPanel] = []
    panels.reserveCapacity(24)
    var stretch = 0
    for k in 0..<count {
      if marks[k].isCrossing { stretch += 1 }
      guard marks[k].gap > 1e-14 else { continue }
      let first = panels.count
      append(&panels, marks[k].angle, marks[k].gap, marks[k].scale, marks[(k + 1) % count].scale)
      if panels.count > first {
        panels[first].startsAtCrossing = marks[k].isCrossing
        panels[panels.count - 1].endsAtCrossing = marks[(k + 1) % count].isCrossing
      }
      // What comes before the first crossing goes on after the last.
      for index in first..<panels.count {
        panels[index].stretch = stretch % max(1, crossings.count)
      }
    }
    return panels
  }

  /// An angle where something happens on the limb, and over what angle.
  private struct Mark {
    var angle: Double
    var scale: Double
    var isCrossing = false
    /// Angle to the next mark.
    var gap = 0.0
  }

  private static func marks(
    _ crossings: [Double], _ approaches: [(angle: Double, width: Double)]
  ) -> [Mark] {
    var marks = crossings.map { Mark(angle: $0, scale: 1, isCrossing: true) }
    for (angle, width) in approaches {
      // What is seen from another mark needs none of its own.
      if let near = marks.firstIndex(where: { abs($0.angle - angle) < 0.2 * width }) {
        marks[near].scale = min(marks[near].scale, width)
      } else {
        marks.append(Mark(angle: angle, scale: width))
      }
    }
    // Where equal steps have failed without any caustic near by, features may be anywhere.
    if marks.isEmpty { marks = (0..<8).map { Mark(angle: Double($0) * .pi / 4, scale: 1) } }
    marks.sort { $0.angle < $1.angle }
    let count = marks.count
    for k in 0..<count {
      let next = k + 1 < count ? marks[k + 1].angle : marks[0].angle + 2 * .pi
      marks[k].gap = next - marks[k].angle
    }
    for k in 0..<count {
      marks[k].scale = min(marks[k].scale, marks[k].gap, marks[(k + count - 1) % count].gap)
    }
    return marks
  }

  /// The rules resolve features at a panel's ends down to this part of its width.
  private static let resolved = 1.0 / 15
  /// Smaller scales are below the rounding of angles.
  private static let leastScale = 1e-12

  /// Cuts a panel towards those ends where something happens on a smaller scale.
  private static func append(
    _ panels: inout [LimbPanel], _ start: Double, _ width: Double, _ scaleAtStart: Double,
    _ scaleAtEnd: Double
  ) {
    let (first, last) = (max(scaleAtStart, leastScale), max(scaleAtEnd, leastScale))
    if min(first, last) >= width * resolved {
      let pieces = width > 3.2 ? 2 : 1
      let part = width / Double(pieces)
      for piece in 0..<pieces {
        panels.append(LimbPanel(start: start + Double(piece) * part, width: part))
      }
      return
    }
    // The largest panel that still resolves the smaller scale, then the rest.
    if first <= last {
      let part = min(0.5 * width, first / resolved)
      panels.append(LimbPanel(start: start, width: part))
      append(&panels, start + part, width - part, part, scaleAtEnd)
    } else {
      let part = min(0.5 * width, last / resolved)
      append(&panels, start, width - part, scaleAtStart, part)
      panels.append(LimbPanel(start: start + width - part, width: part))
    }
  }
}

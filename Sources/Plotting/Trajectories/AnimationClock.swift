import Foundation

/// Round times, one below the other in a window that moves from each to the next.
struct AnimationClock {
  let style: String
  let text: String

  private static let mostTexts = 200.0
  private static let line = 24

  init(_ paths: Trajectories, _ film: AnimationTimes) {
    let (first, last) = (paths.times[0], paths.times[paths.times.count - 1])
    let span = abs(last - first)
    let decade = pow(10, log10(span / Self.mostTexts).rounded(.down))
    let step = [1.0, 2, 5, 10].map { $0 * decade }.first { span / $0 <= Self.mostTexts }!
    let decimals = max(0, -Int((log10(step) + 1e-9).rounded(.down)))
    let times = [first] + Self.multiples(of: step, from: first, to: last) + [last]
    let isWide = max(abs(first), abs(last)) >= 1e7 || decimals > 6
    let shown = times.enumerated().map { number, time in
      let value = isWide ? "\(Float(time))" : Decimal10.fixed(time, decimals: decimals)
      let unit = paths.timeUnit.map { " " + String($0.prefix(16)) } ?? ""
      return "<text y=\"\(17 + Self.line * number)\">"
        + "\(SVGText.escaped("t = \(value)\(unit)"))</text>"
    }
    let keys = times.enumerated().map { number, time in
      "\(film.percent(film.duration * paths.fraction(time)))"
        + "{transform:translate(0,\(-Self.line * number)px)}"
    }
    // Each key holds until the next; the last stands until all begins again.
    let end = "100%{transform:translate(0,\(-Self.line * (times.count - 1))px)}"
    style = """
      .c{text-anchor:end;font-variant-numeric:tabular-nums;\
      animation:c \(film.cycleText) step-end infinite}
      @keyframes c{\(keys.joined())\(film.cycle > film.duration ? end : "")}
      """
    text = """
      <svg x="0" y="15" width="\(Int(TrajectoryAnimation.right))" height="\(Self.line)" \
      overflow="hidden"><g transform="translate(\(Int(TrajectoryAnimation.right)) 0)">\
      <g class="c">
      \(shown.joined(separator: "\n"))
      </g></g></svg>
      """
  }

  /// Strictly between two times, in their order.
  private static func multiples(of step: Double, from first: Double, to last: Double) -> [Double] {
    let sign = last > first ? 1.0 : -1
    let start = (sign * first / step + 1e-6).rounded(.down) + 1
    let end = (sign * last / step - 1e-6).rounded(.up) - 1
    guard end >= start else { return [] }
    return (0...Int(end - start)).map { sign * step * (start + Double($0)) }
  }
}

/// Seconds of an animation.
struct AnimationTimes {
  let duration: Double
  let trail: Double
  /// From one beginning to the next.
  let cycle: Double
  let closes: Bool

  var cycleText: String { SVGText.fixed(cycle, 3) + "s" }

  /// Of the cycle, for a keyframe.
  func percent(_ seconds: Double) -> String {
    SVGText.fixed(100 * min(1, max(0, seconds / cycle)), 3) + "%"
  }
}

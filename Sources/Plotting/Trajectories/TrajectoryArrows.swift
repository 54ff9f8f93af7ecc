import Foundation

/// Arrows on the frame of a figure where bodies leave it for good or first enter it, along their mean drift,
/// and the bodies' names beside them where there is room.
struct TrajectoryArrows {
  private struct Arrow {
    let body: Int
    /// Pixels.
    let tail: SIMD2<Double>
    let tip: SIMD2<Double>
    /// Part of the time that has passed.
    let time: Double
  }

  private let paths: Trajectories
  private let view: TrajectoryView
  /// What names should not cover.
  private let lines: [TrajectoryLine]

  private static let length = 26.0

  init(_ paths: Trajectories, _ view: TrajectoryView, lines: [TrajectoryLine]) {
    (self.paths, self.view, self.lines) = (paths, view, lines)
  }

  func draw(_ x: Axis, _ y: Axis, in script: inout GnuplotScript) {
    let arrows = paths.positions.indices.flatMap { self.arrows(of: $0) }
    guard !arrows.isEmpty else { return }
    func place(_ pixels: SIMD2<Double>) -> String {
      let point = view.point(pixels)
      return "\(GnuplotScript.number(x(point.x))),\(GnuplotScript.number(y(point.y)))"
    }
    let ink = lines.flatMap { Self.dots(along: $0.points.map(view.pixels), spacing: 6) }
    var taken = arrows.flatMap { Self.dots(along: [$0.tail, $0.tip], spacing: 4) }
    for arrow in arrows {
      let ramp = TimeRamp(arrow.body)
      script.add(
        """
        set arrow from first \(place(arrow.tail)) to first \(place(arrow.tip)) head filled \
        size screen \(GnuplotScript.number(12 / Double(script.width))),22 front \
        linewidth 2.2 linecolor rgb '\(ramp.hex(arrow.time))'
        """)
      let name = namePlace(arrow, awayFrom: taken + ink)
      taken.append(name)
      script.add(
        """
        set label \(Label(paths.names[arrow.body]).quoted) at first \(place(name)) center front \
        font ',\(Style.tickSize)' textcolor rgb '\(ramp.hex(TimeRamp.pure))'
        """)
    }
  }

  // MARK: Where

  private func arrows(of body: Int) -> [Arrow] {
    let path = paths.positions[body].map { view.plane($0) }
    let inside = path.indices.filter { view.contains(path[$0]) }
    guard let first = inside.first, let last = inside.last else { return [] }
    var arrows: [Arrow] = []
    if first > 0 {
      let edge = crossing(from: path[first], to: path[first - 1])
      let way = direction(-drift(of: path, Array(0...first)), at: edge)
      arrows.append(
        Arrow(
          body: body, tail: edge, tip: edge - Self.length * way,
          time: paths.fraction(paths.times[first])))
    }
    if last < path.count - 1 {
      let edge = crossing(from: path[last], to: path[last + 1])
      let way = direction(drift(of: path, Array(last..<path.count)), at: edge)
      arrows.append(
        Arrow(
          body: body, tail: edge - Self.length * way, tip: edge,
          time: paths.fraction(paths.times[last])))
    }
    return arrows
  }

  /// Mean velocity over samples outside the frame and as many again inside, by least squares: members of a
  /// pair turn about each other as they leave.
  private func drift(of path: [SIMD2<Double>], _ outside: [Int]) -> SIMD2<Double> {
    let isEnd = outside[outside.count - 1] == path.count - 1
    let samples =
      isEnd
      ? Array(max(0, outside[0] - outside.count)..<path.count)
      : Array(0..<min(path.count, 2 * outside.count))
    let count = Double(samples.count)
    let meanTime = samples.reduce(0) { $0 + paths.fraction(paths.times[$1]) } / count
    let meanPlace = samples.reduce(SIMD2<Double>.zero) { $0 + path[$1] / count }
    return samples.reduce(.zero) { sum, index in
      sum + (paths.fraction(paths.times[index]) - meanTime)
        * ((path[index] - meanPlace) / view.pixel)
    }
  }

  /// Of length 1, out of the frame at a place in pixels.
  private func direction(_ drift: SIMD2<Double>, at edge: SIMD2<Double>) -> SIMD2<Double> {
    let size = (drift * drift).sum().squareRoot()
    let distances = [
      (edge.x - view.panel.left, SIMD2(-1.0, 0)), (view.panel.right - edge.x, SIMD2(1.0, 0)),
      (edge.y - view.panel.bottom, SIMD2(0, -1.0)), (view.panel.top - edge.y, SIMD2(0, 1.0)),
    ]
    let outward = distances.min { $0.0 < $1.0 }!.1
    guard size > 0, (drift * outward).sum() > 0.15 * size else { return outward }
    return drift / size
  }

  /// Where the line from a point inside to one outside meets the frame, in pixels.
  private func crossing(from inside: SIMD2<Double>, to outside: SIMD2<Double>) -> SIMD2<Double> {
    let part = clipped(from: inside, to: outside, low: view.low, high: view.high)
    let edge = inside + (part?.leaves ?? 0) * (outside - inside)
    return view.pixels(edge).clamped(
      lowerBound: SIMD2(view.panel.left, view.panel.bottom),
      upperBound: SIMD2(view.panel.right, view.panel.top))
  }

  /// Beside or behind the arrow, as far as may be from paths and other names.
  private func namePlace(_ arrow: Arrow, awayFrom obstacles: [SIMD2<Double>]) -> SIMD2<Double> {
    let along = (arrow.tip - arrow.tail) / Self.length
    let across = SIMD2(-along.y, along.x)
    let half = 3.4 * Double(min(paths.names[arrow.body].count, 12))
    let low = SIMD2(view.panel.left + half + 9, view.panel.bottom + 12)
    let high = SIMD2(view.panel.right - half - 9, view.panel.top - 12)
    var best = (place: arrow.tail, room: -Double.infinity)
    for side in [1.0, -1] {
      for distance in [13.0, 20, 28] {
        for step in [13.0, 4, 22, -8] {
          let offset = (distance + abs(across.x) * half) * side
          let place = (arrow.tail + step * along + offset * across)
            .clamped(lowerBound: low, upperBound: high)
          let nearest = obstacles.reduce(Double.infinity) { least, point in
            let apart = abs((point - place).x) - half
            let up = (point - place).y
            return min(least, max(0, apart) * max(0, apart) + up * up)
          }
          // More room than a letter's height gains nothing; nearer to the arrow does.
          let room = min(nearest.squareRoot(), 11) - 0.1 * distance
          if room > best.room { best = (place, room) }
        }
      }
    }
    return best.place
  }

  private static func dots(along line: [SIMD2<Double>], spacing: Double) -> [SIMD2<Double>] {
    zip(line, line.dropFirst()).flatMap { start, end -> [SIMD2<Double>] in
      let step = end - start
      let count = Int((step * step).sum().squareRoot() / spacing) + 1
      return (0...count).map { start + Double($0) / Double(count) * step }
    }
  }
}

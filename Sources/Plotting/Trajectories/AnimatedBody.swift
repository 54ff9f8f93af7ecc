import Foundation

/// One body of an animation: its disk, which moves, and the strokes of its trail, which light up as it passes
/// and fade.
struct AnimatedBody {
  private(set) var style = ""
  private(set) var trail = ""
  private(set) var disk = ""

  /// Of all bodies together: they bound the size of the file, at some 60 and 80 bytes each.
  private static let (mostKeys, mostStrokes) = (14_000, 6000)
  /// Of keyframes: no display shows more pictures.
  private static let picturesPerSecond = 60.0
  /// Pixels between a path and what is drawn of it.
  private static let tolerance = 0.25
  /// Pixels; the disk hides that half a stroke comes before it.
  private static let strokeLength = 12.0

  init(_ paths: Trajectories, _ body: Int, _ picture: AnimationPicture, _ film: AnimationTimes) {
    let bodies = paths.positions.count
    let pictures = Int(Self.picturesPerSecond * film.duration)
    let samples = paths.milestones(min(pictures, Self.mostKeys / bodies))
    let kept = paths.thinned(
      samples, of: body, on: picture.plane, tolerance: Self.tolerance / picture.scale)
    let points = kept.map { index in
      (
        seconds: film.duration * paths.fraction(paths.times[index]),
        place: picture.pixels(paths.positions[body][index])
      )
    }
    let color = Self.color(body)
    style = Self.motion(body, points, film)
    let strokes = Self.strokes(
      points, shortest: film.duration * Double(bodies) / Double(Self.mostStrokes))
    let shapes = strokes.map { stroke in
      let start = stroke.middle - (film.closes ? film.cycle : 0)
      return "<path class=\"s\" style=\"animation-delay:\(SVGText.fixed(start, 2))s\" "
        + "d=\"\(stroke.shape)\"/>"
    }
    trail = "<g stroke=\"\(color)\">\(shapes.joined())</g>"
    let radius = SVGText.fixed(Self.radius(paths, body), 1)
    disk =
      "<circle id=\"b\(body)\" r=\"\(radius)\" fill=\"\(color)\" "
      + "stroke=\"\(TrajectoryAnimation.background)\"/>"
  }

  /// The body's colour on a dark ground.
  static func color(_ body: Int) -> String { TimeRamp(body).hex(0.36) }

  /// Pixels.
  static func radius(_ paths: Trajectories, _ body: Int) -> Double {
    7 * paths.relativeRadius(body)
  }

  /// The last place stays until the end of the cycle.
  private static func motion(
    _ body: Int, _ points: [(seconds: Double, place: SIMD2<Double>)], _ film: AnimationTimes
  ) -> String {
    func key(_ percent: String, _ place: SIMD2<Double>) -> String {
      "\(percent){transform:translate(\(SVGText.fixed(place.x, 1))px,"
        + "\(SVGText.fixed(place.y, 1))px)}"
    }
    var keys = points.map { key(film.percent($0.seconds), $0.place) }
    if film.cycle > film.duration { keys.append(key("100%", points[points.count - 1].place)) }
    return "#b\(body){animation:b\(body) \(film.cycleText) linear infinite}\n"
      + "@keyframes b\(body){\(keys.joined())}"
  }

  /// Parts of the path that are neither much longer than a disk nor, for the size of the file, passed in less
  /// than a time; none outside the picture.
  private static func strokes(
    _ points: [(seconds: Double, place: SIMD2<Double>)], shortest: Double
  ) -> [(middle: Double, shape: String)] {
    let (low, high) = (
      SIMD2(0.0, 0), SIMD2(TrajectoryAnimation.width, TrajectoryAnimation.height)
    )
    var strokes: [(middle: Double, shape: String)] = []
    var places: [SIMD2<Double>] = []
    var (length, begins, now) = (0.0, 0.0, 0.0)
    func finish() {
      // A body at rest leaves none.
      if length > 0 { strokes.append(((begins + now) / 2, shape(places))) }
      places = places.suffix(1)
      (length, begins) = (0, now)
    }
    for (start, end) in zip(points, points.dropFirst()) {
      let step = end.place - start.place
      guard let seen = clipped(from: start.place, to: end.place, low: low, high: high) else {
        finish()
        places = []
        continue
      }
      let time = end.seconds - start.seconds
      let distance = (step * step).sum().squareRoot() * (seen.leaves - seen.enters)
      let most = max(1, (time * (seen.leaves - seen.enters) / shortest).rounded(.down))
      let parts = Int(min(most, max(1, (distance / strokeLength).rounded(.up))))
      if places.isEmpty {
        now = start.seconds + seen.enters * time
        places = [start.place + seen.enters * step]
        begins = now
      }
      for part in 1...parts {
        let weight = seen.enters + (seen.leaves - seen.enters) * Double(part) / Double(parts)
        places.append(start.place + weight * step)
        now = start.seconds + weight * time
        length += distance / Double(parts)
        // Half a stroke too long is better than a very short one after it.
        if length > 0.7 * strokeLength, now - begins >= shortest { finish() }
      }
    }
    finish()
    return strokes
  }

  private static func shape(_ places: [SIMD2<Double>]) -> String {
    // Sums of rounded steps would drift away from the path.
    let tenths = places.map { ($0 * 10).rounded(.toNearestOrAwayFromZero) }
    let steps = zip(tenths, tenths.dropFirst()).map { ($1 - $0) / 10 }
    return "M\(SVGText.fixed(tenths[0].x / 10, 1)) \(SVGText.fixed(tenths[0].y / 10, 1))l"
      + steps.map { "\(SVGText.fixed($0.x, 1)) \(SVGText.fixed($0.y, 1))" }.joined(separator: " ")
  }
}

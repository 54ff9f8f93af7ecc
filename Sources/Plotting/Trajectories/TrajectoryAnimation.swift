import Foundation

/// Bodies on their paths with fading trails and a clock, as one SVG file that browsers play: no scripts,
/// nothing from elsewhere, below 2 MB for any number of bodies and samples.
///
/// It begins again at the end, after a pause in which the trails fade; at once where all bodies are back
/// where they began. A motion faster than the pictures of a film is seen as a film would show it. CSS
/// animations drive all parts, so that they stay together (W3C, "CSS Animations Level 1").
public struct TrajectoryAnimation: Sendable {
  public var paths: Trajectories
  public var plane: Trajectories.Plane
  /// Seconds from the first to the last time.
  public var duration: Double
  /// Seconds for which a trail is seen.
  public var trail: Double

  static let (width, height) = (720.0, 640.0)
  static let (left, right, bottom, top) = (24.0, 696.0, 604.0, 56.0)
  static let background = "#10141c"
  static let ink = "#d7dce5"
  /// Motions that end nearer to where they begin, in parts of the frame's size, are periodic.
  private static let closure = 0.01

  public init(
    paths: Trajectories, plane: Trajectories.Plane = .xy, duration: Double = 20, trail: Double = 3
  ) {
    (self.paths, self.plane) = (paths, plane)
    (self.duration, self.trail) = (duration, trail)
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Throws: ``PlottingError``, also where the path does not end in .svg.
  public func write(toFile path: String) throws {
    guard path.lowercased().hasSuffix(".svg") else {
      throw PlottingError.file(path: path, problem: "is no animation's name; it must end in .svg")
    }
    let text = try svg
    try onFile(path) {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
  }

  /// The document. Throws ``PlottingError/invalidData(figure:problem:)`` as ``TrajectoryFigure/script`` does,
  /// and for a duration or trail out of range.
  public var svg: String {
    get throws {
      try checkTimes()
      let paths = try paths.known(for: "animation")
      let picture = AnimationPicture(TrajectoryFrame(paths), plane)
      let closes = Self.closes(paths, picture)
      let film = AnimationTimes(
        duration: duration, trail: trail, cycle: closes ? duration : duration + trail,
        closes: closes)
      let bodies = paths.positions.indices.map { AnimatedBody(paths, $0, picture, film) }
      let clock = AnimationClock(paths, film)
      let size = "width=\"\(Int(Self.width))\" height=\"\(Int(Self.height))\""
      return """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" \(size) \
        viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
        font-family="Arial, Helvetica, sans-serif" font-size="15" fill="\(Self.ink)">
        <style>
        .s{fill:none;stroke-width:2;stroke-linejoin:round;opacity:0;\
        animation:s \(film.cycleText) linear infinite}
        @keyframes s{0%{opacity:.9}\(film.percent(trail)){opacity:0}100%{opacity:0}}
        .p{transform-origin:\(Int(Self.left))px 0;animation:p \(film.cycleText) linear infinite}
        @keyframes p{0%{transform:scaleX(0)}\(film.percent(duration)){transform:scaleX(1)}\
        100%{transform:scaleX(1)}}
        \(clock.style)
        \(bodies.map(\.style).joined(separator: "\n"))
        </style>
        <rect \(size) fill="\(Self.background)"/>
        \(bodies.map(\.trail).joined(separator: "\n"))
        \(bodies.map(\.disk).joined(separator: "\n"))
        \(legend(paths))
        \(clock.text)
        \(scaleBar(picture))
        <rect class="p" x="\(Int(Self.left))" y="626" \
        width="\(Int(Self.right - Self.left))" height="3" fill-opacity=".5"/>
        </svg>

        """
    }
  }

  private static func closes(_ paths: Trajectories, _ picture: AnimationPicture) -> Bool {
    !paths.endsEarly
      && paths.positions.allSatisfy { path in
        let apart = picture.pixels(path[path.count - 1]) - picture.pixels(path[0])
        return (apart * apart).sum().squareRoot() < closure * (right - left)
      }
  }

  // MARK: Around the bodies

  /// Names in a row, as many as leave room for the clock.
  private func legend(_ paths: Trajectories) -> String {
    var x = Self.left
    var entries: [String] = []
    for body in paths.positions.indices {
      let name = String(paths.names[body].prefix(24))
      let next = x + 32 + 8.4 * Double(name.count)
      let isLast = body == paths.positions.count - 1
      guard next <= (isLast ? 560 : 530) else {
        entries.append("<text x=\"\(SVGText.fixed(x, 1))\" y=\"32\">…</text>")
        break
      }
      let radius = SVGText.fixed(AnimatedBody.radius(paths, body), 1)
      entries.append(
        "<circle cx=\"\(SVGText.fixed(x + 7, 1))\" cy=\"27\" r=\"\(radius)\" "
          + "fill=\"\(AnimatedBody.color(body))\"/>"
          + "<text x=\"\(SVGText.fixed(x + 19, 1))\" y=\"32\">\(SVGText.escaped(name))</text>")
      x = next
    }
    return entries.joined(separator: "\n")
  }

  /// Of a round length, about a sixth of the width.
  private func scaleBar(_ picture: AnimationPicture) -> String {
    let about = (Self.right - Self.left) / 6 / picture.scale
    let exponent = Int(log10(about).rounded(.down))
    let decade = pow(10, Double(exponent))
    let multiple = about / decade >= 5 ? 5 : about / decade >= 2 ? 2 : 1
    let size =
      (-3...5).contains(exponent)
      ? Decimal10.fixed(Double(multiple) * decade, decimals: max(0, -exponent))
      : "\(multiple)e\(exponent)"
    let pixels = Double(multiple) * decade * picture.scale
    let label = SVGText.escaped(size + (paths.lengthUnit.map { " \($0)" } ?? ""))
    return """
      <path d="M\(Int(Self.left)) 608v7h\(SVGText.fixed(pixels, 1))v-7" fill="none" \
      stroke="\(Self.ink)"/>
      <text x="\(SVGText.fixed(Self.left + pixels / 2, 1))" y="606" text-anchor="middle" \
      font-size="13">\(label)</text>
      """
  }

  private func checkTimes() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "animation", problem: problem)
    }
    guard duration >= 1, duration <= 600 else {
      throw fail("a duration of \(duration) s; from 1 to 600")
    }
    guard trail > 0, trail <= duration else {
      throw fail("trails of \(trail) s; above 0, at most the duration of \(duration)")
    }
  }
}

/// Where positions are in an animation.
struct AnimationPicture {
  let plane: Trajectories.Plane
  /// Pixels for a length of 1.
  let scale: Double
  private let middle: SIMD2<Double>

  init(_ frame: TrajectoryFrame, _ plane: Trajectories.Plane) {
    typealias Film = TrajectoryAnimation
    let (low, high) = frame.rectangle(on: plane, ratio: 0)
    self.plane = plane
    middle = (low + high) / 2
    scale = min(
      (Film.right - Film.left) / (high.x - low.x), (Film.bottom - Film.top) / (high.y - low.y))
  }

  /// From the upper left corner; what is far outside is somewhere outside.
  func pixels(_ position: SIMD3<Double>) -> SIMD2<Double> {
    typealias Film = TrajectoryAnimation
    let apart = scale * (plane(position) - middle)
    let centre = SIMD2((Film.left + Film.right) / 2, (Film.top + Film.bottom) / 2)
    return SIMD2(centre.x + apart.x, centre.y - apart.y)
      .clamped(lowerBound: SIMD2(repeating: -9999), upperBound: SIMD2(repeating: 9999))
  }
}

/// Numbers and names in SVG and CSS.
enum SVGText {
  static func escaped(_ text: String) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isAllowed = scalar.value >= 32 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
      clean.append(isAllowed ? scalar : " ")
    }
    return Report.escaped(String(clean))
  }

  /// With a hyphen for the sign, without zeros at the end.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    var unit = 1
    for _ in 0..<decimals { unit *= 10 }
    let scaled = Int((value * Double(unit)).rounded())
    let (whole, rest) = abs(scaled).quotientAndRemainder(dividingBy: unit)
    guard rest != 0 else { return (scaled < 0 ? "-" : "") + "\(whole)" }
    var digits = String(rest)
    digits = String(repeating: "0", count: decimals - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return (scaled < 0 ? "-" : "") + (whole == 0 ? "" : "\(whole)") + "." + digits
  }
}

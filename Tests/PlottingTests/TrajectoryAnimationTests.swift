import Foundation
import Plotting
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct TrajectoryAnimationTests {
  /// A body on an ellipse between two that rest at (-2, -2) and (2, 2).
  private static func paths(periods: Double, count: Int = 1000) -> Trajectories {
    let times = (0...count).map { periods * Double($0) / Double(count) }
    return Trajectories(
      times: times,
      positions: [
        times.map { _ in SIMD3(-2, -2, 0) }, times.map { _ in SIMD3(2, 2, 0) },
        times.map { TrajectoryFiguresTests.kepler(eccentricity: 0.7, phase: $0) },
      ], masses: [1, 1, 1], names: ["low", "high", "moving"])
  }

  @Test func bodiesFollowTheirPaths() throws {
    let paths = Self.paths(periods: 2.3)
    let film = try PlayedSVG(TrajectoryAnimation(paths: paths, duration: 20, trail: 3).svg)
    let (low, high) = (film.keys(ofBody: 0), film.keys(ofBody: 1))
    #expect(low.allSatisfy { $0.place == low[0].place })
    // Pixels of the bodies at rest give the scale; y points down.
    let scale = (high[0].place - low[0].place) / 4
    #expect(abs(scale.x + scale.y) < 0.05 && scale.x > 50)
    let keys = film.keys(ofBody: 2)
    #expect((40..<500).contains(keys.count))
    #expect(film.cycle == 23)
    var farthest = 0.0
    for (time, position) in zip(paths.times, paths.positions[2]) {
      let seconds = 20 * time / paths.times.last!
      let expected = low[0].place + scale * SIMD2(position.x + 2, position.y + 2)
      let apart = PlayedSVG.place(keys, at: seconds) - expected
      farthest = max(farthest, (apart * apart).sum().squareRoot())
    }
    // The tolerance of a quarter, tenths of pixels, and thousandths of a percent of the time.
    #expect(farthest < 0.5)
    // The end stays for the pause.
    let pause = PlayedSVG.place(keys, at: 20.01) - PlayedSVG.place(keys, at: 23)
    #expect(abs(pause.x) < 0.01 && abs(pause.y) < 0.01)
  }

  @Test func strokesLightUpAsTheBodyPasses() throws {
    for (periods, closes) in [(2.3, false), (1.0, true)] {
      let paths = Self.paths(periods: periods)
      let film = try PlayedSVG(TrajectoryAnimation(paths: paths, duration: 20, trail: 3).svg)
      #expect(film.cycle == (closes ? 20 : 23))
      let keys = film.keys(ofBody: 2)
      #expect(film.strokes.count > 50)
      for stroke in film.strokes {
        // All of the loop's trails are there from its beginning where it closes, none elsewhere.
        #expect(closes ? stroke.delay <= 0 : stroke.delay >= 0)
        let body = PlayedSVG.place(keys, at: stroke.delay + (closes ? 20 : 0))
        let distances = stroke.places.map { ((($0 - body) * ($0 - body)).sum()).squareRoot() }
        #expect(distances.max()! < 14, "a stroke \(distances) pixels from the body")
      }
      // Strokes join into the whole path.
      let ends = zip(film.strokes, film.strokes.dropFirst()).map { $0.places.last! - $1.places[0] }
      #expect(ends.allSatisfy { abs($0.x) < 0.11 && abs($0.y) < 0.11 })
    }
  }

  @Test(arguments: [1.0, -1]) func clockShowsTheTime(direction: Double) throws {
    var paths = Self.paths(periods: 2.3)
    paths.times = paths.times.map { 0.37 + direction * 3 * $0 }
    paths.timeUnit = "d"
    let film = try PlayedSVG(TrajectoryAnimation(paths: paths).svg)
    let span = direction * 6.9
    let texts = film.elements.filter { $0.name == "text" && $0.text.hasPrefix("t = ") }
    let clock = film.steps(of: "c")
    #expect(texts.count > 60 && texts.count <= 202)
    #expect(texts[0].text == "t = 0.37 d")
    for step in clock where step.percent < 100 {
      // A text is 24 pixels below the one before.
      let text = texts[Int((-step.place.y / 24).rounded())].text
      let shown = Double(text.split(separator: " ")[2].replacing("\u{2212}", with: "-"))!
      let time = 0.37 + span * min(1, step.percent / 100 * film.cycle / 20)
      #expect(abs(shown - time) < 0.006, "\(text) at \(time)")
    }
    #expect(Int((-clock.last!.place.y / 24).rounded()) == texts.count - 1)
  }

  @Test func filesStayBelowTwoMegabytes() throws {
    // Fast turns of ever other sizes: nothing can be left out by the tolerance.
    for (bodies, count) in [(1, 300_000), (20, 20_000), (200, 3000)] {
      let times = (0..<count).map(Double.init)
      let paths = Trajectories(
        times: times,
        positions: (0..<bodies).map { body in
          times.map { time in
            let (angle, size) = (0.73 * time + Double(body), 1 + sin(0.011 * time + Double(body)))
            return SIMD3(size * cos(angle), size * sin(angle), 0)
          }
        }, masses: (0..<bodies).map { 1 / Double($0 + 1) })
      let svg = try TrajectoryAnimation(paths: paths, duration: 600, trail: 600).svg
      #expect(svg.utf8.count < 2_000_000, "\(bodies) bodies: \(svg.utf8.count) bytes")
      let film = try PlayedSVG(svg)
      #expect(film.elements.count { $0.attributes["id"]?.hasPrefix("b") == true } == bodies)
      #expect(film.keys(ofBody: bodies - 1).count > 40)
    }
  }

  @Test func namesAreText() throws {
    var paths = Self.paths(periods: 1)
    paths.names = ["<b>", "a & \"b\"", "x\u{1}y"]
    (paths.timeUnit, paths.lengthUnit) = ("<t>", "'l'")
    let film = try PlayedSVG(TrajectoryAnimation(paths: paths).svg)
    let texts = film.elements.filter { $0.name == "text" }.map(\.text)
    #expect(texts.contains("<b>") && texts.contains("a & \"b\"") && texts.contains("x y"))
    #expect(!film.elements.contains { $0.name == "b" || $0.name == "script" })
  }

  @Test func filesAreWritten() throws {
    let animation = TrajectoryAnimation(paths: Self.paths(periods: 1))
    try withScratchFolder { folder in
      let path = folder.appendingPathComponent("orbit.svg").path
      try animation.write(toFile: path)
      #expect(try contents(path) == Data(try animation.svg.utf8))
    }
  }
}

/// An animated SVG, well-formed, with its keyframes read.
private struct PlayedSVG {
  struct Element {
    let name: String
    let attributes: [String: String]
    var text = ""
  }

  struct Key {
    let percent: Double
    let seconds: Double
    let place: SIMD2<Double>
  }

  let elements: [Element]
  /// Seconds.
  let cycle: Double
  private let style: String

  init(_ svg: String) throws {
    let reader = Reader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    elements = reader.elements
    style = try #require(elements.first { $0.name == "style" }).text
    cycle = try #require(Double(style.firstMatch(of: #/animation:c ([0-9.]+)s/#)?.1 ?? ""))
  }

  func keys(ofBody body: Int) -> [Key] { steps(of: "b\(body)") }

  /// Of the keyframes of a name.
  func steps(of name: String) -> [Key] {
    guard let start = style.range(of: "@keyframes \(name){") else { return [] }
    let line = style[start.upperBound...].prefix { $0 != "\n" }
    return line.matches(of: #/([0-9.]+)%{transform:translate\(([-0-9.]+)(?:px)?,([-0-9.]+)px\)}/#)
      .map { match in
        let percent = Double(match.1)!
        return Key(
          percent: percent, seconds: percent / 100 * cycle,
          place: SIMD2(Double(match.2)!, Double(match.3)!))
      }
  }

  /// In the order of the file; places in pixels.
  var strokes: [(delay: Double, places: [SIMD2<Double>])] {
    elements.filter { $0.attributes["class"] == "s" }.map { element in
      let delay = element.attributes["style"]!.firstMatch(of: #/(-?[0-9.]+)s/#)!.1
      let parts = element.attributes["d"]!.split { "Ml ".contains($0) }.map { Double($0)! }
      var place = SIMD2(parts[0], parts[1])
      var places = [place]
      for index in stride(from: 2, to: parts.count, by: 2) {
        place += SIMD2(parts[index], parts[index + 1])
        places.append(place)
      }
      return (Double(delay)!, places)
    }
  }

  /// As browsers find it: linear between keys.
  static func place(_ keys: [Key], at seconds: Double) -> SIMD2<Double> {
    guard let next = keys.firstIndex(where: { $0.seconds >= seconds }) else {
      return keys[keys.count - 1].place
    }
    guard next > 0 else { return keys[0].place }
    let (before, after) = (keys[next - 1], keys[next])
    let weight = (seconds - before.seconds) / (after.seconds - before.seconds)
    return before.place + weight * (after.place - before.place)
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [Element] = []
    private var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      open.append(elements.count)
      elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let last = open.last { elements[last].text += text }
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      open.removeLast()
    }
  }
}

import Foundation
import Plotting
import Testing

@Suite struct VisibilityFigureTests {
  /// A few tracks of ellipses.
  static func points(_ count: Int, longest: Double = 8e9, total: Int? = nil) -> VisibilityPoints {
    var generator = TestGenerator(state: 2)
    let angles = (0..<count).map { 2.4 * Double($0) / Double(count) }
    let scales = (0..<count).map { longest * (0.2 + 0.8 * Double($0 % 7) / 6) }
    return VisibilityPoints(
      u: zip(angles, scales).map { $1 * cos($0) },
      v: zip(angles, scales).map { 0.6 * $1 * sin($0) },
      amplitudes: scales.map { exp(-3 * $0 / longest) * (1 + 0.01 * generator.normal()) },
      sigmas: scales.map { _ in 0.005 }, total: total)
  }

  static func figures(_ points: VisibilityPoints) -> [any Figure] {
    [UVCoverageFigure(points: points), VisibilityAmplitudeFigure(points: points)]
  }

  @Test func figuresAreWrittenAndRepeat() throws {
    try withScratchFolder { folder in
      var zero = VisibilityPoints(u: [0], v: [0], amplitudes: [1], sigmas: [1e-30])
      zero.amplitudes = [1e-9]
      for (index, points) in [Self.points(300), Self.points(6_000), Self.points(1), zero]
        .enumerated()
      {
        for (kind, figure) in Self.figures(points).enumerated() {
          let path = folder.appendingPathComponent("\(index)-\(kind).png").path
          try figure.write(toFile: path)
          let first = try contents(path)
          #expect(first.count > 5000)
          try figure.write(toFile: path)
          #expect(try contents(path) == first)
        }
      }
    }
  }

  /// Two points measured and their conjugates; u grows to the left, and a wavelength is as long in u as
  /// in v.
  @Test func theFrameIsThatOfTheSky() throws {
    try withScratchFolder { folder in
      let points = VisibilityPoints(
        u: [6e9, 1e9], v: [2e9, -5e9], amplitudes: [1, 0.5], sigmas: [0.1, 0.1])
      let path = folder.appendingPathComponent("uv.svg").path
      try UVCoverageFigure(points: points).write(toFile: path)
      let text = try String(decoding: contents(path), as: UTF8.self)
      let uses = text.matches(
        of: /<use xlink:href='#gpPt6' transform='translate\(([0-9.]+),([0-9.]+)\)/)
      let places = uses.map { SIMD2(Double($0.1)!, Double($0.2)!) }
      try #require(places.count == 4)
      // From the weakest: the second point and its conjugate, then the first.
      let middle = (places[0] + places[1]) / 2
      let scale = (places[2] - middle).x / -6
      #expect(scale > 0)
      for (place, uv) in zip(places, [SIMD2(1.0, -5), SIMD2(-1, 5), SIMD2(6, 2), SIMD2(-6, -2)]) {
        // Pixels grow downwards.
        let expected = middle - scale * uv
        #expect(abs(place.x - expected.x) < 0.6 && abs(place.y - expected.y) < 0.6)
      }
    }
  }

  @Test(arguments: [
    (8.3e9, "Gλ"), (2.7e6, "Mλ"), (5e8, "Mλ"), (4.2e4, "kλ"), (12, "λ"),
  ])
  func theUnitFitsTheRange(longest: Double, unit: String) throws {
    try withScratchFolder { folder in
      for (index, figure) in Self.figures(Self.points(50, longest: longest)).enumerated() {
        let path = folder.appendingPathComponent("\(index).svg").path
        try figure.write(toFile: path)
        let text = try String(decoding: contents(path), as: UTF8.self)
        #expect(text.contains("[\(unit)]") && text.contains("50 visibilities"))
      }
      let path = folder.appendingPathComponent("part.svg").path
      try UVCoverageFigure(points: Self.points(50, total: 1_234_567)).write(toFile: path)
      #expect(
        try String(decoding: contents(path), as: UTF8.self).contains("50 of 1,234,567 visibilities")
      )
    }
  }

  @Test func badDataAreNamed() {
    func message(_ figure: any Figure) -> String {
      do { _ = try figure.script } catch { return "\(error)" }
      return ""
    }
    var points = Self.points(5)
    points.v[3] = .nan
    #expect(message(UVCoverageFigure(points: points)).contains("v of visibility 3 is nan"))
    points = Self.points(5)
    points.sigmas[1] = 0
    #expect(
      message(VisibilityAmplitudeFigure(points: points)).contains("sigma of visibility 1 is 0"))
    points = Self.points(5)
    points.amplitudes = [0, 0, 0, -1, 0]
    #expect(message(VisibilityAmplitudeFigure(points: points)).contains("none of 5 amplitudes"))
    points.amplitudes = []
    #expect(message(UVCoverageFigure(points: points)).contains("0 amplitudes"))
    let none = VisibilityPoints(u: [], v: [], amplitudes: [], sigmas: [])
    #expect(message(UVCoverageFigure(points: none)).contains("no visibility"))
  }
}

import Foundation
import Plotting
import Testing

@Suite struct LensFigureTests {
  private static let circle = (0..<60).map { step in
    LensPlane.Point(x: cos(0.1047 * Double(step)), y: sin(0.1047 * Double(step)))
  }

  static var lens: LensFigure {
    let times = (0..<200).map { 2_452_800 + Double($0) }
    return LensFigure(
      masses: [
        .init(position: .init(x: 0, y: 0), mass: 0.999),
        .init(position: .init(x: 1.2, y: 0), mass: 0.001),
      ],
      criticalCurves: [circle], caustics: [circle.map { .init(x: 0.1 * $0.x, y: 0.1 * $0.y) }],
      track: .init(start: .init(x: -9, y: -4), end: .init(x: 9, y: 4)),
      source: .init(center: .init(x: 0.1, y: 0.05), radius: 0.01),
      detail: .init(center: .init(x: 0, y: 0), radius: 0.15), detailTimes: 2_452_850...2_452_870,
      curves: [
        .init(
          label: "model_1 `x`", times: times,
          magnifications: times.map { 1 + 20 / ($0 - 2_452_790) })
      ])
  }

  static var map: ResidualMapFigure {
    let places = (0..<20).map { Double($0) / 10 - 1 }
    return ResidualMapFigure(
      x: places, y: places, values: places.map { y in places.map { 0.01 * $0 * y } },
      caustics: [circle], otherCaustics: [circle], track: lens.track, label: "s = 1",
      otherLabel: "s = 1.1")
  }

  @Test(arguments: ["png", "svg"]) func oneFileByItsExtension(format: String) throws {
    try withScratchFolder { folder in
      for (index, figure) in [Self.lens as any Figure, Self.map].enumerated() {
        let path = folder.appendingPathComponent("f\(index).\(format)").path
        try figure.write(toFile: path)
        let first = try contents(path)
        #expect(first.count > 5000)
        let start = String(decoding: first.prefix(200), as: UTF8.self)
        #expect(format == "svg" ? start.contains("<svg") : start.contains("PNG"))
        try figure.write(toFile: path)
        #expect(try contents(path) == first)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
    }
    #expect(throws: PlottingError.self) { try Self.lens.write(toFile: "figure.pdf") }
  }

  @Test func textIsLiteralAndFullDatesAreShortened() throws {
    try withScratchFolder { folder in
      let path = folder.appendingPathComponent("lens.svg").path
      try Self.lens.write(toFile: path)
      let text = try String(decoding: contents(path), as: UTF8.self)
      #expect(text.contains("model_1 `x`") && text.contains("2450000"))
    }
  }

  /// A circle is round: on both axes an Einstein radius has the same number of pixels.
  @Test func theLensPlaneIsNotDistorted() throws {
    try withScratchFolder { folder in
      var figure = Self.lens
      figure.caustics = []
      let path = folder.appendingPathComponent("lens.svg").path
      try figure.write(toFile: path)
      let text = try String(decoding: contents(path), as: UTF8.self)
      // The critical curve is the longest path of its colour.
      let paths = text.matches(of: /<path stroke='rgb\(140, 140, 140\)'[^>]*d='M([^']+)'/)
      let curve = try #require(paths.map(\.1).max { $0.count < $1.count })
      let numbers = curve.split { !$0.isNumber && $0 != "." }.compactMap { Double($0) }
      let x = stride(from: 0, to: numbers.count, by: 2).map { numbers[$0] }
      let y = stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
      try #require(x.count >= 30)
      let ratio = (x.max()! - x.min()!) / (y.max()! - y.min()!)
      #expect(abs(ratio - 1) < 0.01, "\(ratio)")
    }
  }

  @Test func badDataAreNamed() {
    func message(_ figure: any Figure) -> String {
      do { _ = try figure.script } catch { return "\(error)" }
      return ""
    }
    var lens = Self.lens
    lens.curves = []
    #expect(message(lens).contains("0 light curves"))
    lens = Self.lens
    lens.curves[0].times.reverse()
    #expect(message(lens).contains("do not increase"))
    lens = Self.lens
    lens.detail.radius = .nan
    #expect(message(lens).contains("nan"))
    var map = Self.map
    map.values[3] = [1]
    #expect(message(map).contains("20 rows"))
  }
}

import Foundation
import Plotting
import Testing

@Suite struct SkyImageFigureTests {
  private func figure(_ scale: SkyImageFigure.Scale = .linear) -> SkyImageFigure {
    SkyImageFigure(
      values: (0..<20).map { row in (0..<30).map { exp(-0.1 * Double(abs(row - 12) + $0)) } },
      pixelSize: 1e-11, corner: SIMD2(1.45e-10, -0.95e-10), label: "brightness [Jy/beam]",
      scale: scale,
      beam: .init(majorAxis: 6e-11, minorAxis: 3e-11, positionAngle: 0.4))
  }

  @Test(arguments: [SkyImageFigure.Scale.linear, .logarithmic])
  func imagesAreWrittenAndRepeat(_ scale: SkyImageFigure.Scale) throws {
    try withScratchFolder { folder in
      let path = folder.appendingPathComponent("image.png").path
      try figure(scale).write(toFile: path)
      let first = try contents(path)
      #expect(first.count > 5000)
      try figure(scale).write(toFile: path)
      #expect(try contents(path) == first)
    }
  }

  /// Large images are averaged to what can be seen; the figure of a million pixels stays small.
  @Test func largeImagesAreAveraged() throws {
    try withScratchFolder { folder in
      var large = figure()
      large.values = (0..<1000).map { row in (0..<1000).map { Double(row * $0) } }
      let path = folder.appendingPathComponent("image.png").path
      try large.write(toFile: path)
      #expect(try contents(path).count < 2_000_000)
    }
  }

  @Test func whatCannotBeDrawnIsAnError() {
    var empty = figure()
    empty.values = []
    var ragged = figure()
    ragged.values[3] = [1]
    var missing = figure()
    missing.values[2][2] = .nan
    var dark = figure(.logarithmic)
    dark.values = dark.values.map { $0.map { -$0 } }
    for wrong in [empty, ragged, missing, dark] {
      #expect(throws: PlottingError.self) { try wrong.write(toFile: "/nowhere/image.png") }
    }
  }
}

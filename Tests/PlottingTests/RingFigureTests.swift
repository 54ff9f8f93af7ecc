import Foundation
import Plotting
import Testing

@Suite struct RingFigureTests {
  private static let unit = Double.pi / 180 / 3600e6

  private static func figure(
    deviation: Double = 1.5, spread: Double = 0.2, orientation: Double = 2.9,
    center: SIMD2<Double> = SIMD2(6, -9)
  ) -> RingFigure {
    func brightness(_ r: Double) -> Double { exp(-pow((r - 20) / 6, 2)) }
    let values = (0..<64).map { row in
      (0..<64).map { column in
        let east = (31.5 - Double(column)) * 2 - center.x
        let north = (Double(row) - 31.5) * 2 - center.y
        let angle = atan2(east, north)
        return brightness((east * east + north * north).squareRoot())
          * (1 + 0.5 * cos(angle - orientation))
      }
    }
    return RingFigure(
      image: SkyImageFigure(
        values: values, pixelSize: 2 * unit, corner: SIMD2(63, -63) * unit,
        label: "brightness [mJy/pixel]"),
      ring: .init(
        center: center * unit, diameter: 40 * unit, diameterDispersion: deviation * unit,
        width: 10 * unit, orientation: orientation, orientationDispersion: spread),
      profile: (0...100).map {
        let r = Double($0) / 2
        return .init(
          radius: r * unit, mean: brightness(r), low: 0.6 * brightness(r),
          high: 1.4 * brightness(r))
      })
  }

  @Test func figuresAreWritten() throws {
    let figures = [
      Self.figure(), Self.figure(deviation: 0, spread: 0), Self.figure(deviation: 60, spread: .pi),
      Self.figure(center: SIMD2(-58, 55)),
    ]
    try withScratchFolder { folder in
      for (index, figure) in figures.enumerated() {
        let path = folder.appendingPathComponent("\(index)").path
        try figure.write(to: path)
        #expect(try contents(path + ".png").count > 20_000)
        let text = String(decoding: try contents(path + ".svg"), as: UTF8.self)
        #expect(text.contains("= 10.0 µas"))
        #expect(text.contains("= 166° ±"))
      }
    }
  }

  @Test func dataThatCannotBeDrawnAreErrors() {
    var figures = [Self.figure(), Self.figure(), Self.figure(), Self.figure(), Self.figure()]
    figures[0].profile = []
    figures[1].profile[3].mean = .nan
    figures[2].profile.swapAt(2, 3)
    figures[3].ring.width = -1
    figures[4].image.values = []
    for figure in figures {
      #expect(throws: PlottingError.self) { try figure.script }
    }
  }
}

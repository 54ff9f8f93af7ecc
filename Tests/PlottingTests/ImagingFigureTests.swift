import Foundation
import Plotting
import Testing

@Suite struct ImagingFigureTests {
  private static let pixel = 1e-11

  private static func values(_ peak: Double, columns: Int = 30) -> [[Double]] {
    (0..<20).map { row in
      (0..<columns).map { column in
        let distance = abs(row - 12) + abs(column - 8)
        return peak * exp(-0.1 * Double(distance))
      }
    }
  }

  private static func image(_ peak: Double, label: Label = "brightness") -> SkyImageFigure {
    SkyImageFigure(
      values: values(peak), pixelSize: pixel, corner: SIMD2(1.45e-10, -0.95e-10), label: label,
      beam: .init(majorAxis: 6e-11, minorAxis: 3e-11, positionAngle: 0.4))
  }

  private static func comparison(_ count: Int) -> ImageComparisonFigure {
    ImageComparisonFigure(
      entries: (0..<count).map {
        .init(name: "method_\($0)", note: "score 0.\($0)", values: values(1 + Double($0)))
      }, pixelSize: pixel, corner: SIMD2(1.45e-10, -0.95e-10), label: "brightness [Jy/pixel]")
  }

  private static func residuals(_ count: Int, spread: Double = 1) -> ResidualFigure {
    var generator = TestGenerator(state: 5)
    return ResidualFigure(
      lengths: (0..<count).map { 8e9 * Double($0) / Double(count) },
      real: (0..<count).map { _ in spread * generator.normal() },
      imaginary: (0..<count).map { _ in spread * generator.normal() },
      image: image(-3, label: "residual / noise"))
  }

  private static let convergence = ConvergenceFigure(
    phases: [
      .init(
        name: "proximal gradient", seconds: (0..<5000).map { 1e-3 * Double($0) },
        iterations: (0..<5000).map(Double.init), gaps: (0..<5000).map { exp(-3e-3 * Double($0)) }),
      .init(
        name: "active set", seconds: [5, 5.1, 5.2], iterations: [5000, 5001, 5002],
        gaps: [1e-7, 1e-12, 0]),
    ], tolerance: 1e-9)

  private static func crossValidation(_ l1: Int, _ tsv: Int) -> CrossValidationFigure {
    let scores = (0..<tsv).map { row -> [Double] in
      (0..<l1).map { column -> Double in
        let (x, y) = (Double(column - 2), Double(row - 1))
        return 1 + 0.1 * x * x + 0.05 * y * y
      }
    }
    return CrossValidationFigure(
      l1: (0..<l1).map { pow(10, Double($0)) },
      tsv: (0..<tsv).map { $0 == 0 ? 0 : pow(10, Double($0)) },
      scores: scores, standardErrors: scores.map { $0.map { 0.08 * $0 } },
      chosen: .init(l1: min(2, l1 - 1), tsv: 0))
  }

  private static var figures: [any Figure] {
    [
      ImageUncertaintyFigure(mean: image(1), deviation: image(0.1, label: "deviation")),
      comparison(1), comparison(6), residuals(1), residuals(300, spread: 40), residuals(20_000),
      convergence, crossValidation(6, 5), crossValidation(6, 1), crossValidation(1, 5),
      crossValidation(1, 1), crossValidation(25, 25),
    ]
  }

  @Test func figuresAreWritten() throws {
    try withScratchFolder { folder in
      for (index, figure) in Self.figures.enumerated() {
        let path = folder.appendingPathComponent("\(index).png").path
        try figure.write(toFile: path)
        #expect(try contents(path).count > 5000)
      }
    }
  }

  private static func text(_ figure: any Figure) throws -> String {
    try withScratchFolder { folder in
      let path = folder.appendingPathComponent("figure.svg").path
      try figure.write(toFile: path)
      return String(decoding: try contents(path), as: UTF8.self)
    }
  }

  /// Names are literal, and each image has a bar: of the 62 µas of its side, 10 are the longest round
  /// part below a quarter.
  @Test func imagesAreNamedAndScaled() throws {
    let text = try Self.text(Self.comparison(5))
    for index in 0..<5 { #expect(text.contains("method_\(index)")) }
    #expect(text.components(separatedBy: "10 µas").count - 1 == 5)
  }

  /// The histogram states the root mean square of each part, and how many residuals it does not show.
  @Test func residualsAreCounted() throws {
    var figure = Self.residuals(4)
    figure.real = [3, -3, 3, -3]
    figure.imaginary = [0, 0, 0, 1000]
    let text = try Self.text(figure)
    #expect(text.contains("rms 3.00") && text.contains("rms 500.00") && text.contains("1 outside"))
  }

  /// Many rows are counted, not drawn.
  @Test func manyResidualsStaySmall() throws {
    var figure = Self.residuals(200_000)
    figure.image = nil
    try withScratchFolder { folder in
      let path = folder.appendingPathComponent("residual.svg").path
      try figure.write(toFile: path)
      #expect(try contents(path).count < 1_000_000)
    }
  }

  @Test func theMinimumIsFoundAndStated() throws {
    var figure = Self.crossValidation(6, 5)
    #expect(figure.minimum == .init(l1: 2, tsv: 1))
    figure.scores[1][2] = .nan
    #expect(figure.minimum == .init(l1: 2, tsv: 0))
    #expect(try Self.text(figure).contains("minimum: 1.050 ± 0.084"))
  }

  @Test func badDataAreNamed() {
    func message(_ figure: any Figure) -> String {
      do { _ = try figure.script } catch { return "\(error)" }
      return ""
    }
    var residuals = Self.residuals(5)
    residuals.real[3] = .nan
    #expect(message(residuals).contains("real part of residual 3 is nan"))
    residuals.real = []
    #expect(message(residuals).contains("5 lengths, 0 real"))
    var comparison = Self.comparison(3)
    comparison.entries[1].values = Self.values(1, columns: 10)
    #expect(message(comparison).contains("method_1 has 10 x 20 pixels; 30 x 20"))
    comparison.entries = []
    #expect(message(comparison).contains("no image"))
    var grid = Self.crossValidation(3, 2)
    grid.l1[1] = -1
    #expect(message(grid).contains("a value of λ is -1.0"))
    grid = Self.crossValidation(3, 2)
    grid.scores[0] = [1]
    #expect(message(grid).contains("scores"))
    grid = Self.crossValidation(3, 2)
    grid.chosen.l1 = 3
    #expect(message(grid).contains("chosen place 3, 0"))
    var convergence = Self.convergence
    convergence.phases[1].gaps = [1]
    #expect(message(convergence).contains("active set has 3 times, 3 iterations and 1 gaps"))
    convergence.phases = []
    #expect(message(convergence).contains("no finite gap"))
    var uncertainty = ImageUncertaintyFigure(mean: Self.image(1), deviation: Self.image(1))
    uncertainty.deviation.values[0][0] = .infinity
    #expect(message(uncertainty).contains("a pixel is inf"))
  }
}

import Foundation
import Plotting
import Testing

@Suite struct SurrogateFiguresTests {
  private static let comparison = SurrogateComparisonFigure(
    candidates: [
      .init(name: "ridge: degree 1", error: 0.31, standardError: 0.011, fitSeconds: 0),
      .init(name: "lasso: degree 3", error: 0.12, standardError: 0.006, fitSeconds: 2.1),
      .init(
        name: "nearest_neighbors: 8 neighbours", error: 0.06, standardError: 0, fitSeconds: 0.02),
      .init(
        name: "neural_ensemble: 5 of 8×128 silu", error: 0.058, standardError: 0.003,
        fitSeconds: 311),
    ], best: 3, chosen: 2)

  private static func output(_ name: String, _ count: Int, scale: Double = 1)
    -> PredictionFigure.Output
  {
    var generator = TestGenerator(state: 5)
    let truth = (0..<count).map { scale * sin(0.37 * Double($0)) }
    let deviations = truth.map { 0.02 * scale + 0.05 * abs($0) }
    return PredictionFigure.Output(
      name: name, truth: truth, mean: zip(truth, deviations).map { $0 + $1 * generator.normal() },
      standardDeviation: deviations)
  }

  private static func circle(_ title: String, offset: Double) -> OrbitComparisonFigure.System {
    func path(_ radius: Double, _ shift: Double) -> [SIMD2<Double>] {
      (0..<90).map {
        let angle = 0.07 * Double($0) + shift
        return SIMD2(radius * cos(angle), 0.7 * radius * sin(angle))
      }
    }
    return OrbitComparisonFigure.System(
      title: title, truth: [path(1, 0), path(0.6, 2), path(0.3, 4)],
      predicted: [path(1, offset), path(0.6, 2 + offset), path(0.3 + offset, 4)])
  }

  private static let map = ParameterMapFigure(
    x: (0..<900).map { -0.5 + Double($0 % 30) / 60 }, y: (0..<900).map { Double($0 / 30) / 30 },
    values: (0..<900).map { pow(10, -4 + 3 * abs(sin(0.01 * Double($0)))) },
    xLabel: "x2", yLabel: "y2", label: "mean absolute error")

  private static let figures: [(name: String, figure: any Figure, text: String)] = [
    ("comparison", comparison, "neural_ensemble: 5 of 8×128 silu"),
    (
      "one-candidate",
      SurrogateComparisonFigure(
        candidates: [.init(name: "it's_1", error: 1e-12, standardError: 0, fitSeconds: 0)],
        best: 0, chosen: 0), "it’s_1"
    ),
    (
      "curve",
      LearningCurveFigure(rows: [500, 1_000, 2_000, 4_000], errors: [0.3, 0.17, 0.1, 0.06]),
      "rows trained on"
    ),
    (
      "distribution",
      DistributionFigure(
        curves: [
          .init(name: "gamma1_line", quantiles: (0...100).map { 0.01 * Double($0) }),
          .init(name: "gamma2_line", quantiles: (0...100).map { pow(0.01 * Double($0), 0.2) }),
        ]), "part of the population below"
    ),
    (
      "designs",
      DesignFigure(
        active: .init(simulations: [1_000, 1_500, 2_000], errors: [0.3, 0.2, 0.13]),
        random: .init(simulations: [1_000, 2_000, 8_000], errors: [0.3, 0.24, 0.12])),
      "relative error of fresh rows"
    ),
    ("one-size", LearningCurveFigure(rows: [10], errors: [0.5]), "rows trained on"),
    (
      "predictions",
      PredictionFigure(outputs: [output("gamma_1", 700), output("y'", 40, scale: 3e4)]),
      "predicted gamma_1"
    ),
    (
      "constant",
      PredictionFigure(
        outputs: [.init(name: "c", truth: [2, 2], mean: [2, 2], standardDeviation: [0, 0])]),
      "true c"
    ),
    (
      "orbits",
      OrbitComparisonFigure(
        systems: (0..<5).map { circle("error \($0)_a", offset: 0.03 * Double($0)) }), "error 4_a"
    ),
    ("map", map, "mean absolute error"),
    (
      "lyapunov",
      LyapunovFigure(
        bins: (1..<9).map {
          let error = min(1e-4 * exp(Double($0)), 0.3)
          return .init(
            time: Double($0 * $0), error: error, errorBar: 1.3 * error, refused: Double($0) / 9)
        }), "Lyapunov times passed"
    ),
    (
      "one-bin",
      LyapunovFigure(bins: [.init(time: 0.5, error: 0.1, errorBar: 0.2, refused: 1)]),
      "median error bar"
    ),
  ]

  @Test func figuresAreWrittenWithTheirTexts() throws {
    try withScratchFolder { scratch in
      for (name, figure, text) in Self.figures {
        let path = scratch.appendingPathComponent(name).path
        try figure.write(to: path)
        #expect(try contents(path + ".png").count > 5_000, "\(name)")
        let svg = String(decoding: try contents(path + ".svg"), as: UTF8.self)
        #expect(svg.contains(text), "\(name)")
      }
    }
  }

  /// A mark at the place of the best and one at that of the chosen, and a row for each candidate.
  @Test func comparisonMovesItsMarks() throws {
    func svg(_ figure: SurrogateComparisonFigure) throws -> String {
      try withScratchFolder { folder in
        let path = folder.appendingPathComponent("figure").path
        try figure.write(to: path)
        return String(decoding: try contents(path + ".svg"), as: UTF8.self)
      }
    }
    var other = Self.comparison
    other.chosen = 3
    let (first, second) = (try svg(Self.comparison), try svg(other))
    #expect(first != second)
    for candidate in Self.comparison.candidates {
      #expect(first.contains(candidate.name.replacingOccurrences(of: "'", with: "’")))
    }
  }

  @Test func dataThatCannotBeDrawnAreErrors() {
    var comparisons = [SurrogateComparisonFigure](repeating: Self.comparison, count: 4)
    comparisons[0].best = 4
    comparisons[1].candidates[0].error = 0
    comparisons[2].candidates[1].standardError = .nan
    comparisons[3].candidates[2].fitSeconds = -1
    var predictions = [PredictionFigure](
      repeating: PredictionFigure(outputs: [Self.output("y", 9)]), count: 4)
    predictions[0].outputs = []
    predictions[1].outputs[0].mean.removeLast()
    predictions[2].outputs[0].truth[3] = .nan
    predictions[3].outputs[0].standardDeviation[2] = -1
    var orbits = [OrbitComparisonFigure](
      repeating: OrbitComparisonFigure(systems: [Self.circle("a", offset: 0)]), count: 3)
    orbits[0].systems = []
    orbits[1].systems[0].truth = []
    orbits[2].systems[0].predicted[1][4].y = .infinity
    var maps = [ParameterMapFigure](repeating: Self.map, count: 3)
    maps[0].values[7] = 0
    maps[1].x.removeLast()
    maps[2].y[3] = .nan
    let figures: [any Figure] =
      comparisons + predictions + orbits + maps + [
        LearningCurveFigure(rows: [], errors: []),
        LearningCurveFigure(rows: [10, 20], errors: [1, -1]), LyapunovFigure(bins: []),
        LyapunovFigure(bins: [.init(time: 1, error: 0, errorBar: 1, refused: 0)]),
        LyapunovFigure(bins: [.init(time: 1, error: 1, errorBar: 1, refused: 1.1)]),
      ]
    for figure in figures {
      #expect(throws: PlottingError.self) { try figure.script }
    }
  }
}

import Foundation
import Plotting
import Testing

@Suite struct PeriodFiguresTests {
  private static func periodogram(_ count: Int) -> PeriodogramFigure {
    let values = (0..<count).map { k -> Double in
      let distance = Double(k - count / 3)
      return 1 / (1 + distance * distance)
    }
    var power = PeriodogramFigure.Row(label: "power", values: values)
    power.level = (0.1, "false-alarm probability 1 %")
    power.circles = [(0.5, 0.3)]
    var dispersion = PeriodogramFigure.Row(label: "dispersion", values: values.map { 1 - $0 })
    dispersion.isInverted = true
    dispersion.values[0] = .nan
    return PeriodogramFigure(
      first: 0, step: 3 / Double(count), rows: [power, dispersion],
      marks: [(1, "star_f1"), (1.0001, "hidden"), (2, "f2")])
  }

  private static func folded(_ folds: Int, points: Int) -> FoldedCurveFigure {
    let phases = (0..<points).map { 0.37 * Double($0) }
    let values = phases.map { 17 + 0.2 * sin(2 * .pi * $0) }
    let errors = phases.map { _ in 0.02 }
    return FoldedCurveFigure(
      folds: (0..<folds).map { fold in
        .init(
          title: Label("P = \(fold + 1) d"),
          bands: [("g", phases, values, errors), ("r'", phases, values.map { $0 - 1 }, errors)],
          models: [(0...20).map { 17 + 0.2 * sin(0.1 * .pi * Double($0)) }])
      })
  }

  private static func path() -> LassoPathFigure {
    LassoPathFigure(
      penalties: [8, 4, 2, 1],
      lines: [
        .init(label: "1.5", sizes: [0, 1, 2, 3]), .init(label: "2.5", sizes: [0, 0, 1, 2]),
      ],
      others: [[0, 0, 0, 0.2]], counts: [0, 1, 2, 3], chosen: (2, "noise level"))
  }

  private static func map() -> TimeFrequencyFigure {
    TimeFrequencyFigure(
      times: (0..<9).map { 2_455_000 + 5 * Double($0) }, first: 0.1, step: 0.01,
      values: (0..<9).map { row in (0..<700).map { $0 == 300 + row ? 0.2 : 0 } })
  }

  @Test func figuresAreWritten() throws {
    let figures: [any Figure] = [
      Self.periodogram(50), Self.periodogram(200_000), Self.folded(1, points: 5),
      Self.folded(5, points: 7000), Self.path(), Self.map(),
    ]
    try withScratchFolder { folder in
      for (index, figure) in figures.enumerated() {
        let path = folder.appendingPathComponent("\(index)").path
        try figure.write(to: path)
        #expect(try contents(path + ".png").count > 5_000)
      }
    }
  }

  /// A line of one frequency among very many is not thinned away.
  @Test func narrowestLinesShow() throws {
    var figure = Self.periodogram(100_000)
    figure.rows = [
      PeriodogramFigure.Row(label: "power", values: [Double](repeating: 0, count: 100_000))
    ]
    figure.rows[0].values[61_803] = 7.25
    let script = try withScratchFolder { folder in
      try figure.write(to: folder.appendingPathComponent("line").path)
      return String(
        decoding: try contents(folder.appendingPathComponent("line.svg").path), as: UTF8.self)
    }
    // The axis reaches above the line.
    let isReached = script.contains(">6<") || script.contains(">6.0<")
    #expect(isReached)
  }

  @Test func dataThatCannotBeDrawnAreErrors() {
    var spectra = [PeriodogramFigure](repeating: Self.periodogram(10), count: 4)
    spectra[0].rows = []
    spectra[1].step = 0
    spectra[2].rows[1].values.removeLast()
    spectra[3].rows[0].circles = [(.nan, 1)]
    var folds = [FoldedCurveFigure](repeating: Self.folded(2, points: 5), count: 3)
    folds[0].folds = []
    folds[1].folds[0].bands[0].values[1] = .infinity
    folds[2].folds[1].bands[1].errors.removeLast()
    var paths = [LassoPathFigure](repeating: Self.path(), count: 3)
    paths[0].penalties[1] = 0
    paths[1].counts = []
    paths[2].lines[0].sizes[2] = .nan
    var maps = [TimeFrequencyFigure](repeating: Self.map(), count: 3)
    maps[0].times = [1]
    maps[1].values[3] = []
    maps[2].step = .nan
    let figures: [any Figure] = spectra + folds + paths + maps
    for figure in figures {
      #expect(throws: PlottingError.self) { try figure.script }
    }
  }
}

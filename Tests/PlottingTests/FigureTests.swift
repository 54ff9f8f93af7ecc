import Foundation
import Plotting
import Testing

@Suite struct FigureTests {
  static func samples(_ parameters: Int, _ count: Int) -> [[Double]] {
    var generator = TestGenerator(state: 11)
    return (0..<parameters).map { _ in (0..<count).map { _ in generator.normal() } }
  }

  static var all: [any Figure] {
    let names = ["t0", "q_1", "alpha"]
    let levels = (1..<20).map { Double($0) / 20 }
    var generator = TestGenerator(state: 4)
    let ranks = names.map { _ in (0..<60).map { _ in Int.random(in: 0..<100, using: &generator) } }
    let times = (0..<50).map { 2_452_800 + Double($0) }
    let flat = times.map { _ in 18.0 }
    var columns = samples(3, 500)
    columns[0] = columns[0].map { 2_452_848 + 0.1 * $0 }
    return [
      CornerFigure(
        names: names, columns: columns, references: ["q_1": 0.1], referenceName: "truth"),
      LightCurveFigure(
        dataSets: [
          .init(
            label: "I_1", times: times, values: flat.map { $0 + 0.01 * generator.normal() },
            errors: flat.map { _ in 0.01 })
        ], model: .init(times: times, values: flat),
        bands: [.init(label: "95 %", times: times, low: flat, high: flat.map { $0 + 0.01 })],
        zoom: 2_452_810...2_452_820),
      RankFigure(names: names, ranks: ranks, possibleRanks: 100),
      CoverageFigure(levels: levels, coverage: levels, simulations: 200),
      TrainingFigure(
        training: [[3, 2, 1.5, 1.2], [2.5, 1.4]], validation: [[3.1, 2.2, 1.7, .nan], [2.6, 1.9]]),
    ]
  }

  @Test func everyFigureIsWrittenAndRepeats() throws {
    try withScratchFolder { folder in
      for (index, figure) in Self.all.enumerated() {
        let first = try figure.write(to: folder.appendingPathComponent("a\(index)").path)
        let second = try figure.write(to: folder.appendingPathComponent("b\(index)").path)
        let png = try contents(first.png)
        #expect(png.prefix(8).elementsEqual([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        #expect(png.suffix(8).prefix(4).elementsEqual(Data("IEND".utf8)))
        let width = png[16..<20].reduce(0) { $0 << 8 | Int($1) }
        #expect(try width == 2 * figure.script.width)
        let svg = try String(decoding: contents(first.svg), as: UTF8.self)
        #expect(svg.contains("<svg") && svg.contains("</svg>"))
        #expect(try contents(second.png) == png)
        #expect(try String(decoding: contents(second.svg), as: UTF8.self) == svg)
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.count == 4 * Self.all.count)
    }
  }

  @Test func largeOffsetsAreTakenOffAndUnderscoresStay() throws {
    try withScratchFolder { folder in
      let paths = try Self.all[0].write(to: folder.appendingPathComponent("corner").path)
      let svg = try String(decoding: contents(paths.svg), as: UTF8.self)
      #expect(svg.contains("2452840"))
      #expect(svg.contains("q_1"))
      let outlier = Self.samples(1, 500)[0] + [1e9]
      let figure = CornerFigure(names: ["a", "b"], columns: [outlier, outlier])
      let other = try figure.write(to: folder.appendingPathComponent("outlier").path)
      #expect(try String(decoding: contents(other.svg), as: UTF8.self).contains(">\u{2212}2<"))
    }
  }

  @Test func namesAreNeverExecuted() throws {
    try withScratchFolder { folder in
      let mark = folder.appendingPathComponent("pwned").path
      let attacks = [
        "`touch \(mark)`", "'.system('touch \(mark)').'", "\"; system \"touch \(mark)\"; \"",
        "a\nsystem 'touch \(mark)'\n", "@GPVAL_PWD {/:Bold x} ^2 &{y} ~a{b} \\U+0041 \\", "EOD",
        "{{{", "it's \"q\"", "$(touch \(mark))", "'", "\u{2028}system 'touch \(mark)'",
      ]
      let columns = Self.samples(2, 100)
      for (index, attack) in attacks.enumerated() {
        var corner = CornerFigure(
          names: [attack, "b"], columns: columns, references: [attack: 0], referenceName: attack)
        corner.units = [attack: attack]
        let base = folder.appendingPathComponent("corner \(index) `touch x` '").path
        try corner.write(to: base)
        let curve = LightCurveFigure(
          dataSets: [.init(label: attack, times: [1, 2], values: [1, 2], errors: [1, 1])],
          valueLabel: Label(attack), timeLabel: Label(markup: attack))
        try curve.write(to: base + "curve")
        let rank = RankFigure(names: [attack], ranks: [[0, 1, 2]], possibleRanks: 3)
        try rank.write(to: base + "rank")
      }
      #expect(!FileManager.default.fileExists(atPath: mark))
      let svg = try contents(folder.appendingPathComponent("corner 7 `touch x` '.svg").path)
      let text = String(decoding: svg, as: UTF8.self)
      #expect(text.contains("it\u{2019}s \"q\"") || text.contains("it\u{2019}s &quot;q&quot;"))
    }
  }

  @Test func missingAndFailingGnuplot() throws {
    #expect(throws: PlottingError.gnuplotMissing(path: "/nowhere/gnuplot")) {
      try Gnuplot(executable: "/nowhere/gnuplot")
    }
    let message = PlottingError.gnuplotMissing(path: nil).description
    #expect(message.contains("apt-get install gnuplot-nox"))
    #expect(message.contains("brew install gnuplot"))

    try withScratchFolder { folder in
      let program = folder.appendingPathComponent("gnuplot")
      try Data("#!/bin/sh\necho broken >&2\necho more >&2\nexit 3\n".utf8).write(to: program)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: program.path)
      let gnuplot = try Gnuplot(executable: program.path)
      let base = folder.appendingPathComponent("figure").path
      #expect(throws: PlottingError.gnuplotFailed(status: 3, message: "broken")) {
        try Self.all[4].write(to: base, using: gnuplot)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["gnuplot"])
    }
  }

  @Test func badDataAreNamed() {
    func message(_ figure: any Figure) -> String {
      do { _ = try figure.script } catch { return "\(error)" }
      return ""
    }
    let columns: [[Double]] = [[1, 2, 3], [1, .nan, 3]]
    let corner = message(CornerFigure(names: ["a", "b"], columns: columns))
    #expect(corner.contains("b, sample 1"))
    let weights = CornerFigure(names: ["a", "b"], columns: [[1, 2], [1, 2]], weights: [1, -1])
    #expect(message(weights).contains("weight of sample 1 is -1"))
    let rank = message(RankFigure(names: ["a"], ranks: [[0, 7]], possibleRanks: 7))
    #expect(rank.contains("a, simulation 1") && rank.contains("7"))
    let curve = LightCurveFigure(
      dataSets: [.init(label: "I", times: [1, 2], values: [1], errors: [1, 1])])
    #expect(message(curve).contains("I has 2 times, 1 values"))
    #expect(message(TrainingFigure(training: [[.nan]])).contains("no finite loss"))
    #expect(message(CoverageFigure(levels: [0.5], coverage: [1.5], simulations: 9)).contains("1.5"))
  }
}

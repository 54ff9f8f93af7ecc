import Foundation
import Plotting
import Testing

@Suite struct ClosureFigureTests {
  private func figure() -> ClosureFigure {
    ClosureFigure(
      entries: (0..<4).map { number in
        .init(
          name: "AA–AZ–L\(number)", quantity: number < 2 ? .phase : .logAmplitude,
          points: (0..<6).map { index in
            let value = 170 + 12 * Double(index)
            return .init(
              time: Double(index), series: index % 2,
              value: number < 2 ? value.remainder(dividingBy: 360) : value / 100, sigma: 3,
              predictions: [-2, -1, 0, 1, 2].map {
                number < 2 ? (value + $0).remainder(dividingBy: 360) : (value + $0) / 100
              })
          })
      }, series: ["227.1 GHz", "229.1 GHz"])
  }

  @Test func figuresAreWrittenAndRepeat() throws {
    try withScratchFolder { folder in
      let path = folder.appendingPathComponent("closures.png").path
      try figure().write(toFile: path)
      let first = try contents(path)
      #expect(first.count > 5000)
      try figure().write(toFile: path)
      #expect(try contents(path) == first)
    }
  }

  /// A phase that turns through 180° is drawn like one that does not: 12° a step both.
  @Test func phasesGoOnBeyondHalfATurn() throws {
    var (turned, plain) = (figure(), figure())
    turned.entries = [turned.entries[0]]
    plain.entries = turned.entries
    // 180° less throughout.
    for index in plain.entries[0].points.indices {
      let point = plain.entries[0].points[index]
      func less(_ phase: Double) -> Double { (phase - 180).remainder(dividingBy: 360) }
      plain.entries[0].points[index].value = less(point.value)
      plain.entries[0].points[index].predictions = point.predictions.map(less)
    }
    try withScratchFolder { folder in
      /// Where the points are, in pixels of the SVG.
      func places(_ figure: ClosureFigure, _ name: String) throws -> [Double] {
        let path = folder.appendingPathComponent(name).path
        try figure.write(toFile: path)
        return String(decoding: try contents(path), as: UTF8.self).split(separator: "\n")
          .filter { $0.contains("'#gpPt6'") }
          .flatMap { $0.split(whereSeparator: { !"0123456789.".contains($0) })[1...2] }
          .compactMap { Double($0) }
      }
      let (first, second) = (try places(turned, "turned.svg"), try places(plain, "plain.svg"))
      #expect(first.count == 12 && second.count == 12)
      #expect(zip(first, second).allSatisfy { abs($0 - $1) < 0.1 }, "\(first) \(second)")
    }
  }

  @Test func whatCannotBeDrawnIsAnError() {
    var (empty, missing, foreign, silent) = (figure(), figure(), figure(), figure())
    empty.entries = []
    missing.entries[1].points[2].value = .nan
    foreign.entries[0].points[0].series = 2
    silent.entries[0].points[0].predictions = []
    for wrong in [empty, missing, foreign, silent] {
      #expect(throws: PlottingError.self) { try wrong.write(toFile: "/nowhere/closures.png") }
    }
  }
}

import Foundation
import Plotting
import Testing

@Suite struct GainFigureTests {
  private static func station(_ name: String, _ count: Int, around amplitude: Double = 1)
    -> GainFigure.Station
  {
    GainFigure.Station(
      name: name, times: (0..<count).map { 0.5 * Double($0 / 2) },
      amplitudes: (0..<count).map { amplitude * exp(0.2 * sin(Double($0))) },
      amplitudeErrors: (0..<count).map { 0.02 * Double($0 % 4) },
      phases: (0..<count).map { 170 * cos(1.7 * Double($0)) },
      phaseErrors: (0..<count).map { 3 * Double($0 % 3) }, channels: (0..<count).map { $0 % 2 })
  }

  @Test func figuresAreWritten() throws {
    let figures = [
      GainFigure(stations: [
        Self.station("AA", 24), Self.station("LM", 20, around: 0.4), Self.station("XX9", 0),
        Self.station("S_1'", 3),
      ]),
      GainFigure(stations: [Self.station("AA", 1)]),
    ]
    try withScratchFolder { folder in
      for (index, figure) in figures.enumerated() {
        let path = folder.appendingPathComponent("\(index)").path
        try figure.write(to: path)
        #expect(try contents(path + ".png").count > 5_000)
        let text = String(decoding: try contents(path + ".svg"), as: UTF8.self)
        let isNamed = text.contains("AA")
        #expect(isNamed)
        let isShown = text.contains("XX9")
        #expect(!isShown)
      }
    }
  }

  @Test func dataThatCannotBeDrawnAreErrors() {
    var figures = [GainFigure](repeating: GainFigure(stations: [Self.station("AA", 4)]), count: 6)
    figures[0].stations = []
    figures[1].stations[0].phases[2] = .nan
    figures[2].stations[0].amplitudes[1] = 0
    figures[3].stations[0].channels = []
    figures[4].stations[0].phaseErrors[3] = -1
    figures[5].stations[0].channels[0] = -1
    for figure in figures {
      #expect(throws: PlottingError.self) { try figure.script }
    }
  }
}

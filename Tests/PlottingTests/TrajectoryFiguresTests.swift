import Foundation
import Plotting
import Testing

@Suite struct TrajectoryFiguresTests {
  // MARK: Frames

  /// Two bodies on ellipses of eccentricity 0.97, whose distance from the centre of mass grows 65 times; the
  /// times end on the way out.
  private static let eccentric = Trajectories(
    times: (0...2000).map { 2.3 * Double($0) / 2000 },
    positions: [1, -1].map { side in
      (0...2000).map { side * kepler(eccentricity: 0.97, phase: 2.3 * Double($0) / 2000) }
    },
    masses: [1, 1], names: ["first", "second"])

  @Test func frameHoldsBoundOrbits() throws {
    let svg = try DrawnSVG(figure: TrajectoryFigure(paths: Self.eccentric))
    let extent = try svg.extent(ofPlot: 1)
    // Each ellipse reaches 1 + e from the focus in the middle, and is 2 sqrt(1 - e^2) high.
    let expected = 2 * 1.97 / (2 * (1 - 0.97 * 0.97).squareRoot())
    #expect(abs(extent.x / extent.y / expected - 1) < 0.01)
    for name in ["first", "second"] { #expect(svg.count(ofText: name) == 1, "arrow of \(name)") }
  }

  @Test(arguments: [1.0, -1]) func escapesHaveArrows(direction: Double) throws {
    // A pair on a circle; a third body that leaves it, or comes to it, at constant speed.
    let times = (0...3000).map { Double($0) / 10 }
    let angles = times.map { 1.7 * $0 }
    let paths = Trajectories(
      times: times.map { direction * $0 },
      positions: [
        angles.map { SIMD3(cos($0), sin($0), 0) }, angles.map { SIMD3(-cos($0), -sin($0), 0) },
        times.map { SIMD3(0.2 + 2 * $0, 0.6 * $0, 0) },
      ], masses: [1, 1, 1e-3], names: ["one", "two", "three"])
    var reversed = paths
    reversed.times = paths.times.map { 300 - direction * $0 }
    reversed.positions = paths.positions
    for paths in [paths, reversed] {
      let svg = try DrawnSVG(figure: TrajectoryFigure(paths: paths))
      #expect(svg.count(ofText: "three") == 2)
      #expect(svg.count(ofText: "one") == 1)
      // The pair would be a fortieth of a pixel if the frame followed the third body.
      #expect(try svg.extent(ofPlot: 1).y > 200)
    }
  }

  // MARK: Lines

  @Test func thinnedLinesKeepToTheirPath() throws {
    let count = 10_000
    let paths = Trajectories(
      times: (0...count).map(Double.init),
      positions: [
        (0...count).map {
          let angle = 2 * .pi * Double($0) / Double(count)
          return SIMD3(cos(angle), sin(angle), 0)
        }
      ], masses: [1])
    let lines = try DrawnSVG(figure: TrajectoryFigure(paths: paths)).lines(ofPlot: 1)
    let points = Array(lines.joined())
    #expect((50..<count / 4).contains(points.count))
    let (x, y) = (points.map(\.x).sorted(), points.map(\.y).sorted())
    try #require(!points.isEmpty)
    let middle = SIMD2(x[0] + x[x.count - 1], y[0] + y[y.count - 1]) / 2
    let radius = (x[x.count - 1] - x[0]) / 2
    func distance(_ point: SIMD2<Double>) -> Double {
      let apart = point - middle
      return (apart * apart).sum().squareRoot()
    }
    for line in lines {
      for (start, end) in zip(line, line.dropFirst()) {
        #expect(abs(distance(start) - radius) < 0.03)
        // 0.15 pixels is the tolerance; the coordinates have two decimals.
        #expect(abs(distance((start + end) / 2) - radius) < 0.18)
      }
    }
  }

  @Test func denseFiguresAreSmall() throws {
    // Sixteen samples a turn: nothing can be left out without harm.
    let times = (0...10_000).map(Double.init)
    let paths = Trajectories(
      times: times,
      positions: (0..<20).map { body in
        times.map { time in
          let (angle, size) = ((0.4 + 0.01 * Double(body)) * time, 1 + 0.3 * Double(body))
          return SIMD3(size * cos(angle), size * sin(angle), 0)
        }
      }, masses: (0..<20).map { _ in 1 })
    let svg = try DrawnSVG(figure: TrajectoryFigure(paths: paths))
    #expect(svg.text.utf8.count < 2_000_000)
    let radii = Set(svg.lines(ofPlot: 1).joined().map { Int(abs($0.x) / 10) })
    #expect(radii.count > 40)
  }

  @Test func earlyEndsAreDrawn() throws {
    var paths = Self.eccentric
    for body in 0..<2 {
      for index in 900...2000 { paths.positions[body][index] = SIMD3(repeating: .nan) }
    }
    paths.events = [.init(time: paths.times[900], kind: "collision", bodies: [0, 1])]
    let svg = try DrawnSVG(figure: TrajectoryFigure(paths: paths))
    #expect(svg.count(ofText: "early end") == 1)
    #expect(svg.count(ofText: "collision") == 1)
    let points = svg.lines(ofPlot: 1).joined()
    #expect(points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    #expect(try svg.extent(ofPlot: 1).x > 300)
    let animation = try TrajectoryAnimation(paths: paths).svg
    #expect(!animation.lowercased().contains("nan"))
  }

  @Test func planesAndNamesAreDrawn() throws {
    var paths = Self.eccentric
    paths.names = ["S_1'", "`date`"]
    paths.lengthUnit = "au"
    for body in 0..<2 {
      for index in paths.times.indices {
        paths.positions[body][index].z = 0.03 * paths.positions[body][index].x
      }
    }
    let svg = try DrawnSVG(figure: TrajectoryFigure(paths: paths))
    #expect(svg.count(ofText: "`date`") == 1)
    // x, y and z, one panel above the other with one axis x.
    #expect(svg.count(ofText: " [au]") == 3)
    let flat = try DrawnSVG(figure: TrajectoryFigure(paths: paths, planes: [.yz]))
    #expect(flat.count(ofText: " [au]") == 2)
  }

  // MARK: Energy

  @Test func zerosLieBelowTheLine() throws {
    let times = (0...20).map(Double.init)
    let figure = EnergyErrorFigure(lines: [
      .init(label: "alternating", times: times, errors: times.map { $0.remainder(dividingBy: 2) })
    ])
    // Errors are 0 at even times, 1 or -1 at odd ones.
    let svg = try DrawnSVG(figure: figure)
    let (line, zeros) = (svg.points(ofPlot: 1), svg.points(ofPlot: 2))
    #expect(line.count == 10 && Set(line.map(\.y)).count == 1)
    #expect(zeros.count == 11 && Set(zeros.map(\.y)).count == 1)
    #expect(zeros[0].y > line[0].y + 5)
    // No line leads from one to the other.
    #expect(svg.lines(ofPlot: 1).joined().allSatisfy { $0.y == line[0].y })
  }

  @Test func energyLinesAreLogarithmicAndEndEarly() throws {
    let times = (0...60).map(Double.init)
    let figure = EnergyErrorFigure(
      lines: [
        .init(label: "growing", times: times, errors: times.map { -pow(10, $0 / 5 - 16) }),
        .init(label: "stopped", times: times, errors: times.map { $0 > 30 ? .nan : 1e-20 }),
      ], timeUnit: "yr")
    let svg = try DrawnSVG(figure: figure)
    let (growing, stopped) = (svg.points(ofPlot: 1), svg.points(ofPlot: 2))
    #expect(growing.count == 61 && stopped.count == 31)
    let slope = (growing[60].y - growing[0].y) / 60
    for (index, point) in growing.enumerated() {
      #expect(abs(point.y - growing[0].y - slope * Double(index)) < 0.1)
    }
    #expect(abs(stopped[30].x - growing[30].x) < 0.02)
    // 10^-4 at the end, 10^-20: sixteen decades apart where twelve are one line's.
    let decade = -slope * 5
    #expect(abs((stopped[0].y - growing[60].y) / decade - 16) < 0.02)
  }

  @Test func energyErrorsThatCannotBeDrawnAreErrors() {
    let good = EnergyErrorFigure.Line(label: "", times: [0, 1, 2], errors: [0, 1e-16, 1e-16])
    var cases = [[EnergyErrorFigure.Line]](repeating: [good], count: 6)
    cases[0] = []
    cases[1][0].errors.removeLast()
    cases[2][0].errors[1] = .nan
    cases[3][0].errors[2] = .infinity
    cases[4][0].times[2] = 1
    cases[5][0].errors = [.nan, .nan, .nan]
    for lines in cases {
      #expect(throws: PlottingError.self) { try EnergyErrorFigure(lines: lines).script }
    }
  }

  // MARK: Errors

  @Test func whatCannotBeDrawnIsAnError() {
    let good = Self.eccentric
    var cases = [Trajectories](repeating: good, count: 13)
    cases[0].times = []
    cases[1].positions = []
    cases[2].positions[1].removeLast()
    cases[3].masses = [1]
    cases[4].masses[0] = 0
    cases[5].times[7] = .nan
    cases[6].times[7] = cases[6].times[6]
    cases[7].positions[0][5].x = .nan
    cases[8].positions[0][5].y = .infinity
    cases[9].events = [.init(time: 3, kind: "escape", bodies: [0])]
    cases[10].events = [.init(time: 1, kind: "escape", bodies: [2])]
    cases[11].names = ["1"]
    for body in 0..<2 {
      cases[12].positions[body] = good.times.map { _ in SIMD3(repeating: .nan) }
    }
    for paths in cases {
      #expect(throws: PlottingError.self) { try TrajectoryFigure(paths: paths).script }
      do {
        _ = try TrajectoryAnimation(paths: paths).svg
        Issue.record("drawn")
      } catch {
        #expect("\(error)".hasPrefix("animation figure: ") && !"\(error)".contains("\n"))
      }
    }
    #expect(throws: PlottingError.self) { try TrajectoryFigure(paths: good, planes: []).script }
    for (duration, trail) in [(0.0, 1.0), (.nan, 1), (20, 0), (20, 21), (20, .nan)] {
      #expect(throws: PlottingError.self) {
        try TrajectoryAnimation(paths: good, duration: duration, trail: trail).svg
      }
    }
    #expect(throws: PlottingError.self) {
      try TrajectoryAnimation(paths: good).write(toFile: "/tmp/orbit.png")
    }
  }

  /// On an ellipse with semi-major axis 1 about a focus; the phase is 1 after a period.
  static func kepler(eccentricity e: Double, phase: Double) -> SIMD3<Double> {
    let mean = 2 * .pi * phase
    var anomaly = mean
    for _ in 0..<200 { anomaly = mean + e * sin(anomaly) }
    for _ in 0..<20 { anomaly -= (anomaly - e * sin(anomaly) - mean) / (1 - e * cos(anomaly)) }
    return SIMD3(cos(anomaly) - e, (1 - e * e).squareRoot() * sin(anomaly), 0)
  }
}

import ArrayFiles
import Foundation
import Microlensing
import MicrolensingEvents
import NumericalMethods
import Testing

@Suite struct EventModelTests {
  private let parameters = try! BinaryLensParameters(
    t0: 100, u0: 0.3, tE: 20, rho: 0.02, s: 1.3, q: 0.2, alpha: 1)
  private let times = (0..<600).map { 60 + 0.13 * Double($0) }

  private func column(_ name: String, of model: EventModel) throws -> [Double] {
    let columns = try model.columns(times: times, tolerance: 1e-4)
    let column = try #require(columns.first { $0.name == name }, "\(columns.map(\.name))")
    guard case .numbers(let values) = column.values else { return [] }
    return values
  }

  /// Light is additive: fluxes are linear in the magnification, in both units.
  @Test func fluxesAndMagnitudesAgree() throws {
    let model = EventModel(
      parameters: parameters, limbDarkening: .uniform,
      dataSets: [
        .init(name: "A", limbDarkening: .uniform, brightness: .flux(source: 12, blend: -3)),
        .init(
          name: "B", limbDarkening: .uniform,
          brightness: .magnitude(source: 22 - 2.5 * log10(12), blend: 22 - 2.5 * log10(5))),
        .init(name: "C", limbDarkening: .uniform, brightness: .magnitude(source: 19, blend: nil)),
      ])
    #expect(
      try model.columns(times: times, tolerance: 1e-3).map(\.name)
        == ["time", "magnification", "flux_A", "mag_B", "mag_C"])
    #expect(try column("time", of: model) == times)
    let magnifications = try column("magnification", of: model)
    let expected = parameters.magnifications(times: times, tolerance: 1e-5)
    #expect(zip(magnifications, expected).allSatisfy { abs($0 / $1 - 1) < 3e-4 })
    let fluxes = try column("flux_A", of: model)
    let blended = try column("mag_B", of: model)
    let pure = try column("mag_C", of: model)
    for (index, value) in magnifications.enumerated() {
      #expect(abs(fluxes[index] - (12 * value - 3)) < 1e-10)
      #expect(abs(blended[index] - (22 - 2.5 * log10(12 * value + 5))) < 1e-10)
      #expect(abs(pure[index] - (19 - 2.5 * log10(value))) < 1e-10)
    }
  }

  @Test func threadsDoNotMatter() throws {
    let model = EventModel(
      parameters: parameters, limbDarkening: .linear(u: 0.4),
      dataSets: [
        .init(name: "", limbDarkening: .uniform, brightness: .flux(source: 1, blend: 0))
      ])
    let one = try model.magnifications(times: times, tolerance: 1e-3)
    let three = try model.magnifications(
      times: times, tolerance: 1e-3, monitor: WorkMonitor(threads: 3))
    #expect(one == three)
    #expect(try column("flux", of: model).count == times.count)
    #expect(throws: Interrupted.self) {
      try model.magnifications(
        times: times, tolerance: 1e-3, monitor: WorkMonitor(interrupted: { true }))
    }
  }

  @Test func timesAreAColumnOrTheOnlyOne() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("times-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func read(_ text: String) throws -> [Double] {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return try EventTimes.read(path)
    }
    #expect(try read("mag,time\n18,2452848.5\n18,3\n") == [2452848.5, 3])
    #expect(try read("HJD\n1\n2\n") == [1, 2])
    #expect(try read("# days\n1\n2\n") == [1, 2])
    for (text, problem) in [
      ("HJD,mag\n1,2\n", "none of them is 'time'"), ("time\n", "holds no times"),
      ("", "is empty"), ("time\n1\nx\n", ":3: column 'time': found 'x', expected a number"),
    ] {
      let error = try #require(throws: FileError.self) { try read(text) }
      #expect(error.description.contains(problem), "\(error)")
    }
  }

  /// The region in detail holds the caustic that the source meets, and the times those of meeting it.
  @Test func theFigureLooksWhereTheSourceMeetsACaustic() throws {
    // OGLE-2005-BLG-390 (Beaulieu et al. 2006): a planetary caustic at s − 1/s, 10 days after t0.
    let event = try BinaryLensParameters(
      t0: 3582.73, u0: 0.3587, tE: 11.025, rho: 0.02512, s: 1.61, q: 7.98e-5, alpha: 2.75515)
    let figure = try EventModel(parameters: event, limbDarkening: .uniform)
      .figure(times: [3540, 3620], tolerance: 1e-3)
    #expect(abs(figure.detail.center.x - (1.61 - 1 / 1.61)) < 0.01)
    #expect(figure.detail.radius < 0.2)
    #expect(figure.detailTimes.contains(3592.8))
    #expect(figure.detailTimes.upperBound - figure.detailTimes.lowerBound < 4)
    #expect(abs(hypot(figure.source.center.x - 0.989, figure.source.center.y)) < 0.05)
    // Dense enough to draw: no step changes the magnification by more than a few per cent.
    let curve = figure.curves[0].magnifications
    #expect(zip(curve, curve.dropFirst()).allSatisfy { abs($1 / $0 - 1) < 0.04 })
    #expect(curve.max()! > 2.9)
    _ = try figure.script
  }

  @Test func theTwinIsWrittenAsParametersOfItsOwn() throws {
    let model = EventModel(parameters: parameters, limbDarkening: .uniform)
    let pair = try OffsetDegeneracy(of: parameters)
    let comparison = try model.comparison(with: pair.twin, times: times, tolerance: 1e-4)
    let difference = zip(
      try column("magnification", of: model), comparison.magnifications
    ).map { abs($0 - $1) / $0 }
    #expect(comparison.largestDifference == difference.max())
    #expect(comparison.yaml.contains("\ns: \(pair.twin.s)\n"))
    let map = try model.residualMap(of: pair, tolerance: 1e-2)
    #expect(map.values.count == map.y.count)
    _ = try map.script
  }

  @Test func timesOfAnotherSystemAreNoted() {
    let model = EventModel(parameters: parameters, limbDarkening: .uniform)
    #expect(model.note(on: times) == nil)
    #expect(model.note(on: times.map { $0 + 2_450_000 })?.contains("t0 = 100.0") == true)
  }
}

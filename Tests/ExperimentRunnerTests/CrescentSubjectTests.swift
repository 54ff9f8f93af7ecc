import ArrayFiles
import ExperimentRunner
import Foundation
import Interferometry
import NumericalMethods
import Observations
import Testing

/// A small experiment about a crescent, run end to end, and what is said of data that have none.
@Suite struct CrescentSubjectTests {
  private let scratch: String

  init() throws {
    scratch = NSTemporaryDirectory() + "sibyl-crescent-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
  }

  private static let theta: [Double] = [
    43, 0.3, 0.6, 160, 0.1, 20, 0.1, 0.6, 0.5, 0.2, 25, -20, 30, 0.6, 40, 0.5, -30, 15, 20, 0.8,
    110,
  ]

  private static let observed: VisibilitySet = {
    let array = TelescopeArray.catalogue.first { $0.name == "eht2017" }!
    let coverage = ObservingPlan(
      stations: array.stations, source: "M87", rightAscension: 187.70593, declination: 12.39112,
      mjd: 57854, scans: [Scan(start: 3, stop: 6, integration: 60, cadence: 1200)],
      frequency: array.frequency, bandwidth: array.bandwidth
    ).coverage
    let sky = try! CrescentSimulator.sky(of: theta)
    return SyntheticObservation(coverage: coverage).observe(sky, seed: 3)
  }()

  private func experiment(
    _ files: [String], overrides: [String] = [], prior: String = ""
  ) throws -> Experiment {
    let text = """
      seed: 4
      simulator: { name: crescent, data: [\(files.joined(separator: ", "))] }
      prior:
        diameter: { uniform: [25, 70] }
        width: { uniform: [0.1, 0.8] }
        asymmetry: { uniform: [0, 1] }
        orientation: { periodic: [0, 360] }
        second_mode: { uniform: [0, 0.5] }
        second_mode_angle: { periodic: [0, 180] }
        floor: { uniform: [0, 0.5] }
        flux: { uniform: [0.2, 1] }
        extended_flux: { uniform: [0, 1.5] }
        \((1...2).map { number in
          ["flux: { uniform: [0, 0.5] }", "east: { uniform: [-60, 60] }",
           "north: { uniform: [-60, 60] }", "width: { log_uniform: [10, 60] }",
           "axis_ratio: { uniform: [0.3, 1] }", "angle: { periodic: [0, 180] }",
          ].map { "gaussian_\(number)_\($0)" }.joined(separator: "\n  ")
        }.joined(separator: "\n  "))
      simulate: { count: 300, shard_size: 100 }
      network: { residual_network: { width: 16, outputs: 8 }, nsf: { transforms: 2, width: 16 } }
      train: { epochs: 1 }
      calibrate: { count: 8, samples: 16 }
      infer: { samples: 200 }
      """
    let path = "\(scratch)/crescent.yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try Experiment(path: path, overrides: overrides)
  }

  private func write(_ set: VisibilitySet, _ name: String) throws -> String {
    try set.writeUVFITS(to: "\(scratch)/\(name)")
    return name
  }

  private struct Summary: Decodable {
    struct Row: Decodable { let name: String }
    let parameters: [Row]
    let phases: Int
    let distance: Double
  }

  @Test func anExperimentLeavesItsResults() throws {
    let experiment = try experiment([try write(Self.observed, "a.uvfits")])
    let folder = "\(scratch)/results"
    try ExperimentRun(experiment, folder: folder, monitor: WorkMonitor(threads: 2))
      .run(through: nil, existing: .keep)
    let summary = try JSONDecoder().decode(
      Summary.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/infer/summary.json")))
    #expect(
      summary.parameters.map(\.name) == CrescentSimulator.parameterNames + ["peak_diameter"])
    #expect(summary.phases > 20 && summary.distance > 0)
    for name in ["samples.npz", "corner.png", "closures.png", "image.png", "closures.svg"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder)/infer/\(name)"))
    }
    #expect(FileManager.default.fileExists(atPath: "\(folder)/report.html"))
  }

  /// One line that names the file and what is missing.
  private func message(_ files: [String]) throws -> String {
    do {
      _ = try experiment(files)
    } catch {
      let text = "\(error)"
      #expect(!text.contains("\n"))
      return text
    }
    return ""
  }

  @Test func dataThatDoNotCloseAreErrors() throws {
    let good = try write(Self.observed, "good.uvfits")
    var pair = Self.observed
    let (first, second) = (pair.visibilities[0].station1, pair.visibilities[0].station2)
    pair.visibilities = pair.visibilities.filter { $0.station1 == first && $0.station2 == second }
    let single = try message([good, write(pair, "single.uvfits")])
    #expect(single.contains("single.uvfits: no closure phase"))
    // Baselines of one station never close.
    var star = Self.observed
    star.visibilities = star.visibilities.filter { $0.station1 == first || $0.station2 == first }
    let open = try message([write(star, "star.uvfits")])
    #expect(open.contains("star.uvfits: no closure phase"))
    // Noise alone has closures, but none that could be looked at.
    var noise = Self.observed
    for index in noise.visibilities.indices { noise.visibilities[index].sigma = 1e3 }
    let faint = try message([write(noise, "noise.uvfits")])
    #expect(faint.contains("no closure phase") && faint.contains("three sigma"))

    try "u[lambda],v[lambda],re,im,sigma\n1e9,2e9,0.1,0.2,0.01\n"
      .write(toFile: "\(scratch)/table.csv", atomically: true, encoding: .utf8)
    let table = try message(["table.csv"])
    #expect(table.contains("table.csv: the stations of the visibilities are unknown"))
    #expect(try message(["missing.uvfits"]).contains("missing.uvfits"))
    #expect(try message(["crescent.yaml"]).contains("crescent.yaml"))
    #expect(try message([]).contains("names no file of visibilities"))
  }

  @Test func settingsHaveRanges() throws {
    let good = try write(Self.observed, "good.uvfits")
    for override in [
      "simulator.interval=0", "simulator.minimum_baseline=-1", "simulator.errors.non_closing=2",
      "simulator.errors.gain=0.1",
    ] {
      #expect(throws: ConfigurationError.self) {
        try experiment([good], overrides: [override])
      }
    }
  }

  /// Bands of one day are one sky; two days need not be.
  @Test func anotherDayIsToldOf() throws {
    var other = Self.observed
    other.mjd += 6
    let files = [try write(Self.observed, "a.uvfits"), try write(other, "b.uvfits")]
    #expect(try experiment([files[0], files[0]]).kind.warnings.isEmpty)
    #expect(try experiment(files).kind.warnings.contains { $0.contains("one sky is assumed") })
  }
}

import ArrayFiles
import ExperimentRunner
import Foundation
import Interferometry
import NumericalMethods
import Observations
import Testing

/// Small surveys, run end to end.
@Suite struct ClosureSurveyTests {
  private let scratch: String
  private static let microarcsecond = Double.pi / 180 / 3600e6

  init() throws {
    scratch = NSTemporaryDirectory() + "sibyl-survey-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    // What files of a day would hold: a point, seen by the Event Horizon Telescope.
    let array = try #require(TelescopeArray.catalogue.first { $0.name == "eht2017" })
    let coverage = ObservingPlan(
      stations: array.stations, source: "M87", rightAscension: 187.7059, declination: 12.3911,
      mjd: 57854, scans: [Scan(start: 0, stop: 8, integration: 60, cadence: 2400)],
      frequency: array.frequency, bandwidth: array.bandwidth, elevations: 10...90
    ).coverage
    let point = SyntheticObservation(coverage: coverage)
      .observe(
        EllipticalGaussian(
          flux: 0.6, shape: Beam(majorAxis: 1e-12, minorAxis: 1e-12, positionAngle: 0)), seed: 1)
    try point.writeUVFITS(to: "\(scratch)/day.uvfits")
  }

  private func experiment(
    truths: String, days: String = "{}", survey: String, overrides: [String] = []
  ) throws -> Experiment {
    let text = """
      kind: closure_survey
      seed: 5
      days: \(days)
      truths: \(truths)
      coverage: { files: [day.uvfits], gain_scatter: 0.1 }
      image: { pixels: 32, field_of_view: 128 }
      survey: \(survey)
      """
    let path = "\(scratch)/small.yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try Experiment(path: path, overrides: overrides)
  }

  private func run(
    _ experiment: Experiment, _ folder: String, through last: Stage? = nil,
    monitor: WorkMonitor = WorkMonitor(threads: 2), existing: ExistingResults = .keep
  ) throws {
    try ExperimentRun(experiment, folder: "\(scratch)/\(folder)", monitor: monitor)
      .run(through: last, existing: existing)
  }

  private func table(_ folder: String) throws -> CSVTable {
    try CSVTable.read("\(scratch)/\(folder)/score/survey.csv")
  }

  private static let quick = "{ prior_width: [60], entropy: [0.3, 1], folds: 2, iterations: 40 }"

  /// A ring with the diameter it was given is told from a spot, seen like M87 through unknown gains.
  @Test func ringsAreToldFromSpots() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    let file = "\(root)/Experiments/data/m87/SR1_M87_2017_101_lo_hops_netcal_StokesI.uvfits"
    let experiment = try experiment(
      truths: """
        { ring: { ring: { flux: 0.6, diameter: 0.34, width: 0.08 } },
            spot: { gaussian: { flux: 0.6, width: 0.25 } } }
        """, survey: "{ prior_width: [45], entropy: [0.3, 0.1], folds: 3, iterations: 60 }",
      overrides: ["image.pixels=48", "coverage.files=[\(file)]"])
    try run(experiment, "blind")
    let table = try table("blind")
    #expect(try table.strings("observation") == ["ring", "ring", "spot", "spot"])
    #expect(try table.doubles("is_ring") == [1, 1, 0, 0])
    // Of 0.34 · 128 µas; the resolution of 20 µas makes rings smaller by up to a tenth.
    let diameters = try table.doubles("diameter_uas", allowingNonFinite: true)
    for diameter in diameters.prefix(2) { #expect(abs(diameter / 43.5 - 1) < 0.1) }
    let report = try String(contentsOfFile: "\(scratch)/blind/report.html", encoding: .utf8)
    #expect(report.contains("no ring"))
    #expect(FileManager.default.fileExists(atPath: "\(scratch)/blind/score/diameters.png"))
  }

  /// The table has a row for each combination; the best of each observation is accepted, and what is not is
  /// worse by more than its error.
  @Test func acceptedImagesPredictLikeTheBest() throws {
    let experiment = try experiment(
      truths: "{ ring: { ring: {} } }", days: "{ day: [day.uvfits] }",
      survey: """
        { prior_width: [40, 20], entropy: [1, 30], gain_scatter: [0.1, 0.3], flux: [0.5],
          data: [[closure-phases, log-closure-amplitudes]], folds: 2, iterations: 20 }
        """)
    try run(experiment, "table")
    let table = try table("table")
    let names = try table.strings("observation")
    #expect(names.count { $0 == "day" } == 8 && names.count { $0 == "ring" } == 8)
    let (loss, excess) = (try table.doubles("loss"), try table.doubles("excess"))
    let (error, accepted) = (
      try table.doubles("excess_error"), try table.doubles("accepted")
    )
    for name in ["day", "ring"] {
      let rows = names.indices.filter { names[$0] == name }
      let least = try #require(rows.map { loss[$0] }.min())
      for row in rows {
        #expect(abs(excess[row] - (loss[row] - least)) < 1e-12)
        #expect((accepted[row] == 1) == (excess[row] <= error[row]))
      }
      #expect(rows.contains { accepted[$0] == 1 })
    }
    // A prior so strong that data hardly matter makes a ring no ring.
    let (weights, isRing) = (try table.doubles("entropy"), try table.doubles("is_ring"))
    #expect(Set(weights) == [1, 30])
    for row in names.indices where names[row] == "ring" && weights[row] == 30 {
      #expect(accepted[row] == 0 && isRing[row] == 0)
    }
    // Closure quantities do not depend on gains: nor do images of them.
    let scatter = try table.doubles("gain_scatter")
    let ring = names.indices.filter { names[$0] == "ring" }
    #expect(
      ring.filter { scatter[$0] == 0.1 }.map { loss[$0] }
        == ring.filter { scatter[$0] == 0.3 }.map { loss[$0] })
  }

  /// Images come out the same without truths, on any number of threads, and after interruptions.
  @Test func imagesAreMadeWithoutTruths() throws {
    let experiment = try experiment(truths: "{ ring: { ring: {} } }", survey: Self.quick)
    let stages = experiment.stages
    func sums(_ folder: String) throws -> [UInt32] {
      try (0..<2).map {
        try Checksum.crc32(ofFile: "\(scratch)/\(folder)/survey/ring/0-\($0).fits")
      }
    }
    try run(experiment, "seeing", through: stages[1], monitor: WorkMonitor(threads: 1))
    try run(experiment, "blind", through: stages[0])
    try FileManager.default.removeItem(atPath: "\(scratch)/blind/observe/truths")
    #expect(throws: Interrupted.self) {
      try run(experiment, "blind", monitor: WorkMonitor(threads: 2, interrupted: { true }))
    }
    try run(experiment, "blind", through: stages[1], existing: .resume)
    #expect(try sums("blind") == (try sums("seeing")))
    #expect(throws: FileError.self) { try run(experiment, "blind") }
    // What is done is not made again.
    let image = "\(scratch)/blind/survey/ring/0-0.fits"
    try FileManager.default.removeItem(atPath: image)
    try run(experiment, "blind", through: stages[1])
    #expect(!FileManager.default.fileExists(atPath: image))
  }

  @Test(arguments: [
    ("survey.entropy=[]", "'survey.entropy' is empty"), ("survey.entropy=[-1]", "1e-09"),
    ("survey.data=[[closure-phase]]", "closure-phases"), ("survey.data=[[]]", "is empty"),
    ("survey.folds=1", "2 to 1000"), ("days={day: []}", "is empty"),
    ("days={day: [nowhere.uvfits]}", "nowhere.uvfits"),
    ("days={ring: [day.uvfits]}", "name of a day"),
    ("coverage={files: []}", "is empty"), ("coverage.gain_scater=1", "gain_scatter"),
    ("truths={}", "'days' is empty"), ("image.pixels=2", "16 to 1024"), ("arrays={}", "arrays"),
  ])
  func wrongSettingsAreNamed(_ override: String, _ hint: String) throws {
    do {
      _ = try experiment(
        truths: "{ ring: { ring: {} } }", survey: Self.quick, overrides: [override])
      Issue.record("\(override) was accepted")
    } catch {
      let text = "\(error)"
      #expect(text.contains(hint), "\(text)")
      #expect(!text.contains("\n"))
    }
  }

  /// Two stations close no triangle; two days are not one.
  @Test func unusableFilesAreNamed() throws {
    var set = try VisibilitySet.read("\(scratch)/day.uvfits")
    var other = set
    other.mjd += 5
    try other.writeUVFITS(to: "\(scratch)/later.uvfits")
    let longest = try #require(
      set.visibilities.filter { $0.value.length > 5 * $0.sigma }
        .max { hypot($0.u, $0.v) < hypot($1.u, $1.v) })
    let pair = (longest.station1, longest.station2)
    set.visibilities = set.visibilities.filter { ($0.station1, $0.station2) == pair }
    try set.writeUVFITS(to: "\(scratch)/pair.uvfits")
    for (days, hint) in [
      ("{ a: [pair.uvfits] }", "pair.uvfits: no clos"),
      ("{ a: [day.uvfits, later.uvfits] }", "later.uvfits: was observed"),
    ] {
      let experiment = try experiment(truths: "{}", days: days, survey: Self.quick)
      do {
        try run(experiment, "unusable", existing: .replace)
        Issue.record("\(days) was accepted")
      } catch { #expect("\(error)".contains(hint), "\(error)") }
    }
  }
}

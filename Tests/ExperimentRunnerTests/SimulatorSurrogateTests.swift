import ArrayFiles
import BinaryPulsar
import ExperimentRunner
import Foundation
import Inference
import NumericalMethods
import Surrogates
import Synchronization
import Testing

/// Small surrogates of simulators, run end to end.
@Suite struct SimulatorSurrogateTests {
  private let scratch: String

  init() throws {
    scratch = NSTemporaryDirectory() + "sibyl-surrogate-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
  }

  /// Two bodies of half a mass on circles: after a time t, what separates them has turned by a^−1.5 t.
  private static let circles = """
    kind: surrogate
    seed: 3
    simulator: { name: three_body, bodies: 2, fixed: { m1: 0.5, m2: 0.5 }, times: [0.8] }
    prior: { a2: { log_uniform: [1, 1.5] }, M2: { periodic: [0, 360] } }
    simulate: { count: 200 }
    train: { calibration_fraction: 0.2 }
    surrogate: { method: gaussian_process }
    test: { count: 100 }
    """

  /// What is lost at most where the companion is heavy.
  private static let pulsars = """
    kind: surrogate
    seed: 2
    simulator:
      { name: orbital_degradation, factors: [gamma1_line], doppler_cycles: [0.05, 40],
        fixed: { m: 2, m1_Msun: 1.4, Ps_s: 0.02, e: 0.2, omega_deg: 30, T_s: 600 } }
    prior:
      f0_deg: { periodic: [0, 360] }
      Pb_d: { log_uniform: [0.03, 2] }
      m2_Msun: { uniform: [0.1, 3] }
      cos_inc: { uniform: [0, 1] }
    simulate: { count: 90, shard_size: 40 }
    design: { rounds: 3, batch: 20, pool: 300 }
    train: { calibration_fraction: 0.25 }
    surrogate: { method: neural_ensemble, layers: 2, width: 16, members: 2, epochs: 12 }
    test: { count: 150, random_factor: 1.5 }
    """

  private func experiment(_ text: String, _ overrides: [String] = []) throws -> Experiment {
    let path = "\(scratch)/small.yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try Experiment(path: path, overrides: overrides)
  }

  private func run(
    _ experiment: Experiment, _ folder: String, threads: Int = 2
  ) throws -> [String: [String: Double]] {
    try ExperimentRun(
      experiment, folder: "\(scratch)/\(folder)", monitor: WorkMonitor(threads: threads)
    ).run(existing: .keep)
    return try JSONFile.read(
      [String: [String: Double]].self, "\(scratch)/\(folder)/metrics.json")
  }

  /// The stored model knows the circles of Kepler's third law, across the ends of the angle, and the numbers of the test
  /// are those of its errors.
  @Test func circlesAreLearnt() throws {
    let metrics = try run(experiment(Self.circles), "circles")
    let model = try SurrogateModel.read("\(scratch)/circles/train")
    #expect(model.inputNames == ["ln_a2", "M2"])
    #expect(model.outputNames == ["x1", "y1", "vx1", "vy1", "x2", "y2", "vx2", "vy2"])
    for (a, anomaly) in [(1.1, 40.0), (1.25, 190), (1.4, 359.9)] {
      let found = model.predict([log(a), anomaly]).prediction.mean
      let angle = anomaly * .pi / 180 + 0.8 * pow(a, -1.5)
      // The first body rests where the system was put: only what separates them is known.
      #expect(abs(found[4] - found[0] - a * cos(angle)) < 0.02)
      #expect(abs(found[5] - found[1] - a * sin(angle)) < 0.02)
    }
    let (start, end) = (
      model.predict([0.2, 0]).prediction.mean, model.predict([0.2, 360]).prediction.mean
    )
    #expect(zip(start, end).allSatisfy { abs($0 - $1) < 1e-9 })

    let test = try #require(metrics["test"])
    let fresh = try TrainingSet(folder: "\(scratch)/circles/test/simulations")
    let training = try TrainingSet(folder: "\(scratch)/circles/simulate")
    let (theta, x) = try fresh.simulations.read(0..<100)
    #expect(try training.simulations.read(0..<100).theta != theta)
    let x2 = model.predict(
      (0..<100).flatMap { [log(theta[2 * $0]), theta[2 * $0 + 1]] }
    ).prediction.mean.enumerated().filter { $0.offset % 8 == 4 }.map(\.element)
    let errors = (0..<100).map { abs(x2[$0] - Double(x[8 * $0 + 4])) }
    let meanSquare = errors.reduce(0) { $0 + $1 * $1 } / 100
    #expect(abs(try #require(test["rmse_x2"]) - meanSquare.squareRoot()) < 1e-12)
    #expect(abs(try #require(test["mae_x2"]) - errors.reduce(0, +) / 100) < 1e-12)
    #expect(try #require(test["relative_error"]) < 0.02)
    #expect(try #require(test["speedup"]) > 0)
    #expect(test["saving"] == nil)
    for name in ["predictions", "coverage"] {
      #expect(FileManager.default.fileExists(atPath: "\(scratch)/circles/test/\(name).svg"))
    }
  }

  /// The values are those of the binaries that theta names, whatever the order of the prior, and none is out of range.
  @Test func valuesAreThoseOfTheBinaries() throws {
    let experiment = try experiment(Self.pulsars)
    try ExperimentRun(experiment, folder: "\(scratch)/values", monitor: WorkMonitor())
      .run(through: experiment.stages[0], existing: .keep)
    let set = try TrainingSet(folder: "\(scratch)/values/simulate")
    let (theta, x) = try set.simulations.read(0..<set.rowCount)
    #expect(set.rowCount > 50 && set.rowCount < 90)
    for row in 0..<set.rowCount {
      let values = Array(theta[4 * row..<4 * row + 4])
      let degradation = try OrbitalDegradation(
        PulsarBinary(
          pulsarMass: 1.4, companionMass: values[2], spinPeriod: 0.02, orbitalPeriod: values[1],
          eccentricity: 0.2, inclination: acos(values[3]) * 180 / .pi, periastronArgument: 30,
          trueAnomaly: values[0]), duration: 600, harmonic: 2)
      #expect((0.05...40).contains(degradation.dopplerCycles))
      #expect(abs(Double(x[row]) - degradation.gamma1(.line)) < 1e-6)
    }
  }

  /// Where orbits are nearly circular, little happens: there is soon nothing left to learn, and others are simulated.
  @Test func designsChooseWhatIsUncertain() throws {
    let changes = [
      "simulator.fixed={ m1: 1, m2: 0.001, a2: 1 }", "simulator.times=[0.7]",
      "prior={ e2: { uniform: [0, 0.95] }, M2: { periodic: [0, 360] } }",
      "design={ rounds: 3, batch: 20, pool: 1000 }", "test.random_factor=0",
      "surrogate={ method: neural_ensemble, layers: 2, width: 32, members: 2, epochs: 40 }",
    ]
    _ = try run(experiment(Self.circles, changes), "eccentric")
    let eccentricities = try (1...3).flatMap { round in
      let rows = try NPZArchive(path: "\(scratch)/eccentric/train/round-\(round)/rows.npz")
      let theta = try rows.read("theta", as: Double.self).values
      return stride(from: 0, to: theta.count, by: 2).map { theta[$0] }
    }
    // The prior draws every other below.
    #expect(eccentricities.count == 60 && eccentricities.count { $0 < 0.475 } < 15)
  }

  /// No row is simulated twice, and in the end the folder holds the model of all of them.
  @Test func designsAreLearntFrom() throws {
    let changes = [
      "simulate.count=600", "design.pool=1000", "surrogate.width=32", "surrogate.epochs=40",
      "test.population=3000",
    ]
    let metrics = try run(experiment(Self.pulsars, changes), "design")
    let folder = "\(scratch)/design/train"
    let last = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/arrays.npz"))
    #expect(
      try last == Data(contentsOf: URL(fileURLWithPath: "\(folder)/round-3/arrays.npz")))
    var seen: Set<[Double]> = []
    var chosen: [Float] = []
    for round in 1...3 {
      let rows = try NPZArchive(path: "\(folder)/round-\(round)/rows.npz")
      let theta = try rows.read("theta", as: Double.self)
      #expect(theta.shape == [20, 4])
      chosen += try rows.read("x", as: Float.self).values
      for row in 0..<20 { seen.insert(Array(theta.values[4 * row..<4 * row + 4])) }
    }
    #expect(seen.count == 60 && chosen.count == 60)
    let learnt = try #require(metrics["train"]?["rows"])
    let drawn = try #require(metrics["simulate"]?["rows"])
    #expect(learnt == drawn - (0.25 * drawn).rounded(.down) + 60)
    let test = try #require(metrics["test"])
    #expect(try #require(test["saving"]) > 0)
    #expect(test["saving_is_bound"] != nil)
    // Of what is known to have no answer, nothing is chosen or predicted.
    #expect(metrics["train"]?["failures"] == 0)
    let fresh = try TrainingSet(folder: "\(scratch)/design/test/simulations")
    let share = Double(fresh.rowCount) / 150
    #expect(abs(try #require(test["population_rows"]) / 3_000 - share) < 0.15)
    let values = try fresh.simulations.read(0..<fresh.rowCount).x
    let mean = Double(values.reduce(0, +)) / Double(values.count)
    #expect(abs(try #require(test["population_mean_gamma1_line"]) - mean) < 0.15)
    #expect(FileManager.default.fileExists(atPath: "\(scratch)/design/test/designs.svg"))
  }

  /// Draws next to those without an answer are seldom tried: of random ones four of ten would be.
  @Test func designsAvoidWhatHasNoAnswer() throws {
    let changes = [
      "simulator.largest_distance=1", "simulator.fixed={ m1: 0.5, m2: 0.5 }",
      "prior={ x2: { uniform: [-1, 1] }, y2: { uniform: [-1.3, 1.3] } }", "simulator.times=[0]",
      "simulate.count=300", "design={ rounds: 2, batch: 60, pool: 600 }", "test.random_factor=0",
      "surrogate={ method: nearest_neighbors }",
    ]
    let metrics = try run(experiment(Self.circles, changes), "refusals")
    let simulated = try #require(metrics["simulate"])
    #expect(try #require(simulated["failures"]) > 90)
    #expect(try #require(metrics["train"]?["failures"]) < 40)
    #expect(metrics["test"]?["saving"] == nil)
  }

  /// Everything that must be bitwise the same whatever happened on the way.
  private func checksums(_ folder: String) throws -> [String: UInt32] {
    let files = try #require(
      FileManager.default.enumerator(atPath: "\(scratch)/\(folder)"))
    var result: [String: UInt32] = [:]
    for case let name as String in files
    where name.hasSuffix(".npz") || name.hasSuffix(".npy") || name.hasSuffix("designs.json") {
      result[name] = try Checksum.crc32(ofFile: "\(scratch)/\(folder)/\(name)")
    }
    return result
  }

  @Test func designsDependNeitherOnThreadsNorOnInterruptions() throws {
    let experiment = try experiment(Self.pulsars)
    _ = try run(experiment, "undisturbed", threads: 1)
    let expected = try checksums("undisturbed")
    #expect(expected["train/round-3/rows.npz"] != nil)
    #expect(expected["test/designs.json"] != nil)
    _ = try run(experiment, "threaded", threads: 3)
    #expect(try checksums("threaded") == expected)

    var interruptions = 0
    for attempt in 0..<200 {
      let calls = Atomic<Int>(0)
      let limit = 8 + 4 * attempt
      let monitor = WorkMonitor(
        threads: 2, report: { _ in calls.add(1, ordering: .relaxed) },
        interrupted: { calls.load(ordering: .relaxed) >= limit })
      do {
        try ExperimentRun(experiment, folder: "\(scratch)/disturbed", monitor: monitor)
          .run(existing: attempt == 0 ? .keep : .resume)
        break
      } catch is Interrupted {
        interruptions += 1
      }
    }
    #expect(interruptions >= 5)
    #expect(try checksums("disturbed") == expected)
  }

  /// A round that is cut short again and again simulates nothing twice but what it had not stored: 12 draws at most.
  @Test func batchesGoOnWhereTheyStopped() throws {
    let experiment = try experiment(
      Self.pulsars,
      [
        "simulate.shard_size=12", "design={ rounds: 1, batch: 300, pool: 900 }",
        "surrogate={ method: nearest_neighbors }", "test.random_factor=0",
      ])
    _ = try run(experiment, "whole")
    var starts: [Int] = []
    for attempt in 0..<20 {
      let rows = Mutex<[Int]>([])
      let monitor = WorkMonitor(
        threads: 2,
        report: { progress in
          if progress.label == "round 1" { rows.withLock { $0.append(progress.completed) } }
        },
        interrupted: { rows.withLock { ($0.last ?? 0) - ($0.first ?? 0) >= 50 } })
      do {
        try ExperimentRun(experiment, folder: "\(scratch)/parts", monitor: monitor)
          .run(through: experiment.stages[1], existing: attempt == 0 ? .keep : .resume)
        break
      } catch is Interrupted {
        starts.append(rows.withLock { $0[0] })
      }
    }
    #expect(starts.count >= 3)
    for (start, next) in zip(starts, starts.dropFirst()) { #expect(next >= start + 50) }
    let name = "train/round-1/rows.npz"
    #expect(try checksums("parts")[name] == checksums("whole")[name])
    #expect(!FileManager.default.fileExists(atPath: "\(scratch)/parts/train/round-1/parts"))
  }

  @Test(arguments: [
    ("surrogate.method=gaussian_proces", "gaussian_process"), ("surrogate.depth=3", "depth"),
    ("design.batch=0", "batch"), ("design.power=-1", "power"), ("design.round=3", "rounds"),
    ("test.random_factor=-1", "random_factor"), ("train.calibration_fraction=0", "calibration"),
    ("simulator.factors=[gamma1_lin]", "gamma1_line"), ("simulator.factors=[]", "factors"),
    ("simulator.fixed.Ps=0.1", "Ps_s"), ("simulator.fixed.Pb_d=0.1", "Pb_d"),
    ("simulator.doppler_cycles=[3, 1]", "doppler_cycles"),
    ("simulator.doppler_cycles=[1, 300]", "doppler_cycles"),
    ("simulator.observation=x.npy", "observation"),
    ("prior.inc_deg={ uniform: [0, 90] }", "cos_inc"), ("prior.m2={ uniform: [0, 1] }", "m2_Msun"),
    ("simulator.fixed={ m: 1 }", "T_s"), ("network.width=3", "network"),
  ])
  func mistakesAreNamed(override: String, part: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try experiment(Self.pulsars, [override])
    }
    let message = "\(try #require(error))"
    #expect(message.contains(part), "\(message)")
    #expect(!message.contains("\n"))
  }

  @Test func tooFewRowsAreAnError() throws {
    let small = try experiment(Self.circles, ["simulate.count=40"])
    let error = #expect(throws: FileError.self) { try run(small, "few") }
    #expect("\(try #require(error))".contains("40 rows"))
  }
}

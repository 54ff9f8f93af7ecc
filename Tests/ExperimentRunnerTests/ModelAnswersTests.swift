import ArrayFiles
import ExperimentRunner
import Foundation
import Inference
import NumericalMethods
import Probability
import Synchronization
import Testing

/// What a model trained on somebody's simulations answers.
@Suite struct ModelAnswersTests {
  private let example: OwnSimulations

  init() throws { example = try OwnSimulations() }

  @Test func answersHaveTheShapesOfTheirQuestions() throws {
    try example.training("model").run(monitor: WorkMonitor(threads: 2))
    func write(_ name: String, _ shape: [Int], _ values: [Double]) throws {
      try NPY.write(NDArray(shape: shape, values: values), to: "\(example.scratch)/\(name)")
    }
    try write("batch.npy", [2, 3, 1], [1, 0.2, 1.2, 0.8, -0.5, 0.3])
    try write("theta.npy", [2, 2], [1, 0.2, 0.8, -0.5])
    func answers(_ observation: String) throws -> ModelAnswers {
      try ModelAnswers(
        model: "\(example.scratch)/model", observations: "\(example.scratch)/\(observation)")
    }
    func logDensities(
      _ observation: String, _ parameters: String, paired: Bool = false
    ) throws -> NDArray<Double> {
      try answers(observation).writeLogDensities(
        of: "\(example.scratch)/\(parameters)", isPaired: paired, to: "\(example.scratch)/out.npy",
        monitor: WorkMonitor())
      return try NPY.read("\(example.scratch)/out.npy", as: Double.self)
    }
    try answers("batch.npy").writeSamples(
      50, seed: 1, to: "\(example.scratch)/s.npz", monitor: WorkMonitor(threads: 2))
    let archive = try NPZArchive(path: "\(example.scratch)/s.npz")
    #expect(try archive.shape(of: "samples") == [2, 50, 2])
    #expect(try archive.strings("names") == ["b", "a"])
    let claimed = try archive.read("log_prob", as: Double.self)
    #expect(claimed.shape == [2, 50])

    let each = try logDensities("batch.npy", "theta.npy")
    #expect(each.shape == [2, 2])
    let one = try logDensities("x.npy", "theta.npy")
    #expect(one.shape == [2] && one.values == Array(each.values.prefix(2)))
    let paired = try logDensities("batch.npy", "theta.npy", paired: true)
    #expect(paired.shape == [2])
    #expect(
      zip(paired.values, [each.values[0], each.values[3]]).allSatisfy { abs($0 - $1) < 1e-4 })
    let own = try logDensities("batch.npy", "s.npz")
    #expect(own.shape == [2, 50])
    #expect(zip(own.values, claimed.values).allSatisfy { abs($0 - $1) < 1e-3 })

    // A table may name its columns, in any order.
    try "a,note,b\n0.2,0,1\n-0.5,0,0.8\n".write(
      toFile: "\(example.scratch)/theta.csv", atomically: true, encoding: .utf8)
    #expect(try logDensities("batch.npy", "theta.csv").values == each.values)
    try "1,0.2,1.2\n0.8,-0.5,0.3\n".write(
      toFile: "\(example.scratch)/batch.csv", atomically: true, encoding: .utf8)
    #expect(try logDensities("batch.csv", "theta.npy").values == each.values)

    try write("wide.npy", [2, 4], [Double](repeating: 0, count: 8))
    let wide = try example.problem { _ = try answers("wide.npy") }
    #expect(wide.contains("[2, 4]") && wide.contains("[3]"))
    try write("nan.npy", [2, 3], [0, 0, 0, 0, .nan, 0])
    #expect(try example.problem { _ = try answers("nan.npy") }.contains("[1, 1]"))
    try "1,2,abc\n".write(toFile: "\(example.scratch)/text.csv", atomically: true, encoding: .utf8)
    #expect(try example.problem { _ = try answers("text.csv") }.contains("abc"))
    let pairs = try example.problem { _ = try logDensities("x.npy", "theta.npy", paired: true) }
    #expect(pairs.contains("2") && pairs.contains("--paired"))
    let columns = try example.problem { _ = try logDensities("x.npy", "wide.npy") }
    #expect(columns.contains("[2, 4]") && columns.contains("b, a"))
  }

  @Test func strangeObservationsAreTold() throws {
    try example.training("model").run(monitor: WorkMonitor())
    try NPY.write(NDArray(shape: [3], values: [1.0, 0.2, 9]), to: "\(example.scratch)/far.npy")
    func notes(_ observation: String) throws -> [String] {
      let notes = Mutex<[String]>([])
      try ModelAnswers(
        model: "\(example.scratch)/model", observations: "\(example.scratch)/\(observation)"
      )
      .writeSamples(
        10, seed: 1, to: "\(example.scratch)/s.npz",
        monitor: WorkMonitor(message: { text in notes.withLock { $0.append(text) } }))
      return notes.withLock(\.self)
    }
    #expect(try notes("x.npy").isEmpty)
    let warning = try #require(try notes("far.npy").first)
    #expect(warning.contains("far.npy") && warning.contains("99.9 %"))
  }

  @Test func calibrationTakesStoredSimulations() throws {
    try example.training("model").run(monitor: WorkMonitor(threads: 2))
    // Without names, the columns are the model's parameters.
    try example.simulations(60, seed: 2, names: nil).write(to: "\(example.scratch)/fresh.npz")
    try example.simulations(60, seed: 2, names: ["a", "b"]).write(
      to: "\(example.scratch)/swapped.npz")
    func calibrate(_ file: String, threads: Int = 1) throws -> (Calibration, [String]) {
      var configuration = Calibration.Configuration()
      (configuration.count, configuration.samples) = (50, 99)
      let notes = Mutex<[String]>([])
      let folder = "\(example.scratch)/calibration-\(file)-\(threads)"
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      let calibration = try ModelCalibration.write(
        model: "\(example.scratch)/model", simulations: "\(example.scratch)/\(file)",
        configuration: configuration, seed: 1, to: folder,
        monitor: WorkMonitor(
          threads: threads, message: { text in notes.withLock { $0.append(text) } }))
      return (calibration, notes.withLock(\.self))
    }
    let (calibration, notes) = try calibrate("fresh.npz")
    #expect(notes.isEmpty)
    #expect(calibration.names == ["b", "a"] && calibration.ranks.map(\.count) == [50, 50])
    let (again, _) = try calibrate("fresh.npz", threads: 2)
    #expect(again.ranks == calibration.ranks && again.credibilities == calibration.credibilities)
    #expect(try example.files("calibration-fresh.npz-1").contains("tarp.png"))
    #expect(try calibrate("sims.npz").1.contains { $0.contains("trained on") })
    #expect(try example.problem { _ = try calibrate("swapped.npz") }.contains("a, b"))
  }

  /// The reader of docs/your-own-simulations.md, as it stands there.
  @Test(
    .enabled(if: hasNumPy, "needs python3 with numpy"),
    arguments: [
      ["network.embedding=none", "train.ensemble=2"],
      ["network.residual_network.width=32", "network.embedding=residual_network"],
    ])
  func readerOfTheGuideReproducesLogDensities(settings: [String]) throws {
    try example.training("model", settings: settings).run(monitor: WorkMonitor(threads: 2))
    let guide = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/your-own-simulations.md")
    let text = try String(contentsOf: guide, encoding: .utf8)
    let reader = try #require(text.components(separatedBy: "```python\n").last)
      .components(separatedBy: "```")[0]
    let output = try python(
      reader + """

        import sys
        folder = sys.argv[1]
        rng = np.random.default_rng(1)
        theta = np.stack([rng.uniform(0.5, 2, 200), rng.uniform(-1, 1, 200)], 1)
        np.save(folder + "/theta.npy", theta)
        x = np.load(folder + "/x.npy")
        np.save(folder + "/expected.npy", log_prob(folder + "/model", theta, x))
        """, example.scratch)
    #expect(output.isEmpty)
    try ModelAnswers(model: "\(example.scratch)/model", observations: "\(example.scratch)/x.npy")
      .writeLogDensities(
        of: "\(example.scratch)/theta.npy", isPaired: false, to: "\(example.scratch)/found.npy",
        monitor: WorkMonitor())
    let found = try NPY.read("\(example.scratch)/found.npy", as: Double.self).values
    let expected = try NPY.read("\(example.scratch)/expected.npy", as: Double.self).values
    #expect(found.count == 200)
    for (found, expected) in zip(found, expected) {
      // The network works in float32, the reader in float64.
      #expect(abs(found - expected) < 1e-4 * max(1, abs(expected)))
    }
  }
}

private let hasNumPy = (try? python("import numpy")) != nil

private struct PythonFailure: Error { var message: String }

/// What a script writes to either output.
@discardableResult
private func python(_ script: String, _ arguments: String...) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-c", script] + arguments
  let output = Pipe()
  (process.standardOutput, process.standardError) = (output, output)
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw PythonFailure(message: text) }
  return text
}

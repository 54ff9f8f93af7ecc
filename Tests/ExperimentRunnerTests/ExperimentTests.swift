import ArrayFiles
import ExperimentRunner
import Foundation
import Inference
import NumericalMethods
import Synchronization
import Testing

/// Small two-moons experiments, run end to end.
@Suite struct ExperimentTests {
  private let scratch: String

  init() throws {
    scratch = NSTemporaryDirectory() + "sibyl-experiment-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    try NPY.write(
      NDArray(shape: [2], values: [Float(-0.6), 0.2]), to: "\(scratch)/observation.npy")
  }

  private func experiment(_ changes: String = "", overrides: [String] = []) throws -> Experiment {
    let text = """
      title: Small moons
      seed: 7
      simulator: { name: two_moons, observation: observation.npy }
      prior:
        theta_1: { uniform: [-1, 1] }
        theta_2: { uniform: [-1, 1] }
      simulate: { count: 900, shard_size: 250 }
      network: { embedding: none, estimator: maf, maf: { transforms: 2, width: 16 } }
      train: { epochs: 4, batch_size: 64 }
      calibrate: { count: 40, samples: 50 }
      infer: { samples: 300 }
      \(changes)
      """
    let path = "\(scratch)/small.yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try Experiment(path: path, overrides: overrides)
  }

  /// Everything that must be bitwise the same whatever happened on the way.
  private func fingerprints(_ folder: String) throws -> [String: UInt32] {
    var result: [String: UInt32] = [:]
    for stage in ["simulate", "train", "calibrate", "infer"] {
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(stage)")
      where ["npy", "safetensors", "npz"].contains((name as NSString).pathExtension)
        || ["calibration.json", "metrics.jsonl"].contains(name)
      {
        let path = "\(stage)/\(name)"
        result[path] = try Checksum.crc32(ofFile: "\(folder)/\(path)")
      }
    }
    return result
  }

  @Test func resultsDependNeitherOnThreadsNorOnInterruptions() throws {
    let experiment = try experiment()
    let undisturbed = "\(scratch)/undisturbed"
    try ExperimentRun(experiment, folder: undisturbed, monitor: WorkMonitor(threads: 1))
      .run(existing: .keep)
    let expected = try fingerprints(undisturbed)
    #expect(expected.keys.contains("infer/samples.npz"))
    #expect(expected.keys.contains("train/weights.safetensors"))

    let threaded = "\(scratch)/threaded"
    try ExperimentRun(experiment, folder: threaded, monitor: WorkMonitor(threads: 2))
      .run(existing: .keep)
    #expect(try fingerprints(threaded) == expected)

    // Interrupted every few reports, again and again, until it comes through.
    let disturbed = "\(scratch)/disturbed"
    var interruptions = 0
    for attempt in 0..<200 {
      let calls = Atomic<Int>(0)
      let limit = 8 + attempt
      let monitor = WorkMonitor(
        threads: 2, report: { _ in calls.add(1, ordering: .relaxed) },
        interrupted: { calls.load(ordering: .relaxed) >= limit })
      do {
        try ExperimentRun(experiment, folder: disturbed, monitor: monitor)
          .run(existing: attempt == 0 ? .keep : .resume)
        break
      } catch is Interrupted {
        interruptions += 1
      }
    }
    #expect(interruptions >= 5)
    #expect(try fingerprints(disturbed) == expected)
  }

  @Test func unchangedStagesAreSkippedAndChangedOnesRefused() throws {
    let folder = "\(scratch)/results"
    try ExperimentRun(try experiment(), folder: folder, monitor: WorkMonitor())
      .run(existing: .keep)
    let shard = "\(folder)/simulate/shard-00000.x.npy"
    let weights = "\(folder)/train/weights.safetensors"
    func modified(_ path: String) throws -> Date {
      try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as! Date
    }
    let (shardDate, weightsDate) = (try modified(shard), try modified(weights))
    let longer = try experiment(overrides: ["train.epochs=5"])
    #expect(throws: ResultsError.self) {
      try ExperimentRun(longer, folder: folder, monitor: WorkMonitor()).run(existing: .keep)
    }
    #expect(try modified(weights) == weightsDate)
    try ExperimentRun(longer, folder: folder, monitor: WorkMonitor()).run(existing: .replace)
    #expect(try modified(shard) == shardDate)
    #expect(try modified(weights) > weightsDate)
    for name in ["manifest.json", "metrics.json", "report.html"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder)/\(name)"))
    }
  }

  @Test func aDamagedShardIsNamed() throws {
    let folder = "\(scratch)/damaged"
    let experiment = try experiment()
    try ExperimentRun(experiment, folder: folder, monitor: WorkMonitor())
      .run(through: .simulate, existing: .keep)
    let path = "\(folder)/simulate/shard-00001.x.npy"
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[bytes.count - 5] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: FileError.self) {
      try ExperimentRun(experiment, folder: folder, monitor: WorkMonitor())
        .run(existing: .keep)
    }
    #expect(error?.description.contains("shard-00001.x.npy") == true)
  }

  @Test(arguments: [
    ("train.epoch=3", "epochs"), ("simulator.name=two_moon", "two_moons"),
    ("train.epochs=0", "is 0, expected 1 to"),
    ("train.learning_rate=-1", "is -1, expected 1e-12 to 1"),
    ("network.nsf.bins=1", "is 1, expected 2 to 100"), ("network.estimator=nfs", "mean 'nsf'"),
    ("prior.theta_1={uniform: [1, -1]}", "low must be below high"),
    ("prior.theta_3={uniform: [0, 1]}", "theta_3"), ("seed=-4", "below 0"),
    ("simulator.observation=nowhere.npy", "nowhere.npy"),
  ])
  func wrongSettingsAreNamed(_ override: String, _ hint: String) throws {
    do {
      _ = try experiment(overrides: [override])
      Issue.record("\(override) was accepted")
    } catch {
      let text = "\(error)"
      #expect(text.contains(hint), "\(text)")
      #expect(!text.contains("\n"))
    }
  }

  @Test func aFolderOfSomethingElseIsLeftAlone() throws {
    let folder = "\(scratch)/photos"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "cat".write(toFile: "\(folder)/cat.txt", atomically: true, encoding: .utf8)
    #expect(throws: ResultsError.self) {
      try ExperimentRun(try experiment(), folder: folder, monitor: WorkMonitor())
        .run(existing: .replace)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["cat.txt"])
  }

  /// A folder that is called like a stage but was not written by one survives even --force.
  @Test func someoneElsesStageFolderIsLeftAlone() throws {
    let folder = "\(scratch)/mine"
    try FileManager.default.createDirectory(
      atPath: "\(folder)/train", withIntermediateDirectories: true)
    for name in ["experiment.yaml", "train/thesis.txt"] {
      try "mine".write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
    #expect(throws: ResultsError.self) {
      try ExperimentRun(try experiment(), folder: folder, monitor: WorkMonitor())
        .run(existing: .replace)
    }
    #expect(FileManager.default.fileExists(atPath: "\(folder)/train/thesis.txt"))
  }

  /// An interrupted training of other settings does not stand in the way of Sibyl's own folders.
  @Test func renewReplacesWhatIsStaleAndKeepsWhatIsNot() throws {
    let folder = "\(scratch)/cache"
    try ExperimentRun(try experiment(), folder: folder, monitor: WorkMonitor())
      .run(through: .train, existing: .renew)
    let shard = "\(folder)/simulate/shard-00000.x.npy"
    let before = try FileManager.default.attributesOfItem(atPath: shard)[.modificationDate] as! Date
    let weights = try Checksum.crc32(ofFile: "\(folder)/train/weights.safetensors")
    try ExperimentRun(
      try experiment(overrides: ["train.epochs=2"]), folder: folder, monitor: WorkMonitor()
    ).run(through: .train, existing: .renew)
    let after = try FileManager.default.attributesOfItem(atPath: shard)[.modificationDate] as! Date
    #expect(before == after)
    #expect(try Checksum.crc32(ofFile: "\(folder)/train/weights.safetensors") != weights)
  }
}

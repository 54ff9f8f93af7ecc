import ArrayFiles
import BenchmarkTasks
import Foundation
import Inference
import NumericalMethods
import Probability
import Testing

@Suite struct SimulationRunTests {
  private func twoMoons(count: Int = 500, seed: UInt64 = 1) throws -> SimulationRun {
    var configuration = SimulationRun.Configuration()
    (configuration.count, configuration.shardSize) = (count, 200)
    return try SimulationRun(
      simulator: TwoMoons(), name: "two_moons",
      prior: JointPrior([
        .init(name: "theta_1", distribution: .uniform(low: -1, high: 1)),
        .init(name: "theta_2", distribution: .uniform(low: -1, high: 1)),
      ]), configuration: configuration, seed: seed, fingerprint: "test")
  }

  private func expectSameFiles(_ a: String, _ b: String) throws {
    #expect(try fileNames(a) == fileNames(b))
    for name in try fileNames(a) {
      #expect(try bytes("\(a)/\(name)") == bytes("\(b)/\(name)"), "\(name)")
    }
  }

  @Test func shardsDoNotDependOnThreads() throws {
    try withTemporaryFolder { folder in
      let set = try twoMoons().write(to: "\(folder)/1", monitor: WorkMonitor(threads: 1))
      _ = try twoMoons().write(to: "\(folder)/2", monitor: WorkMonitor(threads: 2))
      #expect(set.rowCount == 500 && set.shards.map(\.rows) == [200, 200, 100])
      #expect(try fileNames("\(folder)/1").count == 2 + 3 * 3)
      try expectSameFiles("\(folder)/1", "\(folder)/2")
      let opened = try TrainingSet(folder: "\(folder)/1")
      #expect(opened.shards == set.shards && opened.description == set.description)
    }
  }

  @Test func anotherSeedGivesAnotherSet() throws {
    try withTemporaryFolder { folder in
      let one = try twoMoons().write(to: "\(folder)/1", monitor: WorkMonitor())
      let other = try twoMoons(seed: 2).write(to: "\(folder)/2", monitor: WorkMonitor())
      #expect(zip(one.shards, other.shards).allSatisfy { $0.xChecksum != $1.xChecksum })
    }
  }

  @Test func deletedShardsComeBackTheSame() throws {
    try withTemporaryFolder { folder in
      _ = try twoMoons().write(to: "\(folder)/whole", monitor: WorkMonitor())
      _ = try twoMoons().write(to: "\(folder)/parts", monitor: WorkMonitor())
      for name in ["manifest.json"] + ["json", "theta.npy", "x.npy"].map({ "shard-00001.\($0)" }) {
        try FileManager.default.removeItem(atPath: "\(folder)/parts/\(name)")
      }
      // Without its record a shard is unfinished, whatever its arrays hold.
      try FileManager.default.removeItem(atPath: "\(folder)/parts/shard-00002.json")
      try Data("cut".utf8).write(to: URL(fileURLWithPath: "\(folder)/parts/shard-00002.x.npy"))
      _ = try twoMoons().write(to: "\(folder)/parts", monitor: WorkMonitor(threads: 2))
      try expectSameFiles("\(folder)/whole", "\(folder)/parts")
    }
  }

  @Test func finishedShardsAreKept() throws {
    try withTemporaryFolder { folder in
      _ = try twoMoons().write(to: folder, monitor: WorkMonitor())
      let path = "\(folder)/shard-00000.x.npy"
      let before = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
      _ = try twoMoons().write(to: folder, monitor: WorkMonitor())
      let after = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
      #expect(before != nil && before == after)
    }
  }

  /// The monitor is asked inside and after each of the three shards.
  @Test(arguments: 0..<6) func interruptionResumesToTheSameSet(steps: Int) throws {
    try withTemporaryFolder { folder in
      _ = try twoMoons().write(to: "\(folder)/whole", monitor: WorkMonitor())
      #expect(throws: Interrupted.self) {
        try twoMoons().write(to: "\(folder)/parts", monitor: monitor(interruptedAfter: steps))
      }
      #expect(throws: FileError.self) { try TrainingSet(folder: "\(folder)/parts") }
      #expect(try fileNames("\(folder)/parts").allSatisfy { !$0.hasSuffix(".tmp") })
      _ = try twoMoons().write(to: "\(folder)/parts", monitor: WorkMonitor())
      try expectSameFiles("\(folder)/whole", "\(folder)/parts")
    }
  }

  @Test(arguments: ["shard-00000.theta.npy", "shard-00001.x.npy"])
  func flippedByteIsDetected(name: String) throws {
    try withTemporaryFolder { folder in
      _ = try twoMoons().write(to: folder, monitor: WorkMonitor())
      let path = "\(folder)/\(name)"
      var data = try bytes(path)
      data[data.count - 37] ^= 1
      try data.write(to: URL(fileURLWithPath: path))
      let opening = try #require(throws: FileError.self) { try TrainingSet(folder: folder) }
      #expect(opening.path == path)
      let resuming = try #require(throws: FileError.self) {
        try twoMoons().write(to: folder, monitor: WorkMonitor())
      }
      #expect(resuming.path == path)
    }
  }

  @Test func foldersOfAnotherSetAreRefused() throws {
    try withTemporaryFolder { folder in
      _ = try twoMoons().write(to: folder, monitor: WorkMonitor())
      let before = try fileNames(folder).map { try bytes("\(folder)/\($0)") }
      for other in [try twoMoons(seed: 2), try twoMoons(count: 600)] {
        let error = try #require(throws: FileError.self) {
          try other.write(to: folder, monitor: WorkMonitor())
        }
        #expect(error.path == folder)
      }
      #expect(try fileNames(folder).map { try bytes("\(folder)/\($0)") } == before)
    }
  }

  @Test func priorsOfOtherParametersAreRefused() {
    #expect(throws: PriorError.self) {
      try SimulationRun(
        simulator: TwoMoons(), name: "two_moons", prior: GaussianToy.normalPrior,
        configuration: .init(), seed: 1, fingerprint: "")
    }
  }

  /// Answers only for positive a, and gives NaN for b below 0.5.
  private struct Partial: Simulator {
    let parameterNames = ["a", "b"]
    let signalCount = 2

    func signal(
      of theta: [Double], into signal: UnsafeMutableBufferPointer<Float>,
      using stream: inout RandomStream
    ) throws(SimulationFailure) {
      guard theta[0] > 0 else { throw SimulationFailure("a_is_negative") }
      signal[0] = Float(theta[0])
      signal[1] = theta[1] < 0.5 ? .nan : Float(theta[1])
    }
  }

  @Test func failuresAreCountedAndLeftOut() throws {
    try withTemporaryFolder { folder in
      var configuration = SimulationRun.Configuration()
      (configuration.count, configuration.shardSize) = (1_000, 300)
      // The prior's order is not the simulator's.
      let run = try SimulationRun(
        simulator: Partial(), name: "partial", prior: GaussianToy.uniformPrior,
        configuration: configuration, seed: 1, fingerprint: "")
      let set = try run.write(to: folder, monitor: WorkMonitor(threads: 2))
      #expect(set.rowCount + set.failures.values.reduce(0, +) == 1_000)
      // P(a ≤ 0) = 1/3; P(b < 0.5) = ln 5 / ln 100 of the rest.
      #expect(abs(Double(set.failures["a_is_negative"] ?? 0) - 333) < 60)
      #expect(abs(Double(set.failures["non-finite values"] ?? 0) - 233) < 55)
      #expect(try TrainingSet(folder: folder).failures == set.failures)
      for shard in set.shards {
        let theta = try NPYRows("\(folder)/\(shard.name).theta.npy")
        let x = try NPYRows("\(folder)/\(shard.name).x.npy")
        var rows = [Double](repeating: 0, count: 2 * shard.rows)
        var signals = [Float](repeating: 0, count: 2 * shard.rows)
        try rows.withUnsafeMutableBufferPointer { try theta.read(rows: 0..<shard.rows, into: $0) }
        try signals.withUnsafeMutableBufferPointer { try x.read(rows: 0..<shard.rows, into: $0) }
        for row in 0..<shard.rows {
          // Columns of theta follow the prior (b, a), the signal follows the simulator (a, b).
          #expect(Float(rows[2 * row + 1]) == signals[2 * row])
          #expect(Float(rows[2 * row]) == signals[2 * row + 1])
        }
      }
    }
  }
}

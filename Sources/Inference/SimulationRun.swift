import ArrayFiles
import Foundation
import NumericalMethods
import Probability

/// Draws parameters from a prior, simulates, and writes a training set shard by shard.
///
/// Simulation i uses the random stream (seed, simulation, i) alone, so a shard's bytes depend neither on
/// the thread count nor on what was on disk before.
public struct SimulationRun: Sendable {
  public struct Configuration: CheckedSettings {
    /// Draws from the prior, those without an answer included.
    public var count = 10_000
    /// Draws per shard: what a kill can lose.
    public var shardSize = 2_000

    public init() {}

    public var ranges: [SettingRange] {
      [
        SettingRange("count", count, 1...1_000_000_000),
        SettingRange("shard_size", shardSize, 1...100_000_000),
      ]
    }
  }

  public let simulator: any Simulator
  public let prior: JointPrior
  public let description: TrainingSet.Description
  private let columns: [Int]

  /// - Throws: `PriorError` unless the prior has exactly the simulator's parameters.
  public init(
    simulator: any Simulator, name: String, prior: JointPrior, configuration: Configuration,
    seed: UInt64, fingerprint: String
  ) throws {
    precondition(configuration.count > 0 && configuration.shardSize > 0)
    self.simulator = simulator
    self.prior = prior
    columns = try prior.columns(of: simulator.parameterNames)
    description = TrainingSet.Description(
      simulator: name, fingerprint: fingerprint, seed: seed, count: configuration.count,
      shardSize: configuration.shardSize, parameters: prior.names,
      signalCount: simulator.signalCount)
  }

  /// Writes the set into `folder`, keeping complete shards of the same description.
  ///
  /// - Throws: `FileError` (disk full, a folder of another set), `Interrupted`.
  public func write(to folder: String, monitor: WorkMonitor) throws -> TrainingSet {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try claim(folder)
    let size = description.shardSize
    let shardCount = (description.count + size - 1) / size
    var shards: [TrainingSet.Shard] = []
    for index in 0..<shardCount {
      let range = index * size..<min((index + 1) * size, description.count)
      let name = String(format: "shard-%05d", index)
      if let finished = try existingShard(name, in: folder) {
        shards.append(finished)
      } else {
        shards.append(try writeShard(name, range, in: folder, monitor: monitor))
      }
      try monitor.advance(
        WorkProgress(label: "simulate", completed: range.upperBound, total: description.count))
    }
    let set = TrainingSet(folder: folder, description: description, shards: shards)
    try set.writeManifest()
    return set
  }

  /// The signal of one draw from the prior, with its theta.
  func draw(
    _ index: Int, purpose: RandomPurpose, into signal: UnsafeMutableBufferPointer<Float>
  ) throws(SimulationFailure) -> [Double] {
    var stream = RandomStream(
      seed: description.seed, purpose: purpose, index: UInt64(index))
    let theta = prior.sample(using: &stream)
    try simulator.signal(of: columns.map { theta[$0] }, into: signal, using: &stream)
    guard signal.allSatisfy(\.isFinite) else { throw SimulationFailure("non-finite values") }
    return theta
  }

  /// Marks the folder as this description's, so that shards of another are never mixed in.
  private func claim(_ folder: String) throws {
    let path = "\(folder)/description.json"
    if FileManager.default.fileExists(atPath: path) {
      let found = try JSONFile.read(TrainingSet.Description.self, path)
      guard found == description else {
        throw FileError(
          path: folder, problem: "holds a training set of another configuration; remove it first")
      }
    } else {
      try JSONFile.write(description, to: path)
    }
  }

  private func existingShard(_ name: String, in folder: String) throws -> TrainingSet.Shard? {
    let record = "\(folder)/\(name).json"
    let parts = [record, "\(folder)/\(name).theta.npy", "\(folder)/\(name).x.npy"]
    guard parts.allSatisfy(FileManager.default.fileExists(atPath:)) else { return nil }
    let shard = try JSONFile.read(TrainingSet.Shard.self, record)
    try TrainingSet.verify("\(folder)/\(name).theta.npy", shard.thetaChecksum)
    try TrainingSet.verify("\(folder)/\(name).x.npy", shard.xChecksum)
    return shard
  }

  private func writeShard(
    _ name: String, _ range: Range<Int>, in folder: String, monitor: WorkMonitor
  ) throws -> TrainingSet.Shard {
    let (theta, signals, failures) = try simulate(range, monitor: monitor)
    let rows = theta.count
    let thetaPath = "\(folder)/\(name).theta.npy"
    let xPath = "\(folder)/\(name).x.npy"
    try NPY.write(
      NDArray(shape: [rows, prior.count], values: theta.flatMap { $0 }), to: thetaPath)
    try NPY.write(
      NDArray(shape: [rows, description.signalCount], values: signals), to: xPath)
    let shard = TrainingSet.Shard(
      name: name, rows: rows, failures: failures,
      thetaChecksum: try Checksum.crc32(ofFile: thetaPath),
      xChecksum: try Checksum.crc32(ofFile: xPath))
    // Last: a shard is complete when its record exists.
    try JSONFile.write(shard, to: "\(folder)/\(name).json")
    return shard
  }

  private func simulate(
    _ range: Range<Int>, monitor: WorkMonitor
  ) throws -> (theta: [[Double]], signals: [Float], failures: [String: Int]) {
    let width = description.signalCount
    let batch = simulator.batchCount
    let block = max(256, 8 * batch)
    var theta: [[Double]] = []
    var signals: [Float] = []
    var failures: [String: Int] = [:]
    signals.reserveCapacity(range.count * width)
    // Blocks are small so that Ctrl-C is heard; their results are taken in order.
    for start in stride(from: range.lowerBound, to: range.upperBound, by: block) {
      let indices = start..<min(start + block, range.upperBound)
      let batches = parallelMap(
        (indices.count + batch - 1) / batch, threads: monitor.threads
      ) { number in
        let first = indices.lowerBound + number * batch
        return draws(first..<min(first + batch, indices.upperBound))
      }
      for result in batches.joined() {
        switch result {
        case .success(let row):
          theta.append(row.theta)
          signals.append(contentsOf: row.signal)
        case .failure(let failure): failures[failure.reason, default: 0] += 1
        }
      }
      try monitor.advance(
        WorkProgress(
          label: "simulate", completed: indices.upperBound, total: description.count))
    }
    return (theta, signals, failures)
  }

  private func draws(
    _ indices: Range<Int>
  ) -> [Result<(theta: [Double], signal: [Float]), SimulationFailure>] {
    var streams = indices.map {
      RandomStream(seed: description.seed, purpose: .simulation, index: UInt64($0))
    }
    let thetas = streams.indices.map { prior.sample(using: &streams[$0]) }
    let signals = simulator.signals(
      of: thetas.map { theta in columns.map { theta[$0] } }, using: &streams)
    return zip(thetas, signals).map { theta, signal in
      signal.flatMap { signal in
        signal.allSatisfy(\.isFinite)
          ? .success((theta, signal)) : .failure(SimulationFailure("non-finite values"))
      }
    }
  }
}

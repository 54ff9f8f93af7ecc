import ArrayFiles
import Foundation

/// A folder of simulations: `manifest.json` and numbered shards of `theta` and `x` in `.npy` files.
///
/// `theta` `[rows, parameters]` is Float64 in the parameters' own units; `x` `[rows, signalCount]` is
/// Float32, the simulator's signal.
public struct TrainingSet: Sendable {
  /// One shard, as its own JSON file records it when it is complete.
  public struct Shard: Codable, Sendable, Equatable {
    public let name: String
    public let rows: Int
    /// Draws without an answer, by reason.
    public let failures: [String: Int]
    public let thetaChecksum: UInt32
    public let xChecksum: UInt32
  }

  /// What identifies a set; a different description is a different set.
  public struct Description: Codable, Sendable, Equatable {
    public let simulator: String
    public let fingerprint: String
    public let seed: UInt64
    public let count: Int
    public let shardSize: Int
    public let parameters: [String]
    public let signalCount: Int

    public init(
      simulator: String, fingerprint: String, seed: UInt64, count: Int, shardSize: Int,
      parameters: [String], signalCount: Int
    ) {
      self.simulator = simulator
      self.fingerprint = fingerprint
      self.seed = seed
      self.count = count
      self.shardSize = shardSize
      self.parameters = parameters
      self.signalCount = signalCount
    }
  }

  struct Manifest: Codable {
    let description: Description
    let rows: Int
    let failures: [String: Int]
    let shards: [Shard]
  }

  public let folder: String
  public let description: Description
  public let shards: [Shard]

  public var rowCount: Int { shards.reduce(0) { $0 + $1.rows } }
  public var failures: [String: Int] {
    shards.reduce(into: [:]) { $0.merge($1.failures, uniquingKeysWith: +) }
  }

  init(folder: String, description: Description, shards: [Shard]) {
    self.folder = folder
    self.description = description
    self.shards = shards
  }

  /// Opens a finished set.
  ///
  /// - Throws: `FileError` when the manifest is missing or malformed, or a shard's bytes are not those
  ///   that were written.
  public init(folder: String, verify: Bool = true) throws {
    let manifest = try JSONFile.read(Manifest.self, "\(folder)/manifest.json")
    self.init(folder: folder, description: manifest.description, shards: manifest.shards)
    guard verify else { return }
    for shard in shards {
      try Self.verify(path(shard, "theta"), shard.thetaChecksum)
      try Self.verify(path(shard, "x"), shard.xChecksum)
    }
  }

  func path(_ shard: Shard, _ array: String) -> String { "\(folder)/\(shard.name).\(array).npy" }

  func writeManifest() throws {
    let manifest = Manifest(
      description: description, rows: rowCount, failures: failures, shards: shards)
    try JSONFile.write(manifest, to: "\(folder)/manifest.json")
  }

  static func verify(_ path: String, _ expected: UInt32) throws {
    let found = try Checksum.crc32(ofFile: path)
    guard found == expected else {
      throw FileError(
        path: path,
        problem: "checksum is \(String(found, radix: 16)), the manifest says "
          + "\(String(expected, radix: 16)): the file was altered; simulate this shard again")
    }
  }
}

import ArrayFiles
import Foundation
import NeuralNetworks
import Probability

/// A trained amortized posterior q(theta | x): a folder with `model.json` and `weights.safetensors`.
public struct PosteriorModel: Sendable {
  /// What `model.json` holds.
  public struct Description: Codable, Sendable, Equatable {
    public static let currentVersion = 1

    public var version = Self.currentVersion
    public var architecture: Architecture
    public var prior: JointPrior
    public var observationCount: Int
    public var standardization: Standardization
    /// Identifies what observations mean: for an event, its epochs and errors.
    public var observationFingerprint: String
    /// Configuration, seed and version the model came from.
    public var provenance: [String: String]
  }

  public let description: Description
  public let network: ConditionalNetwork
  public let weights: [Float]

  public init(description: Description, weights: [Float]) {
    self.description = description
    network = ConditionalNetwork(
      description.architecture, observationCount: description.observationCount,
      dimensions: description.prior.count)
    precondition(weights.count == network.layout.storedCount)
    self.weights = weights
  }

  public var prior: JointPrior { description.prior }

  /// - Throws: `FileError` when a file is missing, truncated, of a newer version, or lacks a weight.
  public init(folder: String) throws {
    let path = "\(folder)/model.json"
    let version = try JSONFile.read(VersionOnly.self, path).version
    guard version == Description.currentVersion else {
      throw FileError(
        path: path,
        problem: "is of version \(version), this Sibyl reads version \(Description.currentVersion)")
    }
    description = try JSONFile.read(Description.self, path)
    network = ConditionalNetwork(
      description.architecture, observationCount: description.observationCount,
      dimensions: description.prior.count)
    let weightsPath = "\(folder)/weights.safetensors"
    weights = try network.layout.values(
      in: SafetensorsFile.read(weightsPath), prefix: "", path: weightsPath)
  }

  public func save(to folder: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try SafetensorsFile(
      tensors: network.layout.tensors(of: weights, prefix: ""),
      metadata: ["format": "sibyl", "version": "\(description.version)"]
    ).write(to: "\(folder)/weights.safetensors")
    try JSONFile.write(description, to: "\(folder)/model.json")
  }

  private struct VersionOnly: Codable { let version: Int }
}

extension ParameterLayout {
  /// The blocks of an arena as named tensors without padding.
  func tensors(
    of values: [Float], prefix: String
  ) -> [(name: String, shape: [Int], values: [Float])] {
    blocks.map { (prefix + $0.name, [$0.rows, $0.columns], unpadded($0, of: values)) }
  }

  /// The arena of named tensors.
  func values(in file: SafetensorsFile, prefix: String, path: String) throws -> [Float] {
    var values = [Float](repeating: 0, count: storedCount)
    for block in blocks {
      guard let tensor = file.tensors.first(where: { $0.name == prefix + block.name }) else {
        throw FileError(path: path, column: prefix + block.name, problem: "is missing")
      }
      guard tensor.shape == [block.rows, block.columns] else {
        throw FileError(
          path: path, column: prefix + block.name,
          problem: "has shape \(tensor.shape), expected [\(block.rows), \(block.columns)]")
      }
      store(tensor.values, as: block, in: &values)
    }
    return values
  }
}

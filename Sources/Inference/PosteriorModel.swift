import ArrayFiles
import Foundation
import NeuralNetworks
import Probability

/// A trained amortized posterior q(theta | x): a folder with `model.json` and `weights.safetensors`.
///
/// q is a mixture of members of equal architecture, often of one alone.
public struct PosteriorModel: Sendable {
  /// What `model.json` holds.
  public struct Description: Codable, Sendable, Equatable {
    public static let currentVersion = 2

    public var version = Self.currentVersion
    public var architecture: Architecture
    public var prior: JointPrior
    /// The weight of each member; their sum is 1.
    public var mixture: [Double]
    public var observationCount: Int
    public var standardization: Standardization
    /// Identifies what observations mean: for an event, its epochs and errors.
    public var observationFingerprint: String
    /// Configuration, seed and version the model came from.
    public var provenance: [String: String]
    /// What distances from the simulations mean; nil where they were not measured.
    public var simulationDistance: ObservationDistance.Quantiles?
  }

  public let description: Description
  public let network: ConditionalNetwork
  /// The parameters `[members]` in the network's layout.
  public let weights: [[Float]]
  /// How far an observation lies from the simulations; nil where that was not measured.
  public let distance: ObservationDistance?

  public init(
    description: Description, weights: [[Float]], distance: ObservationDistance? = nil
  ) {
    self.init(description, distance) { _ in weights }
  }

  private init(
    _ description: Description, _ distance: ObservationDistance?,
    weights: (ConditionalNetwork) throws -> [[Float]]
  ) rethrows {
    var described = description
    described.simulationDistance = distance?.quantiles
    self.description = described
    self.distance = distance
    network = ConditionalNetwork(
      description.architecture, observationCount: description.observationCount,
      prior: description.prior)
    self.weights = try weights(network)
    let layout = network.layout
    precondition(self.weights.allSatisfy { $0.count == layout.storedCount })
    precondition(self.weights.count == description.mixture.count)
  }

  public var prior: JointPrior { description.prior }
  public var latentSpace: LatentSpace { network.latentSpace }
  var mixture: [Double] { description.mixture }

  /// - Throws: `FileError` when a file is missing, truncated, of a newer version, or lacks a weight.
  public init(folder: String) throws {
    let path = "\(folder)/model.json"
    let version = try JSONFile.read(VersionOnly.self, path).version
    guard version == Description.currentVersion else {
      throw FileError(
        path: path,
        problem: "is of version \(version), this Sibyl reads version \(Description.currentVersion)")
    }
    let description = try JSONFile.read(Description.self, path)
    guard !description.mixture.isEmpty, description.mixture.allSatisfy({ $0 >= 0 }) else {
      throw FileError(
        path: path, column: "mixture", problem: "is \(description.mixture), expected weights")
    }
    let weightsPath = "\(folder)/weights.safetensors"
    let file = try SafetensorsFile.read(weightsPath)
    let distance = try description.simulationDistance.map {
      try ObservationDistance(
        file, quantiles: $0, features: description.observationCount, path: weightsPath)
    }
    try self.init(description, distance) { network in
      try description.mixture.indices.map { member in
        try network.layout.values(in: file, prefix: Self.prefix(member), path: weightsPath)
      }
    }
  }

  /// What the names of a member's weights start with.
  private static func prefix(_ member: Int) -> String { "member\(member)." }

  public func save(to folder: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try SafetensorsFile(
      tensors: weights.indices.flatMap {
        network.layout.tensors(of: weights[$0], prefix: Self.prefix($0))
      } + (distance?.tensors ?? []),
      metadata: ["format": "sibyl", "version": "\(description.version)"]
    ).write(to: "\(folder)/weights.safetensors")
    try JSONFile.write(description, to: "\(folder)/model.json")
  }

  private struct VersionOnly: Codable { let version: Int }
}

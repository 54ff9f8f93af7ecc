import ArrayFiles
import Foundation

/// Everything that the training of one member carries from one epoch to the next; one file, written
/// whole.
public struct TrainingState: Sendable {
  public var weights: [Float]
  /// Those of the epoch with the least validation loss.
  public var bestWeights: [Float]
  public var optimizer: AdamW
  public private(set) var history: [EpochLoss] = []

  private struct Metadata: Codable {
    let history: [EpochLoss]
    let steps: Int
    /// All that decides the result, as text.
    let settings: String
  }

  public init(weights: [Float], layout: ParameterLayout) {
    self.weights = weights
    bestWeights = weights
    optimizer = AdamW(layout)
  }

  public var best: EpochLoss? { history.min { $0.validation < $1.validation } }
  public var epochsSinceBest: Int { best.map { history.count - 1 - $0.epoch } ?? 0 }

  /// Takes up an epoch, whose weights are the present ones.
  public mutating func append(_ loss: EpochLoss) {
    history.append(loss)
    if loss.epoch == best!.epoch { bestWeights = weights }
  }

  public func write(to path: String, settings: String, layout: ParameterLayout) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let metadata = try encoder.encode(
      Metadata(history: history, steps: optimizer.steps, settings: settings))
    let arenas = [
      ("weights/", weights), ("best/", bestWeights), ("first_moment/", optimizer.firstMoment),
      ("second_moment/", optimizer.secondMoment),
    ]
    try SafetensorsFile(
      tensors: arenas.flatMap { layout.tensors(of: $1, prefix: $0) },
      metadata: ["state": String(decoding: metadata, as: UTF8.self)]
    ).write(to: path)
  }

  /// - Throws: `FileError` for a damaged file, or one of another training.
  public init(path: String, settings: String, layout: ParameterLayout) throws {
    let file = try SafetensorsFile.read(path)
    guard let text = file.metadata["state"],
      let metadata = try? JSONDecoder().decode(Metadata.self, from: Data(text.utf8))
    else { throw FileError(path: path, problem: "is not a training state") }
    guard metadata.settings == settings else {
      throw FileError(
        path: path,
        problem: "belongs to a training with other settings or data; --force discards it")
    }
    weights = try layout.values(in: file, prefix: "weights/", path: path)
    bestWeights = try layout.values(in: file, prefix: "best/", path: path)
    optimizer = AdamW(layout)
    optimizer.firstMoment = try layout.values(in: file, prefix: "first_moment/", path: path)
    optimizer.secondMoment = try layout.values(in: file, prefix: "second_moment/", path: path)
    optimizer.steps = metadata.steps
    history = metadata.history
  }
}

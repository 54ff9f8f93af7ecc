import ArrayFiles
import Foundation

/// Mean loss of one epoch: of a density, in nats per case.
public struct EpochLoss: Codable, Sendable, Equatable {
  /// Of the ensemble, from 0.
  public let member: Int
  public let epoch: Int
  public let training: Double
  public let validation: Double
  public let learningRate: Double

  public init(
    member: Int, epoch: Int, training: Double, validation: Double, learningRate: Double
  ) {
    (self.member, self.epoch, self.learningRate) = (member, epoch, learningRate)
    (self.training, self.validation) = (training, validation)
  }

  /// The epochs of a `metrics.jsonl`.
  public static func read(_ path: String) throws -> [EpochLoss] {
    try FileContents.text(path).split(separator: "\n").enumerated().map { number, line in
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      do {
        return try decoder.decode(EpochLoss.self, from: Data(line.utf8))
      } catch {
        throw FileError(path: path, line: number + 1, problem: "is not an epoch's record")
      }
    }
  }
}

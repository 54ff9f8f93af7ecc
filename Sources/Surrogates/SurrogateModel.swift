import ArrayFiles
import Foundation
import NumericalMethods

/// A surrogate that is ready for use: what a method has learnt, calibrated error bars, and where it was trained.
public struct SurrogateModel: Sendable {
  /// What is expected of a function at some inputs.
  public struct Answer: Sendable {
    public var prediction: Prediction
    /// How far outside of the training set each input lies, in standard deviations of its features; 0 inside.
    public var excess: [Double]
  }

  public let method: any SurrogateMethod
  public let inputNames: [String]
  public let outputNames: [String]
  let fit: ScaledFit
  let errors: ErrorBars
  let domain: TrainingDomain

  /// The standard deviation of each output in the training set.
  public var outputSpreads: [Double] { fit.outputs.scales }
  public var outputCount: Int { outputNames.count }

  /// The outputs at inputs `[rows, features]`.
  ///
  /// Outside of the training set, error bars grow by the spread of the training outputs, or the size of the
  /// prediction where that is larger, for each standard deviation of the inputs beyond it.
  public func predict(_ x: [Double], threads: Int = 1) -> Answer {
    let features = inputNames.count
    precondition(x.count % features == 0)
    let rows = x.count / features
    let size = threads * Self.blockSize
    if rows <= size { return predictBlock(x, threads) }
    var answer = Answer(prediction: Prediction(mean: [], standardDeviation: []), excess: [])
    for first in stride(from: 0, to: rows, by: size) {
      let last = min(first + size, rows)
      let part = predictBlock(Array(x[first * features..<last * features]), threads)
      answer.prediction.mean += part.prediction.mean
      answer.prediction.standardDeviation += part.prediction.standardDeviation
      answer.excess += part.excess
    }
    return answer
  }

  /// Rows that each thread predicts together: memory is used again before the system takes it back.
  private static let blockSize = 1 << 11

  private func predictBlock(_ x: [Double], _ threads: Int) -> Answer {
    let scaled = fit.features.apply(x)
    var prediction = fit.predict(scaled: scaled, threads: threads)
    errors.apply(
      to: &prediction, x: scaled, columns: fit.features.columnCount, threads: threads)
    let excess = domain.excesses(scaled, threads: threads)
    for (row, excess) in excess.enumerated() where excess > 0 {
      for output in 0..<outputCount {
        let index = row * outputCount + output
        let size = max(
          fit.outputs.scales[output],
          abs(prediction.mean[index] - fit.outputs.centres[output]))
        prediction.standardDeviation[index] = hypot(
          prediction.standardDeviation[index], excess * size)
      }
    }
    return Answer(prediction: prediction, excess: excess)
  }

  /// model.json: all but the arrays.
  private struct Description: Codable {
    let method: ChosenMethod
    let inputs: [String]
    let outputs: [String]
    let featureScaling: FeatureScaling
    let outputScaling: OutputScaling
    let domain: TrainingDomain
    let version: String
  }

  /// Writes model.json and arrays.npz into a folder that exists. Throws `FileError`.
  public func write(to folder: String, version: String) throws {
    var archive = NPZWriter()
    fit.fit.write(to: &archive)
    errors.write(to: &archive)
    try archive.write(to: folder + "/arrays.npz")
    try JSONFile.write(
      Description(
        method: ChosenMethod(method), inputs: inputNames, outputs: outputNames,
        featureScaling: fit.features, outputScaling: fit.outputs, domain: domain, version: version),
      to: folder + "/model.json")
  }

  /// Reads what `write` has written. Throws `FileError`.
  public static func read(_ folder: String) throws -> SurrogateModel {
    let path = folder + "/model.json"
    let description = try JSONFile.read(Description.self, path)
    let outputs = description.outputs.count
    guard description.featureScaling.periods.count == description.inputs.count,
      description.featureScaling.isConsistent, outputs > 0,
      description.outputScaling.centres.count == outputs,
      description.outputScaling.scales.count == outputs,
      description.domain.columnCount == description.featureScaling.columnCount
    else { throw FileError(path: path, problem: "its parts do not belong together") }
    let archive = try NPZArchive(path: folder + "/arrays.npz")
    let method = description.method.method
    let errors = try ErrorBars(archive)
    guard errors.factors.count == outputs else {
      throw FileError(path: archive.path, column: "error_factors", problem: "has another length")
    }
    return SurrogateModel(
      method: method, inputNames: description.inputs, outputNames: description.outputs,
      fit: ScaledFit(
        features: description.featureScaling, outputs: description.outputScaling,
        fit: try method.restore(archive)),
      errors: errors, domain: description.domain)
  }
}

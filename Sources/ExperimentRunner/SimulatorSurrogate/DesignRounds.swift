import Foundation
import NumericalMethods
import Surrogates

/// An active design: a fit says where the next rows are simulated, these are learnt, and so on.
///
/// Each round leaves its rows and its model in a folder of its own; what is there is not done again.
struct DesignRounds: Sendable {
  let fits: SurrogateFits
  let design: ActiveDesign
  /// Draws that are simulated before they are stored.
  let partSize: Int
  let folder: String

  private func path(_ round: Int) -> String { "\(folder)/round-\(round)" }

  /// The models of all rounds with the numbers of rows that they have learnt from, the first from `initial` alone.
  ///
  /// - Parameter refused: draws without an answer so far, `[draws, inputs]`.
  /// - Throws: `FileError`, `Interrupted`.
  func run(
    from initial: RegressionData, refused: [Double]
  ) throws -> [(rows: Int, model: SurrogateModel)] {
    var (rows, refused) = (initial, refused)
    var models = [(rows.rowCount, try fits.model(of: rows, in: path(0)))]
    for round in 1...design.rounds {
      let batch = try batch(round, models.last!.1, answered: rows, refused: refused)
      rows.append(
        fits.function.data(
          theta: batch.theta, signals: batch.signals, threads: fits.monitor.threads))
      refused += batch.refused
      models.append((rows.rowCount, try fits.model(of: rows, in: path(round))))
    }
    return models
  }

  /// Chosen draws of all rounds without an answer.
  func failures() throws -> Int {
    try (1...design.rounds).reduce(0) {
      try $0 + DesignBatch("\(path($1))/rows.npz", of: fits.function).refused.count
        / fits.function.inputNames.count
    }
  }

  private func batch(
    _ round: Int, _ model: SurrogateModel, answered: RegressionData, refused: [Double]
  ) throws -> DesignBatch {
    let file = "\(path(round))/rows.npz"
    if FileManager.default.fileExists(atPath: file) {
      return try DesignBatch(file, of: fits.function)
    }
    let monitor = fits.monitor
    let pool = fits.function.candidates(
      design.pool, seed: fits.seed, first: round * design.pool, threads: monitor.threads)
    let inputs = pool.flatMap(\.inputs)
    let order = design.order(
      variances: model.relativeVariances(inputs, threads: monitor.threads),
      chances: try chances(at: inputs, answered: answered, refused: refused),
      uniforms: pool.map(\.uniform))
    let parts = "\(path(round))/parts"
    let batch = try DesignBatch(
      order.map { pool[$0] }, count: design.batch, of: fits.function, partSize: partSize,
      folder: parts, label: "round \(round)", monitor: monitor)
    try batch.write(to: file, of: fits.function)
    try? FileManager.default.removeItem(atPath: parts)
    return batch
  }

  /// The chance of an answer at inputs `[rows, inputs]`, by the nearest draws so far: a surrogate is never surer where
  /// there are no answers.
  private func chances(
    at inputs: [Double], answered: RegressionData, refused: [Double]
  ) throws -> [Double] {
    let features = answered.featureCount
    guard !refused.isEmpty else { return [Double](repeating: 1, count: inputs.count / features) }
    let known = RegressionData(
      x: answered.x + refused,
      y: [Double](repeating: 1, count: answered.rowCount)
        + [Double](repeating: 0, count: refused.count / features),
      featureCount: features, outputCount: 1)
    let model = try SurrogateModel(
      fitting: NearestNeighbors(), to: known, calibratedOn: known,
      inputNames: fits.function.inputNames, outputNames: ["answered"],
      periods: fits.function.periods, FittingContext(monitor: fits.monitor))
    return model.predict(inputs, threads: fits.monitor.threads).prediction.mean
      .map { min(max($0, 0), 1) }
  }
}

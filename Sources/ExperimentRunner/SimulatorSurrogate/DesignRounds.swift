import Foundation
import NumericalMethods
import Surrogates

/// An active design: a fit says where the next rows are simulated, these are learnt, and so on.
///
/// Each round leaves its rows and its model in a folder of its own; what is there is not done again.
struct DesignRounds: Sendable {
  let fits: SurrogateFits
  let design: ActiveDesign
  let folder: String

  private func path(_ round: Int) -> String { "\(folder)/round-\(round)" }

  /// The models of all rounds with the numbers of rows that they have learnt from, the first from `initial` alone.
  ///
  /// - Throws: `FileError`, `Interrupted`.
  func run(from initial: RegressionData) throws -> [(rows: Int, model: SurrogateModel)] {
    var rows = initial
    var models = [(rows.rowCount, try fits.model(of: rows, in: path(0)))]
    for round in 1...design.rounds {
      let batch = try batch(round, models.last!.1)
      rows.append(
        fits.function.data(
          theta: batch.theta, signals: batch.signals, threads: fits.monitor.threads))
      models.append((rows.rowCount, try fits.model(of: rows, in: path(round))))
    }
    return models
  }

  /// Chosen draws of all rounds without an answer.
  func failures() throws -> Int {
    try (1...design.rounds).reduce(0) {
      try $0 + DesignBatch("\(path($1))/rows.npz", of: fits.function).failures
    }
  }

  private func batch(_ round: Int, _ model: SurrogateModel) throws -> DesignBatch {
    let file = "\(path(round))/rows.npz"
    if FileManager.default.fileExists(atPath: file) {
      return try DesignBatch(file, of: fits.function)
    }
    let monitor = fits.monitor
    let pool = fits.function.candidates(
      design.pool, seed: fits.seed, first: round * design.pool, threads: monitor.threads)
    let order = design.order(
      variances: model.relativeVariances(pool.flatMap(\.inputs), threads: monitor.threads),
      uniforms: pool.map(\.uniform))
    let batch = try DesignBatch(
      order.map { pool[$0] }, count: design.batch, of: fits.function,
      label: "round \(round)", monitor: monitor)
    try FileManager.default.createDirectory(
      atPath: path(round), withIntermediateDirectories: true)
    try batch.write(to: file, of: fits.function)
    return batch
  }
}

import ArrayFiles
import Foundation
import Surrogates

/// What `sibyl surrogate train` writes.
struct SurrogateAnswer {
  let outcome: SurrogateTraining.Outcome
  let file: RegressionFile

  func write(to folder: String, version: String) throws {
    try outcome.model.write(to: folder, version: version)
    try writeComparison(to: "\(folder)/comparison.csv")
    let curve = outcome.learningCurve
    try CSVTable.write(
      columns: [
        CSVColumn("rows", curve.map(\.rows)),
        CSVColumn("relative_error", curve.map(\.relativeError)),
      ], to: "\(folder)/learning_curve.csv")
    var archive = NPZWriter()
    let shape = [outcome.held.rows.count, outcome.model.outputCount]
    let held = file.data.rows(outcome.held.rows)
    archive.add("x", NDArray(shape: [shape[0], held.featureCount], values: held.x))
    archive.add("y", NDArray(shape: shape, values: held.y))
    archive.add("mean", NDArray(shape: shape, values: outcome.held.prediction.mean))
    archive.add(
      "standard_deviation",
      NDArray(shape: shape, values: outcome.held.prediction.standardDeviation))
    try archive.write(to: "\(folder)/held_out.npz")
  }

  private func writeComparison(to path: String) throws {
    let scores = outcome.scores
    var columns = [
      CSVColumn("method", scores.map { type(of: $0.method).name }),
      CSVColumn("settings", scores.map { $0.method.summary }),
      CSVColumn("relative_error", scores.map(\.relativeError)),
      CSVColumn("mean_square", scores.map(\.meanSquare)),
      CSVColumn("mean_square_error", scores.map(\.standardError)),
      CSVColumn("negative_log_density", scores.map(\.negativeLogDensity)),
    ]
    for (index, level) in SurrogateScore.levels.enumerated() {
      columns.append(
        CSVColumn(String(format: "coverage_%.0f", 100 * level), scores.map { $0.coverage[index] }))
    }
    for (index, name) in file.outputNames.enumerated() {
      columns.append(CSVColumn("rmse_\(name)", scores.map { $0.rootMeanSquares[index] }))
      columns.append(CSVColumn("mae_\(name)", scores.map { $0.meanAbsolutes[index] }))
    }
    columns += [
      CSVColumn("fit_seconds", scores.map(\.fitSeconds)),
      CSVColumn("predict_microseconds", scores.map(\.predictMicroseconds)),
      CSVColumn(
        "note",
        scores.indices.map { index in
          [
            index == outcome.best ? "best" : nil, index == outcome.simplest ? "simplest" : nil,
            index == outcome.chosen ? "chosen" : nil,
          ].compactMap(\.self).joined(separator: " ")
        }),
    ]
    try CSVTable.write(columns: columns, to: path)
  }

  /// The choice in a sentence.
  static func sentence(_ outcome: SurrogateTraining.Outcome) -> String {
    func words(_ index: Int) -> String {
      let score = outcome.scores[index]
      return "\(type(of: score.method).name) (\(score.method.summary)), relative error "
        + String(format: "%.3g", score.relativeError)
    }
    let chosen = words(outcome.chosen)
    return outcome.chosen == outcome.best
      ? "\(chosen): the best"
        + (outcome.simplest == outcome.best ? ", and none simpler is as good" : "")
      : "\(chosen): the simplest within one standard error of the best, \(words(outcome.best))"
  }
}

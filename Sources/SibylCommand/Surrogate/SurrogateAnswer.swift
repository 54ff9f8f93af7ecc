import ArrayFiles
import Foundation
import Plotting
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
    try drawFigures(held, to: folder)
  }

  /// Panels of more outputs would be too small.
  private static let mostOutputs = 4

  private func drawFigures(_ held: RegressionData, to folder: String) throws {
    // An exact fit has no place on a logarithmic axis.
    let least = 1e-12
    try SurrogateComparisonFigure(
      candidates: outcome.scores.map { score in
        let error = max(score.relativeError, least)
        return SurrogateComparisonFigure.Candidate(
          name: "\(type(of: score.method).name): \(score.method.summary)", error: error,
          standardError: score.standardError / (2 * error), fitSeconds: score.fitSeconds)
      }, best: outcome.best, chosen: outcome.chosen
    ).write(to: "\(folder)/comparison")
    let curve = outcome.learningCurve
    if !curve.isEmpty {
      try LearningCurveFigure(
        rows: curve.map(\.rows), errors: curve.map { max($0.relativeError, least) }
      ).write(to: "\(folder)/learning_curve")
    }
    let (outputs, prediction) = (outcome.model.outputCount, outcome.held.prediction)
    func column(_ values: [Double], _ output: Int) -> [Double] {
      stride(from: output, to: values.count, by: outputs).map { values[$0] }
    }
    try PredictionFigure(
      outputs: (0..<min(outputs, Self.mostOutputs)).map { output in
        PredictionFigure.Output(
          name: outcome.model.outputNames[output], truth: held.output(output),
          mean: column(prediction.mean, output),
          standardDeviation: column(prediction.standardDeviation, output))
      }
    ).write(to: "\(folder)/predictions")
    let levels = (1..<20).map { 0.05 * Double($0) }
    try CoverageFigure(
      levels: levels, coverage: prediction.coverage(of: held.y, levels: levels),
      simulations: held.rowCount, noun: "rows"
    ).write(to: "\(folder)/coverage")
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

  /// What to tell of a surrogate that should not be used.
  static func warning(_ outcome: SurrogateTraining.Outcome) -> String? {
    outcome.scores[outcome.chosen].relativeError >= 1
      ? "nothing was learnt: for rows left out the mean of all others is no worse an answer" : nil
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

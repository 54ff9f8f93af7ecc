import ArrayFiles
import Foundation
import NumericalMethods

/// Trains surrogates: tries methods and their settings on rows left out, and takes the simplest that is as good as
/// the best.
public struct SurrogateTraining: Sendable {
  /// What was tried and what was chosen.
  public struct Outcome: Sendable {
    public let model: SurrogateModel
    /// In the order of the catalogue: from the simplest on.
    public let scores: [SurrogateScore]
    /// Of `scores`.
    public let best: Int
    /// The simplest one whose error is within one standard error of the best.
    public let simplest: Int
    /// Of `scores`, the one that `model` is: the simplest, unless the best was asked for.
    public let chosen: Int
    public let learningCurve: [LearningCurvePoint]
    /// Predictions of the chosen method for rows it had not seen, their truths and rows.
    public let held: (rows: [Int], prediction: Prediction)
  }

  /// The error of rows held out after training on so many.
  public struct LearningCurvePoint: Sendable, Codable, Equatable {
    public let rows: Int
    public let relativeError: Double
  }

  /// What is tried, from the simplest on.
  public var candidates: [any SurrogateMethod]
  /// Whether to take the best whatever it costs.
  public var takesBest = false
  /// Parts of the rows, each held out once.
  public var folds = 5
  /// How many of the parts are held out.
  public var evaluatedFolds = 5
  public var seed: UInt64 = 1
  /// Of each feature; 0 where it is not periodic.
  public var periods: [Double]
  /// Whether to train the chosen method on parts of the rows too.
  public var drawsLearningCurve = true
  /// A folder in which long fits keep what they need to go on after an interruption.
  public var checkpoint: String?

  /// - Parameter methods: those of the catalogue to try; each by the settings it proposes.
  public init(
    _ data: RegressionData, methods: [any SurrogateMethod.Type] = SurrogateCatalog.methods,
    periods: [Double]? = nil
  ) {
    self.periods = periods ?? [Double](repeating: 0, count: data.featureCount)
    let features = self.periods.reduce(0) { $0 + ($1 > 0 ? 2 : 1) }
    candidates = methods.flatMap { method -> [any SurrogateMethod] in
      method.candidates(
        rows: data.rowCount * 4 / 5, features: features, outputs: data.outputCount)
    }
    // Held rows are enough for a small error of the error: five fits of many rows are not worth their time.
    evaluatedFolds = data.rowCount <= 5_000 ? 5 : 1
  }

  /// - Throws: `SurrogateError` for data that nothing can be learnt from; `Interrupted`.
  public func run(
    _ data: RegressionData, inputNames: [String], outputNames: [String], monitor: WorkMonitor
  ) throws -> Outcome {
    try check(data, outputNames)
    let folds = Folds(
      rows: data.rowCount, count: min(self.folds, data.rowCount),
      evaluated: min(evaluatedFolds, data.rowCount), seed: seed)
    let scales = OutputScaling(data.y, outputs: data.outputCount).scales
    var context = FittingContext(seed: seed, monitor: monitor)
    var progress = WorkProgress(
      label: "surrogates", completed: 0, total: candidates.count + 1)
    var (scores, best, held): ([SurrogateScore], Int, [HeldOutPredictions]) = ([], 0, [])
    for (index, method) in candidates.enumerated() {
      progress.detail = "\(type(of: method).name), \(method.summary)"
      try monitor.advance(progress)
      context.checkpoint = checkpoint.map { "\($0)/candidate-\(index)" }
      let predictions = try HeldOutPredictions(
        method, data, periods: periods, folds: folds, context)
      scores.append(predictions.score(method, scales: scales, threads: monitor.threads))
      held.append(predictions)
      if !(scores[best].meanSquare <= scores[index].meanSquare) { best = index }
      progress.completed += 1
    }
    let limit = scores[best].meanSquare + scores[best].standardError
    let simplest = scores.firstIndex { $0.meanSquare <= limit } ?? best
    let chosen = takesBest ? best : simplest

    progress.detail = "\(type(of: candidates[chosen]).name), all rows"
    try monitor.advance(progress)
    context.checkpoint = checkpoint.map { "\($0)/final" }
    let fit = try ScaledFit(candidates[chosen], data, periods: periods, context)
    progress.completed += 1
    try monitor.advance(progress)
    let model = SurrogateModel(
      method: candidates[chosen], inputNames: inputNames, outputNames: outputNames, fit: fit,
      errors: held[chosen].errorBars(outputs: data.outputCount),
      domain: TrainingDomain(fit.features.apply(data.x), columns: fit.features.columnCount))
    return Outcome(
      model: model, scores: scores, best: best, simplest: simplest, chosen: chosen,
      learningCurve: drawsLearningCurve
        ? try learningCurve(candidates[chosen], data, folds, held[chosen], scales, monitor) : [],
      held: (
        folds.rows,
        held[chosen].calibrated(outputs: data.outputCount, threads: monitor.threads)
      ))
  }

  private func check(_ data: RegressionData, _ outputNames: [String]) throws(SurrogateError) {
    guard data.rowCount >= 10 else {
      throw .badData("there are \(data.rowCount) rows, at least 10 are needed")
    }
    for output in 0..<data.outputCount {
      let values = data.output(output)
      let (least, most) = (values.min()!, values.max()!)
      // Equal to rounding.
      guard most - least > 1e-12 * max(abs(least), abs(most)) else {
        throw .badData(
          "'\(outputNames[output])' is \(values[0]) in all rows: there is nothing to learn")
      }
    }
    guard !candidates.isEmpty else {
      throw .badData("no method is left to try for \(data.rowCount) rows")
    }
  }

  /// Trains on an eighth, a quarter and half of the rows that are not in the first fold; all of these are what `held`
  /// has learnt from.
  private func learningCurve(
    _ method: any SurrogateMethod, _ data: RegressionData, _ folds: Folds,
    _ held: HeldOutPredictions, _ scales: [Double], _ monitor: WorkMonitor
  ) throws -> [LearningCurvePoint] {
    let training = folds.training(0, of: data.rowCount)
    let test = data.rows(folds.held[0])
    func point(_ rows: Int, _ mean: ArraySlice<Double>) -> LearningCurvePoint {
      var square = 0.0
      for (index, value) in mean.enumerated() {
        let error = (value - test.y[index]) / scales[index % data.outputCount]
        square += error * error / Double(mean.count)
      }
      return LearningCurvePoint(rows: rows, relativeError: square.squareRoot())
    }
    let sizes = [8, 4, 2].map { training.count / $0 }.filter { $0 >= 10 }
    var progress = WorkProgress(label: "learning curve", completed: 0, total: sizes.count)
    var points: [LearningCurvePoint] = []
    for (index, size) in sizes.enumerated() {
      progress.completed = index
      try monitor.advance(progress)
      // Evenly among the rows, whatever their order means.
      let part = data.rows((0..<size).map { training[$0 * training.count / size] })
      let context = FittingContext(
        seed: seed, monitor: monitor, checkpoint: checkpoint.map { "\($0)/curve-\(index)" })
      let fit = try ScaledFit(method, part, periods: periods, context)
      let mean = fit.predict(scaled: fit.features.apply(test.x), threads: monitor.threads).mean
      points.append(point(size, mean[...]))
    }
    progress.completed = sizes.count
    try monitor.advance(progress)
    return points + [point(training.count, held.prediction.mean.prefix(test.y.count))]
  }
}

import NumericalMethods

extension SurrogateModel {
  /// One method on all of a training set, with error bars from rows that only calibrate them.
  ///
  /// For rows that belong together, such as those of one trajectory, which must not be on both sides.
  ///
  /// - Parameter periods: of each input, 0 where it is not periodic; nil where none is.
  /// - Throws: `SurrogateError`, `Interrupted`, `FileError` of a checkpoint.
  public init(
    fitting method: any SurrogateMethod, to training: RegressionData,
    calibratedOn calibration: RegressionData, inputNames: [String], outputNames: [String],
    periods: [Double]? = nil, _ context: FittingContext
  ) throws {
    let (features, outputs) = (inputNames.count, outputNames.count)
    for (data, part) in [(training, "training"), (calibration, "calibration")] {
      precondition(data.featureCount == features && data.outputCount == outputs)
      guard data.rowCount >= 10 else {
        throw SurrogateError.badData(
          "there are \(data.rowCount) rows for \(part), at least 10 are needed")
      }
    }
    let fit = try ScaledFit(
      method, training, periods: periods ?? [Double](repeating: 0, count: features), context)
    let x = fit.features.apply(calibration.x)
    let errors = ErrorBars(
      x: x, columns: fit.features.columnCount,
      prediction: fit.predict(scaled: x, threads: context.monitor.threads), y: calibration.y,
      outputs: outputs, own: fit.knowsItsErrors)
    self.init(
      method: method, inputNames: inputNames, outputNames: outputNames, fit: fit, errors: errors,
      domain: TrainingDomain(fit.features.apply(training.x), columns: fit.features.columnCount))
  }
}

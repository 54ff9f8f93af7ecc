import ArrayFiles
import NumericalMethods

/// A fit with the scales of its training set: data as the user has them in, predictions in their units out.
struct ScaledFit: Sendable {
  let features: FeatureScaling
  let outputs: OutputScaling
  let fit: any FittedSurrogate

  init(features: FeatureScaling, outputs: OutputScaling, fit: any FittedSurrogate) {
    (self.features, self.outputs, self.fit) = (features, outputs, fit)
  }

  /// - Parameter periods: of each feature; 0 where it is not periodic.
  init(
    _ method: any SurrogateMethod, _ data: RegressionData, periods: [Double],
    _ context: FittingContext
  ) throws {
    features = FeatureScaling(data.x, periods: periods)
    outputs = OutputScaling(data.y, outputs: data.outputCount)
    fit = try method.fit(
      RegressionData(
        x: features.apply(data.x), y: outputs.apply(data.y), featureCount: features.columnCount,
        outputCount: data.outputCount), context)
  }

  var knowsItsErrors: Bool { type(of: fit).knowsItsErrors }

  /// Of standardised inputs `[rows, columns]`, outputs in their units.
  func predict(scaled x: [Double], threads: Int) -> Prediction {
    var prediction = fit.predict(x, threads: threads)
    outputs.restore(&prediction)
    return prediction
  }
}

import DensityEstimators
import NeuralNetworks

/// An embedding followed by a density estimator: q(z | x), without its weights.
public struct ConditionalNetwork: Sendable {
  public let layout: ParameterLayout
  public let dimensions: Int
  public let observationCount: Int
  private let embedding: (any Layer)?
  private let estimator: any DensityEstimator

  public init(_ architecture: Architecture, observationCount: Int, dimensions: Int) {
    var layout = ParameterLayout()
    embedding = architecture.makeEmbedding(inputs: observationCount, layout: &layout)
    estimator = architecture.makeEstimator(
      dimensions: dimensions, contextCount: embedding?.outputCount ?? observationCount,
      layout: &layout)
    self.layout = layout
    self.dimensions = dimensions
    self.observationCount = observationCount
  }

  /// What the estimator is conditioned on `[batch, contextCount]`, from standardised observations.
  public func context(_ x: Matrix, _ pass: Pass) -> Matrix {
    embedding?.forward(x, pass) ?? x
  }

  /// ln q(z | x) of each row.
  public func logDensity(_ z: Matrix, _ x: Matrix, _ pass: Pass) -> [Float] {
    estimator.logDensity(z, context: context(x, pass), pass)
  }

  /// ln q(z | context) of each row, for contexts already computed.
  public func logDensity(_ z: Matrix, context: Matrix, _ pass: Pass) -> [Float] {
    estimator.logDensity(z, context: context, pass)
  }

  /// ln q(z | x) of each row, accumulating the gradient of −Σ ln q in the pass.
  public func accumulateGradient(_ z: Matrix, _ x: Matrix, _ pass: Pass) -> [Float] {
    let context = context(x, pass)
    let (logDensity, contextGradient) = estimator.logDensityWithGradient(
      z, context: context, pass)
    embedding?.accumulate(contextGradient, pass)
    return logDensity
  }

  /// Turns standard normal rows into samples z, in place, and returns their ln q.
  public func transform(_ noise: Matrix, context: Matrix, _ pass: Pass) -> [Float] {
    estimator.transform(noise, context: context, pass)
  }
}

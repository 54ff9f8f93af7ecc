import DensityEstimators
import NeuralNetworks
import Probability

/// An embedding followed by a density estimator: q(z | x), without its weights.
public struct ConditionalNetwork: Sendable {
  public let layout: ParameterLayout
  public let latentSpace: LatentSpace
  public let observationCount: Int
  private let embedding: (any Layer)?
  private let estimator: any DensityEstimator

  public init(_ architecture: Architecture, observationCount: Int, prior: JointPrior) {
    var layout = ParameterLayout()
    let space = architecture.latentSpace(prior)
    embedding = architecture.makeEmbedding(inputs: observationCount, layout: &layout)
    estimator = architecture.makeEstimator(
      coordinates: space.coordinates, contextCount: embedding?.outputCount ?? observationCount,
      layout: &layout)
    self.layout = layout
    latentSpace = space
    self.observationCount = observationCount
  }

  public var dimensions: Int { latentSpace.count }

  /// What the estimator is conditioned on `[contextCount, batch]`, from standardised observations
  /// `[observationCount, batch]`.
  public func context(_ x: Matrix, _ pass: Pass) -> Matrix {
    embedding?.forward(x, pass) ?? x
  }

  /// ln q(z | context) `[1, batch]`; one context may serve all z.
  public func logDensity(_ z: Matrix, context: Matrix, _ pass: Pass) -> Matrix {
    estimator.logDensity(z, context: context, pass)
  }

  /// ln q(z | x) `[1, batch]`, accumulating Σ gradient · ∂ ln q in the pass.
  public func accumulateGradient(
    _ z: Matrix, _ x: Matrix, gradient: Matrix, _ pass: Pass
  ) -> Matrix {
    let context = context(x, pass)
    let logDensity = estimator.logDensity(z, context: context, pass)
    guard let embedding else {
      estimator.backward(gradient, contextGradient: nil, pass)
      return logDensity
    }
    let contextGradient = pass.matrix(rows: context.rows, columns: context.columns)
    contextGradient.fill(0)
    estimator.backward(gradient, contextGradient: contextGradient, pass)
    embedding.accumulate(contextGradient, pass)
    return logDensity
  }

  /// `count` samples z `[dimensions, count]` of one context, with their ln q `[1, count]`.
  public func sample(
    _ count: Int, context: Matrix, using stream: inout RandomStream, _ pass: Pass
  ) -> (z: Matrix, logDensity: Matrix) {
    estimator.sample(count, context: context, using: &stream, pass)
  }
}

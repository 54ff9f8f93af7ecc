import NeuralNetworks

/// A conditional density q(z | context) of unbounded z `[dimensions]`.
///
/// To add one: a file that conforms, and a case of `Architecture`, the catalogue of networks.
public protocol DensityEstimator: Sendable {
  var dimensions: Int { get }
  var contextCount: Int { get }

  /// ln q of each row of z `[batch, dimensions]` given context `[batch, contextCount]`.
  func logDensity(_ z: Matrix, context: Matrix, _ pass: Pass) -> [Float]

  /// ln q as above, and the gradient of −Σ ln q: the parameters' is accumulated in the pass, the
  /// context's `[batch, contextCount]` is returned.
  func logDensityWithGradient(
    _ z: Matrix, context: Matrix, _ pass: Pass
  ) -> (logDensity: [Float], contextGradient: Matrix)

  /// Turns standard normal rows `[batch, dimensions]` into samples, in place, and returns their ln q.
  func transform(_ noise: Matrix, context: Matrix, _ pass: Pass) -> [Float]
}

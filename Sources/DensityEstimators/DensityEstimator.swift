import NeuralNetworks
import Probability

/// A conditional density q(z | context) of z `[dimensions]`, each on the line or on a circle.
///
/// Before training it is the prior: a standard normal on the line, uniform on the circle. To add one: a
/// file that conforms to `ConfigurableEstimator`, and a line in the catalogue of `Architecture`.
public protocol DensityEstimator: Sendable {
  var dimensions: Int { get }
  var contextCount: Int { get }

  /// ln q `[1, batch]` of z `[dimensions, batch]` given context `[contextCount, batch]`, or one context
  /// `[contextCount, 1]` for all; records what `backward` needs.
  func logDensity(_ z: Matrix, context: Matrix, _ pass: Pass) -> Matrix

  /// From the loss gradient of ln q `[1, batch]` to that of the context, which is added to
  /// `contextGradient` `[contextCount, batch]` where there is one, accumulating the parameters'.
  func backward(_ gradient: Matrix, contextGradient: Matrix?, _ pass: Pass)

  /// Draws `count` samples z `[dimensions, count]` of one context `[contextCount, 1]`, or one of each
  /// context `[contextCount, count]`, with their ln q `[1, count]`.
  ///
  /// - Complexity: one evaluation of the network; nothing is drawn and thrown away.
  func sample(
    _ count: Int, context: Matrix, using stream: inout RandomStream, _ pass: Pass
  ) -> (z: Matrix, logDensity: Matrix)
}

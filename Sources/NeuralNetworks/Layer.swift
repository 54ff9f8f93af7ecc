/// A differentiable map `[inputCount, batch]` → `[outputCount, batch]`.
///
/// Shapes are known before any data: a layer reserves its parameters in a `ParameterLayout` when it is
/// made and holds only their places.
public protocol Layer: Sendable {
  var inputCount: Int { get }
  var outputCount: Int { get }

  /// The output `[outputCount, batch]`; records what `backward` needs.
  func forward(_ input: Matrix, _ pass: Pass) -> Matrix

  /// From the loss gradient of the output to that of the input, accumulating those of the parameters.
  func backward(_ outputGradient: Matrix, _ pass: Pass) -> Matrix

  /// Only accumulates the parameters' gradients, where the input has none of interest.
  func accumulate(_ outputGradient: Matrix, _ pass: Pass)
}

extension Layer {
  public func accumulate(_ outputGradient: Matrix, _ pass: Pass) {
    _ = backward(outputGradient, pass)
  }
}

import NeuralNetworks

/// An invertible map z → u of cases `[dimensions, batch]`, given a context; what flows are made of.
///
/// A context of one column is that of all cases.
public protocol Transform: Sendable {
  /// u; ln |det du/dz| is added to `logDeterminant` `[1, batch]`. Records what `backward` needs.
  func forward(_ z: Matrix, context: Matrix, logDeterminant: Matrix, _ pass: Pass) -> Matrix

  /// From the loss gradients of u and of the log-determinant `[1, batch]` to that of z.
  func backward(
    _ gradient: Matrix, logDeterminantGradient: Matrix, contextGradient: Matrix?, _ pass: Pass
  ) -> Matrix

  /// z; ln |det du/dz| is added to `logDeterminant`.
  func inverse(_ u: Matrix, context: Matrix, logDeterminant: Matrix, _ pass: Pass) -> Matrix
}

/// A monotone function u = f(z) of one variable, whose shape a network's outputs decide.
///
/// Rows are `[1, batch]`, parameters `[parameterCount, batch]`. With parameters 0 it is the identity.
/// `forward` and `inverse` may replace the parameters by intermediate values, which `backward` gets.
protocol ElementwiseMap: Sendable {
  var parameterCount: Int { get }

  /// Writes u and adds ln f′(z).
  func forward(_ z: Matrix, _ parameters: Matrix, to u: Matrix, logDerivative: Matrix)

  /// From the loss gradients of u and of ln f′ to those of z and of the parameters, which are written.
  func backward(
    z: Matrix, parameters: Matrix, gradient: Matrix, logDerivativeGradient: Matrix,
    to inputGradient: Matrix, parameterGradient: Matrix)

  /// Writes z = f⁻¹(u) and adds ln f′(z).
  func inverse(_ u: Matrix, _ parameters: Matrix, to z: Matrix, logDerivative: Matrix)
}

extension Matrix {
  /// One row as a matrix of its own, sharing memory.
  func rows(_ index: Int) -> Matrix { rows(index..<index + 1) }
}

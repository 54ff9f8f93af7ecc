/// A convex penalty R(β) on images β `[height, width]`, with its factor.
///
/// Three kinds are known to the solvers: `QuadraticRegularizer`, `SeparableRegularizer` and
/// `VariationRegularizer`. A new one is a file of one of these kinds and a line in `RegularizerCatalog`.
public protocol Regularizer: Sendable {
  /// R(β).
  func value(_ pixels: [Double], width: Int) -> Double
}

/// A penalty with a slope wherever pixels are positive, for images from closure quantities.
public protocol SmoothRegularizer: Regularizer {
  /// R(β), whose gradient is added to another.
  func value(_ pixels: [Double], width: Int, addingGradientTo gradient: inout [Double]) -> Double
}

/// R(β) = ½ β Q β.
public protocol QuadraticRegularizer: SmoothRegularizer {
  /// Adds Qβ to `product`.
  func addProduct(_ pixels: [Double], width: Int, to product: inout [Double])
  /// The element of Q of two pixels of an image.
  func element(_ a: Int, _ b: Int, width: Int, height: Int) -> Double
  /// A bound of Q's eigenvalues.
  var largestEigenvalue: Double { get }
}

/// R(β) = Σ rᵢ(βᵢ), which also holds what values a pixel may have.
public protocol SeparableRegularizer: SmoothRegularizer {
  /// The β that minimises ½ |β − `pixels`|² + `step` R(β).
  func proximal(_ pixels: [Double], step: Double) -> [Double]
  /// R*(p) = sup over β of p·β − R(β).
  func conjugate(_ p: [Double]) -> Double
  /// The greatest factor of p, at most one, for which `conjugate` is finite.
  func feasibleScale(_ p: [Double]) -> Double
}

/// R(β) = sup of β · Dᵀp over the dual images p of a convex set: of differences Dβ of neighbours.
public protocol VariationRegularizer: SmoothRegularizer {
  /// The β that minimises ½ |β − `pixels`|² + `step` (R(β) + S(β)), S separable.
  ///
  /// To a duality gap of `tolerance`, or as near as `maximumIterations` lead. `dual` is p, zero at first (an
  /// empty array): where the search for it begins, and the p of the result.
  func proximal(
    _ pixels: [Double], width: Int, step: Double, beside separable: any SeparableRegularizer,
    tolerance: Double, maximumIterations: Int, dual: inout [Double]
  ) -> [Double]
  /// Dᵀp.
  func adjoint(_ dual: [Double], width: Int) -> [Double]
}

extension QuadraticRegularizer {
  public func value(
    _ pixels: [Double], width: Int, addingGradientTo gradient: inout [Double]
  ) -> Double {
    addProduct(pixels, width: width, to: &gradient)
    return value(pixels, width: width)
  }
}

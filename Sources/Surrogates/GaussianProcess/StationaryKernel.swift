import CVector
import NumericalMethods

/// The correlation of a function's values by the distance of its inputs, in units of length scales, one for each
/// feature.
///
/// Reference: Rasmussen & Williams (2006), Gaussian Processes for Machine Learning, equations 4.9 and 4.17.
public enum StationaryKernel: String, Codable, Sendable, CaseIterable {
  /// exp(−r²/2): functions with all derivatives.
  case squaredExponential = "squared_exponential"
  /// (1 + √5 r + 5r²/3) exp(−√5 r): functions with two derivatives.
  case matern52 = "matern_5_2"

  var title: String {
    switch self {
    case .squaredExponential: "squared exponential"
    case .matern52: "Matérn 5/2"
    }
  }

  /// Correlations at squared distances.
  @inline(__always)
  func value(_ square: SIMD8<Double>) -> SIMD8<Double> {
    switch self {
    case .squaredExponential: return exponential(-0.5 * square)
    case .matern52:
      let r = f64x8_sqrt(5 * square)
      return (1 + r).addingProduct(r, r / 3) * exponential(-r)
    }
  }

  /// −2 dk/d(r²).
  @inline(__always)
  func slope(_ square: SIMD8<Double>) -> SIMD8<Double> {
    switch self {
    case .squaredExponential: return exponential(-0.5 * square)
    case .matern52:
      let r = f64x8_sqrt(5 * square)
      return (5.0 / 3) * (1 + r) * exponential(-r)
    }
  }
}

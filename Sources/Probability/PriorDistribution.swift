import CGSL
import Foundation

/// A one-dimensional prior, with the bijection that makes it a standard normal.
///
/// Every kind is mapped to unbounded space by z = Φ⁻¹(F(θ)), F its distribution function and Φ the
/// standard normal's. In z the prior is N(0, 1) whatever the kind, and nothing drawn in z can leave
/// the prior's support.
public enum PriorDistribution: Sendable, Equatable {
  case uniform(low: Double, high: Double)
  case logUniform(low: Double, high: Double)
  case normal(mean: Double, standardDeviation: Double)
  /// `median` in the parameter's own unit, `sigma` the standard deviation of ln θ.
  case logNormal(median: Double, sigma: Double)
  case truncatedNormal(mean: Double, standardDeviation: Double, low: Double, high: Double)
  /// Uniform on a circle: `low` and `high` are the same point.
  case periodic(low: Double, high: Double)

  /// The smallest and largest possible value.
  public var support: ClosedRange<Double> {
    switch self {
    case .uniform(let low, let high), .logUniform(let low, let high), .periodic(let low, let high),
      .truncatedNormal(_, _, let low, let high):
      low...high
    case .normal: -Double.infinity...Double.infinity
    case .logNormal: 0...Double.infinity
    }
  }

  /// True where the natural scale of the parameter is its logarithm.
  public var isLogarithmic: Bool {
    switch self {
    case .logUniform, .logNormal: true
    default: false
    }
  }

  /// True where the ends of the support are the same point.
  public var isPeriodic: Bool {
    if case .periodic = self { true } else { false }
  }

  /// ln p(θ); −∞ outside the support.
  public func logDensity(_ value: Double) -> Double {
    guard support.contains(value) else { return -.infinity }
    switch self {
    case .uniform(let low, let high), .periodic(let low, let high):
      return -log(high - low)
    case .logUniform(let low, let high):
      return -log(value) - log(log(high / low))
    case .normal(let mean, let deviation):
      return Self.standardLogDensity((value - mean) / deviation) - log(deviation)
    case .logNormal(let median, let sigma):
      guard value > 0 else { return -.infinity }
      return Self.standardLogDensity(log(value / median) / sigma) - log(sigma * value)
    case .truncatedNormal(let mean, let deviation, let low, let high):
      let mass = Self.mass(from: (low - mean) / deviation, to: (high - mean) / deviation)
      return Self.standardLogDensity((value - mean) / deviation) - log(deviation * mass)
    }
  }

  /// z = Φ⁻¹(F(θ)) of a value in the support; ±38 at the very ends.
  public func unbounded(_ value: Double) -> Double {
    switch self {
    case .normal(let mean, let deviation): return (value - mean) / deviation
    case .logNormal(let median, let sigma): return log(value / median) / sigma
    case .uniform(let low, let high), .periodic(let low, let high):
      return Self.normalQuantile(below: value - low, above: high - value)
    case .logUniform(let low, let high):
      return Self.normalQuantile(below: log(value / low), above: log(high / value))
    case .truncatedNormal(let mean, let deviation, let low, let high):
      let x = (value - mean) / deviation
      return Self.normalQuantile(
        below: Self.mass(from: (low - mean) / deviation, to: x),
        above: Self.mass(from: x, to: (high - mean) / deviation))
    }
  }

  /// θ = F⁻¹(Φ(z)), always inside the support.
  public func bounded(_ z: Double) -> Double {
    let value: Double
    switch self {
    case .normal(let mean, let deviation): return mean + deviation * z
    case .logNormal(let median, let sigma): return median * exp(sigma * z)
    case .uniform(let low, let high), .periodic(let low, let high):
      value =
        z < 0
        ? low + (high - low) * Self.tail(-z)
        : high - (high - low) * Self.tail(z)
    case .logUniform(let low, let high):
      value =
        z < 0
        ? low * exp(log(high / low) * Self.tail(-z))
        : high * exp(-log(high / low) * Self.tail(z))
    case .truncatedNormal(let mean, let deviation, let low, let high):
      let (a, b) = ((low - mean) / deviation, (high - mean) / deviation)
      let mass = Self.mass(from: a, to: b)
      let below = Self.tail(-a) + mass * Self.tail(-z)
      let above = Self.tail(b) + mass * Self.tail(z)
      // The smaller of the two probabilities is the one that keeps its digits.
      let x = below < above ? gsl_cdf_ugaussian_Pinv(below) : gsl_cdf_ugaussian_Qinv(above)
      value = mean + deviation * x
    }
    return min(max(value, support.lowerBound), support.upperBound)
  }

  /// A random value.
  public func sample(using generator: inout some RandomNumberGenerator) -> Double {
    bounded(gsl_cdf_ugaussian_Pinv(generator.uniform()))
  }

  static func standardLogDensity(_ x: Double) -> Double { -0.5 * (x * x + logTwoPi) }

  /// ln 2π
  static let logTwoPi = log(2 * Double.pi)

  /// Φ(−z), exact in the upper tail.
  private static func tail(_ z: Double) -> Double { 0.5 * erfc(z * 0.5.squareRoot()) }

  /// Φ(b) − Φ(a) without cancellation in the upper tail.
  private static func mass(from a: Double, to b: Double) -> Double {
    a > 0
      ? tail(a) - tail(b)
      : tail(-b) - tail(-a)
  }

  /// Φ⁻¹(below / (below + above)), exact in both tails.
  private static func normalQuantile(below: Double, above: Double) -> Double {
    let total = below + above
    return below < above
      ? gsl_cdf_ugaussian_Pinv(max(below / total, .leastNormalMagnitude))
      : gsl_cdf_ugaussian_Qinv(max(above / total, .leastNormalMagnitude))
  }
}

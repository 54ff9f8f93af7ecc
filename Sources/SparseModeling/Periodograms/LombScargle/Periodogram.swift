import Foundation
import NumericalMethods

/// How much sinusoids, or Fourier series, at many frequencies lower χ².
public struct Periodogram: Sendable {
  /// One a frequency; what is singular adds nothing.
  public private(set) var drop: [Double]
  /// Indices, ascending, of frequencies whose sinusoid the data of some band do not tell from what else is
  /// fitted there, as for times that are all multiples of the period.
  public private(set) var singular: [Int]
  /// Without the sinusoid, of all else that is fitted.
  public private(set) var chiSquare: Double
  public private(set) var points: Int

  /// What a periodogram is given in.
  ///
  /// Reference: Zechmeister & Kürster (2009), A&A 496, 577, §4; VanderPlas (2018), ApJS 236, 16, §5.
  public enum Normalization: String, CaseIterable, Sendable {
    /// 1 − χ²/χ₀², from 0 to 1.
    case standard
    /// χ₀²/χ² − 1.
    case model
    /// −ln(χ²/χ₀²).
    case logarithm
    /// (χ₀² − χ²)/2: by how much the logarithm of the likelihood rises where the errors are right.
    case likelihood
    /// (n/2) ln(χ₀²/χ²): the same where the scale of the errors is fitted too.
    case scaledLikelihood = "scaled_likelihood"
  }

  /// One a frequency. χ² is kept above rounding, 1e-15 of what it is without the sinusoid.
  public func power(_ normalization: Normalization) -> [Double] {
    func remaining(_ drop: Double) -> Double { max(1 - drop / chiSquare, 1e-15) }
    return largeArray(drop.count) { power in
      switch normalization {
      case .standard: for k in drop.indices { power[k] = drop[k] / chiSquare }
      case .model: for k in drop.indices { power[k] = 1 / remaining(drop[k]) - 1 }
      case .logarithm: for k in drop.indices { power[k] = -log(remaining(drop[k])) }
      case .likelihood: for k in drop.indices { power[k] = drop[k] / 2 }
      case .scaledLikelihood:
        for k in drop.indices { power[k] = -Double(points) / 2 * log(remaining(drop[k])) }
      }
    }
  }

  init(drop: [Double], singular: [Int], chiSquare: Double, points: Int) {
    (self.drop, self.singular) = (drop, singular)
    (self.chiSquare, self.points) = (chiSquare, points)
  }

  /// Adds that of another band at the same frequencies.
  mutating func add(_ other: Periodogram) {
    precondition(other.drop.count == drop.count)
    for k in drop.indices { drop[k] += other.drop[k] }
    if !other.singular.isEmpty { singular = Set(singular + other.singular).sorted() }
    chiSquare += other.chiSquare
    points += other.points
  }
}

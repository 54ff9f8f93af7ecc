import Foundation

/// The universal choice of λ: the largest certificate that noise alone is expected to reach.
///
/// The squared certificate of a group of d columns is χ²_d, and along frequency it is smooth: with z = u²/2,
/// s² the weighted variance of the times and Δf the range of frequencies, the chance that it exceeds u
/// anywhere is about
///
///     Q_d(u²) + 2√π s Δf z^((d−1)/2) e^(−z) / Γ(d/2),
///
/// the second part the rate of upward crossings. At the mean of the largest, whose distribution is
/// Gumbel's, this is e^(−γ), γ = 0.5772…. A coarse grid has fewer independent frequencies: not more than
/// count · Q_d(u²) are exceeded. With fewer points than independent frequencies, largest values come
/// together and λ is somewhat above their mean.
///
/// References: Baluev (2008), MNRAS 385, 1279, equation 6, which is this for d = 2; Donoho & Johnstone
/// (1994), Biometrika 81, 425 (λ at the largest of the noise).
public enum NoiseLevelPenalty {
  /// Euler's γ.
  private static let gamma = 0.577215664901532860606

  /// λ for data whose errors are `noise` times those stated.
  public static func penalty(for dictionary: SinusoidDictionary, noise: Double = 1) -> Double {
    precondition(noise > 0 && noise.isFinite)
    let grid = dictionary.grid
    return noise
      * expectedMaximum(
        columns: dictionary.groupSize, count: grid.count,
        phases: (grid.last - grid.first) * timeDeviation(of: dictionary))
  }

  /// u of which e^(−γ) crossings are expected.
  ///
  /// - Parameters:
  ///   - columns: d, even.
  ///   - phases: s Δf.
  static func expectedMaximum(columns: Int, count: Int, phases: Double) -> Double {
    func excess(_ u: Double) -> Double {
      let z = u * u / 2
      var (tail, term) = (0.0, exp(-z))
      for k in 0..<columns / 2 {
        tail += term
        term *= z / Double(k + 1)
      }
      let half = Double(columns) / 2
      let rate =
        2 * Double.pi.squareRoot() * phases
        * exp((half - 0.5) * log(max(z, 1e-300)) - z - lgamma(half))
      return min(tail + rate, Double(count) * tail) - exp(-gamma)
    }
    // Below the mode of χ_d, and where nothing is left.
    var (low, high) = (Double(columns - 1).squareRoot(), 60.0)
    guard excess(low) > 0 else { return low }
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if excess(middle) > 0 { low = middle } else { high = middle }
    }
    return high
  }

  /// The weighted standard deviation of time, root mean square of the bands.
  private static func timeDeviation(of dictionary: SinusoidDictionary) -> Double {
    let variances = dictionary.bands.map { band in
      let weights = band.whitening.map { $0 * $0 }
      let total = weights.reduce(0, +)
      let mean = zip(weights, band.series.times).reduce(0) { $0 + $1.0 * $1.1 } / total
      return zip(weights, band.series.times).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
        / total
    }
    return (variances.reduce(0, +) / Double(variances.count)).squareRoot()
  }
}

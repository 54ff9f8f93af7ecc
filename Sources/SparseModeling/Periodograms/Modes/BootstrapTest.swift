import NumericalMethods
import Probability

/// The highest drop of χ² of one more mode in data made of a model and its residuals in random order: how
/// high noise with this distribution and these times reaches.
///
/// Residuals, divided by their errors, are drawn with replacement within each band. The mode is scanned for
/// beside the model's sinusoids, so that what its frequencies leave unexplained is noise.
///
/// Complexity: a scan a sample.
///
/// Reference: Press et al. (2007), Numerical Recipes, §15.6.2; Süveges (2014), MNRAS 440, 2099.
public struct BootstrapTest: Sendable {
  /// The largest drop of each sample over χ² of the sample before it, in increasing order.
  public let shares: [Double]

  /// - Parameter model: without the mode under test; nil for none but the baseline.
  public init(
    _ search: ModeSearch, model: SinusoidModel?, samples: Int = 200, seed: UInt64
  ) {
    precondition(samples > 0)
    let frequencies = model?.frequencies ?? []
    let residuals = model?.residuals ?? search.series.bands.map(\.values)
    var shares: [Double] = []
    for sample in 0..<samples {
      var stream = RandomStream(seed: seed, purpose: .bootstrap, index: UInt64(sample))
      let values = residuals.map { residual in
        residual.map { _ in
          residual[min(residual.count - 1, Int(stream.uniform() * Double(residual.count)))]
        }
      }
      let resampled = search.series.replacingValues(values)
      let before = zip(resampled.bands, search.series.bands).reduce(0.0) { sum, pair in
        let rest = ModeScan.basis(pair.1, frequencies).projectingOut(from: pair.0.values)
        return sum + dot(rest, rest)
      }
      let drop = search.scan.drop(beside: frequencies, values: resampled).max()!
      shares.append(before > 0 ? drop / before : 0)
    }
    self.shares = shares.sorted()
  }

  /// The share of samples, one added, in which some frequency lowers χ² by as large a part: at least
  /// 1/(samples + 1).
  public func probability(drop: Double, before: Double) -> Double {
    let above = shares.count { $0 >= drop / before }
    return Double(above + 1) / Double(shares.count + 1)
  }
}

import Foundation
import NumericalMethods

/// Which simulations a surrogate learns from next: where it is least sure.
///
/// Of candidates drawn from the prior a batch is taken without replacement, each candidate with a probability
/// proportional to a power of the surrogate's variance there, times the chance that the simulation has an answer. The
/// least sure ones alone would lie side by side and teach the same.
///
/// References: MacKay (1992), Neural Comput. 4, 590; Kirsch, Farquhar, Atighehchian, Jesson, Branchaud-Charron & Gal
/// (2023), Trans. Mach. Learn. Res., arXiv:2106.12059, §3 (batches by Gumbel noise on logarithms of scores).
public struct ActiveDesign: CheckedSettings {
  public var rounds = 6
  /// Simulations of a round.
  public var batch = 250
  /// Draws from the prior that a batch is chosen from.
  public var pool = 10_000
  /// Of the variance; at 0 the design is random.
  public var power = 1.0

  public init() {}

  public var ranges: [SettingRange] {
    [
      SettingRange("rounds", rounds, 1...1_000), SettingRange("batch", batch, 1...1_000_000),
      SettingRange("pool", pool, 1...10_000_000), SettingRange("power", power, 0...10),
    ]
  }

  /// The candidates, those to be taken first in front: the first k of them are a sample of k without replacement.
  ///
  /// - Parameters:
  ///   - variances: of each candidate, 0 or above.
  ///   - chances: of an answer, 0…1.
  ///   - uniforms: a random number in (0, 1) for each.
  /// - Complexity: O(n log n).
  public func order(variances: [Double], chances: [Double], uniforms: [Double]) -> [Int] {
    precondition(variances.count == uniforms.count && chances.count == uniforms.count)
    func logarithm(_ value: Double) -> Double { log(max(value, .leastNormalMagnitude)) }
    let keys = uniforms.indices.map {
      power * logarithm(variances[$0]) + logarithm(chances[$0]) - log(-log(uniforms[$0]))
    }
    return keys.indices.sorted { (keys[$1], $0) < (keys[$0], $1) }
  }
}

extension SurrogateModel {
  /// How unsure the surrogate is at inputs `[rows, features]`: the variance in units of each output's in the training
  /// set, summed over outputs.
  ///
  /// Unlike error bars, it does not grow outside of the training set for that alone: the borders would be all that a
  /// design looks at.
  public func relativeVariances(_ x: [Double], threads: Int = 1) -> [Double] {
    let scaled = fit.features.apply(x)
    var prediction = fit.predict(scaled: scaled, threads: threads)
    errors.apply(
      to: &prediction, x: scaled, columns: fit.features.columnCount, threads: threads)
    let deviations = prediction.standardDeviation
    return stride(from: 0, to: deviations.count, by: outputCount).map { start in
      (0..<outputCount).reduce(0) { sum, output in
        let relative = deviations[start + output] / outputSpreads[output]
        return sum + relative * relative
      }
    }
  }
}

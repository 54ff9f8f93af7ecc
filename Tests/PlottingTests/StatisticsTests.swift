import Foundation
import NumericalMethods
import Plotting
import Testing

@Suite struct StatisticsTests {
  @Test func quantilesOfSmallSamples() {
    #expect(weightedQuantiles([3, 1, 2], at: [0, 0.5, 1]) == [1, 2, 3])
    #expect(weightedQuantiles([4, 1, 3, 2], at: [0.5, 0.25, 0.3]) == [2.5, 1.5, 2])
    #expect(weightedQuantiles([7], at: [0.16, 0.84]) == [7, 7])
    #expect(weightedQuantiles([1, 2, 3], weights: [0, 1, 0], at: [0, 0.5, 1]) == [2, 2, 2])
    #expect(weightedQuantiles([10, 20], weights: [0.9, 0.1], at: [0.5, 0.95]) == [10, 20])
  }

  @Test func weightEqualsRepetition() {
    let repeated = weightedQuantiles([5, 5, 5, 1, 9, 9], at: [0.1, 0.16, 0.5, 0.6, 0.84])
    let weighted = weightedQuantiles(
      [5, 1, 9], weights: [3, 1, 2], at: [0.1, 0.16, 0.5, 0.6, 0.84])
    #expect(repeated == weighted)
  }

  /// Monte Carlo of uniform ranks: the band's exact coverage is what happens, and hardly above 95 %.
  @Test(arguments: [(20, 5), (50, 20), (100, 101), (200, 1000)])
  func simultaneousBandCovers(draws: Int, possibleRanks: Int) {
    let band = SimultaneousBand(draws: draws, possibleRanks: possibleRanks)
    #expect(band.coverage >= 0.95 && band.coverage < 0.98)
    var generator = TestGenerator(state: UInt64(draws))
    let trials = 20_000
    let inside = (0..<trials).count { _ in
      let ranks = (0..<draws).map { _ in Int.random(in: 0..<possibleRanks, using: &generator) }
      return band.contains(band.counts(of: ranks))
    }
    let error = (band.coverage * (1 - band.coverage) / Double(trials)).squareRoot()
    #expect(abs(Double(inside) / Double(trials) - band.coverage) < 4 * error)
  }

  /// With one threshold the band is the two-sided binomial interval: for 10 fair coins 2...8 holds
  /// 1 − 22/1024.
  @Test func bandWithOneThreshold() {
    let band = SimultaneousBand(draws: 10, possibleRanks: 2)
    #expect(band.lower == [2] && band.upper == [8])
    #expect(abs(band.coverage - (1 - 22.0 / 1024)) < 1e-12)
  }

  @Test func countsBelowThresholds() {
    let band = SimultaneousBand(draws: 4, possibleRanks: 4)
    #expect(band.thresholds == [1, 2, 3])
    #expect(band.counts(of: [0, 1, 1, 3]) == [1, 3, 3])
  }
}

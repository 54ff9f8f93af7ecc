import Foundation
import SparseModeling
import Testing

struct FalseAlarmProbabilityTests {
  /// W e⁻ᶻ √z and γ W (1 − p)^((N_K − 1)/2) (N_H p / 2)½ of Baluev (2008), table 1.
  @Test(arguments: [8.0, 12, 20, 30]) func isBaluevsForOneBand(z: Double) {
    let (width, variance) = (5.0, 400.0 * 400 / 12)
    let test = FalseAlarmProbability(width: width, timeVariances: [variance])
    let w = width * (4 * Double.pi * variance).squareRoot()
    let tau = w * exp(-z) * z.squareRoot()
    let expected = 1 - (1 - exp(-z)) * exp(-tau)
    #expect(abs(test.probability(drop: 2 * z) - expected) < 1e-9 * expected + 1e-15)

    let (before, degrees) = (100.0, 79)
    let share = 2 * z / before
    let gamma =
      (2.0 / 79).squareRoot() * exp(lgamma(39.5) - lgamma(39))
    let rate =
      gamma * w * pow(1 - share, 0.5 * 76) * (0.5 * 79 * share).squareRoot()
    let single = pow(1 - share, 0.5 * 77)
    let wanted = 1 - (1 - single) * exp(-rate)
    let found = test.probability(drop: 2 * z, before: before, degreesOfFreedom: degrees)
    #expect(abs(found - wanted) < 1e-9 * wanted + 1e-15)
  }

  @Test func manyPointsAreAsGoodAsKnownNoise() {
    let test = FalseAlarmProbability(width: 5, timeVariances: [1e4, 2e4], harmonics: 2)
    for (drop, modes) in [(40.0, 1), (60, 1), (90, 2), (120, 3)] {
      let known = test.probability(drop: drop, modes: modes)
      let scaled = test.probability(
        drop: drop, before: 1e8, degreesOfFreedom: 100_000_000, modes: modes)
      #expect(abs(scaled / known - 1) < 1e-4)
    }
  }

  /// With one band's times all alike its amplitudes do not turn: the mean of |n| over half of a sphere in
  /// four dimensions, E r₂ / E r₄ = (π/2)½ / (3/4 (2π)½) = 2/3.
  @Test func bandsOfDifferentSpan() {
    let alike = FalseAlarmProbability(width: 5, timeVariances: [1e4, 1e4])
    let one = FalseAlarmProbability(width: 5, timeVariances: [1e4, 1e-12])
    #expect(abs(one.independentFrequencies / alike.independentFrequencies - 2.0 / 3) < 1e-4)
  }

  @Test func fallsWithTheDropAndRisesWithTheRange() {
    let narrow = FalseAlarmProbability(width: 1, timeVariances: [1e4])
    let wide = FalseAlarmProbability(width: 10, timeVariances: [1e4])
    var last = [1.0, 1, 1]
    for drop in stride(from: 2.0, through: 98, by: 4) {
      let values = [
        narrow.probability(drop: drop), narrow.probability(drop: drop, modes: 2),
        narrow.probability(drop: drop, before: 100, degreesOfFreedom: 40, modes: 2),
      ]
      #expect(zip(values, last).allSatisfy { $0 <= $1 })
      #expect(narrow.probability(drop: drop) <= wide.probability(drop: drop))
      last = values
    }
    #expect(narrow.probability(drop: 0) == 1)
  }
}

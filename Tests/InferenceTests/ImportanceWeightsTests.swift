import Foundation
import Inference
import Probability
import Testing

@Suite struct ImportanceWeightsTests {
  /// Proposal N(0, σ²), target N(0, 1), σ > 1/√2: ESS/n → (E w)²/E w² = √(2σ² − 1)/σ².
  @Test(arguments: [1.0, 1.5, 3.0]) func gaussianEffectiveSampleSize(sigma: Double) {
    var stream = RandomStream(seed: 1, purpose: .posterior)
    let count = 100_000
    let samples = (0..<count).map { _ in sigma * stream.normal() }
    // Constants of either density cancel, however large.
    let weights = ImportanceWeights(
      logTarget: samples.map { -0.5 * $0 * $0 - 1e4 },
      logProposal: samples.map { -0.5 * $0 * $0 / (sigma * sigma) + 2e4 })
    let expected = (2 * sigma * sigma - 1).squareRoot() / (sigma * sigma)
    #expect(abs(weights.effectiveSampleSize / Double(count) / expected - 1) < 0.02)
    #expect(abs(weights.weights.reduce(0, +) - 1) < 1e-9)
    let variance = zip(weights.weights, samples).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    #expect(abs(variance - 1) < 0.03)
  }

  @Test func impossibleSamplesWeighNothing() {
    let weights = ImportanceWeights(
      logTarget: [0, -.infinity, .nan, 0], logProposal: [-1, -1, -1, -1])
    #expect(weights.weights == [0.5, 0, 0, 0.5])
    #expect(abs(weights.effectiveSampleSize - 2) < 1e-12)
  }

  @Test func nothingPossibleIsNoSample() {
    let weights = ImportanceWeights(
      logTarget: [-.infinity, .nan], logProposal: [0, 0])
    #expect(weights.weights == [0.5, 0.5] && weights.effectiveSampleSize == 0)
  }

  @Test func oneSampleTakesAll() {
    let weights = ImportanceWeights(logTarget: [0, 2_000, 0], logProposal: [0, 0, 0])
    #expect(weights.weights == [0, 1, 0] && weights.effectiveSampleSize == 1)
  }
}

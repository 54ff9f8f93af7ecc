import Foundation
import Inference
import Probability
import Testing

@Suite struct PosteriorSamplesTests {
  /// Standard normal samples in the plane: the region of credibility p is the disc of radius² −2 ln(1−p).
  private static let samples: PosteriorSamples = {
    var stream = RandomStream(seed: 4, purpose: .posterior)
    let pairs = (0..<100_000).map { _ in stream.normalPair() }
    return PosteriorSamples(
      names: ["a", "b"], columns: [pairs.map(\.0), pairs.map(\.1)],
      logDensity: pairs.map { -0.5 * ($0.0 * $0.0 + $0.1 * $0.1) - log(2 * .pi) })
  }()

  @Test(arguments: [0.1, 0.5, 0.68, 0.95]) func regionsOfANormalAreDiscs(credibility: Double) {
    let threshold = Self.samples.highestDensityThreshold(credibility)
    let radiusSquared = -2 * (threshold + log(2 * .pi))
    #expect(abs(exp(-0.5 * radiusSquared) - (1 - credibility)) < 5e-3)
    #expect(abs(Self.samples.credibility(ofLogDensity: threshold) - credibility) < 1e-4)
  }

  @Test func theWholeIsInsideTheLastRegion() {
    #expect(Self.samples.highestDensityThreshold(1) == Self.samples.logDensity.min())
    #expect(Self.samples.highestDensityThreshold(0) == Self.samples.logDensity.max())
    #expect(Self.samples.credibility(ofLogDensity: 0) < 1e-4)
    #expect(Self.samples.credibility(ofLogDensity: -100) > 0.9999)
  }
}

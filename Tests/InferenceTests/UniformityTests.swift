import Foundation
import Inference
import Probability
import Testing

@Suite struct UniformityTests {
  /// Kolmogorov's distribution at its tabulated points (Smirnov 1948, Ann. Math. Stat. 19, 279).
  @Test(arguments: [(0.5, 0.963945), (0.83, 0.496329), (1.0, 0.270000), (1.36, 0.049486)])
  func tailIsKolmogorovs(lambda: Double, expected: Double) {
    // A shift of an even grid of many values has exactly this distance.
    let count = 1_000_000
    let root = Double(count).squareRoot()
    let shift = lambda / (root + 0.12 + 0.11 / root)
    let values = (1...count).map { (Double($0) / Double(count)) * (1 - shift) }
    let test = Uniformity(values)
    #expect(abs(test.distance - shift) < 2e-6)
    #expect(abs(test.pValue - expected) < 2e-3)
  }

  @Test func uniformValuesHaveUniformProbabilities() {
    var stream = RandomStream(seed: 1, purpose: .simulation)
    let values = (0..<2_000).map { _ in
      Uniformity((0..<50).map { _ in stream.uniform() }).pValue
    }
    #expect(Uniformity(values).pValue > 1e-3)
  }

  @Test func oneValueAndExtremes() {
    #expect(Uniformity([0.5]).distance == 0.5)
    #expect(Uniformity([0, 0, 0]).distance == 1)
    #expect(Uniformity([Double](repeating: 1, count: 100)).pValue < 1e-12)
  }
}

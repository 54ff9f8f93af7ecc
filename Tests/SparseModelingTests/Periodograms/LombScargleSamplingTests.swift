import Foundation
import Probability
import SparseModeling
import Testing

@Suite struct LombScargleSamplingTests {
  /// Every third or so of evenly spaced times is missing.
  @Test(arguments: [1.0, 0.020_432, 29.4 / 1440]) func evenTimes(step: Double) throws {
    var stream = RandomStream(seed: 31, purpose: .simulation, index: 0)
    let times = (0..<3_000).filter { _ in Int.random(in: 0..<3, using: &stream) > 0 }
      .map { 2_454_833.25 + step * Double($0) }
    let limit = SamplingLimit(times: times.shuffled(using: &stream))
    let nyquist = try #require(limit.pseudoNyquist)
    #expect(abs(nyquist * 2 * step - 1) < 1e-6)
    #expect(limit.suggested <= nyquist)
    let inside = FrequencyGrid(first: 0, step: nyquist / 1000, count: 999)
    #expect(limit.warning(for: inside) == nil)
    let beyond = FrequencyGrid(first: 0, step: nyquist / 1000, count: 1_100)
    let warning = try #require(limit.warning(for: beyond))
    #expect(!warning.contains("\n"))
  }

  /// Eyer and Bartholdi's case: spacings of 3 and 5 have the step 1.
  @Test func stepIsTheCommonDivisor() throws {
    let times = [0, 3, 8, 11, 16, 19, 24.0]
    #expect(try #require(SamplingLimit(times: times).pseudoNyquist) == 0.5)
  }

  @Test func unevenTimesHaveNoStep() {
    var stream = RandomStream(seed: 32, purpose: .simulation, index: 0)
    let times = (0..<500).map { _ in 2_455_000 + Double.random(in: 0...1000, using: &stream) }
    let limit = SamplingLimit(times: times)
    #expect(limit.pseudoNyquist == nil)
    #expect(limit.warning(for: FrequencyGrid(first: 0, step: 1, count: 1_000_000)) == nil)
    // More than the average spacing's Nyquist frequency, a quarter a day.
    #expect(limit.suggested > 0.25)
  }
}

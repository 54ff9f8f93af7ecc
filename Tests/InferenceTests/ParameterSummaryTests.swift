import ArrayFiles
import Foundation
import Inference
import Probability
import Testing

@Suite struct ParameterSummaryTests {
  @Test func evenlySpacedValues() {
    // Midpoint rule: the quantile p of 1…n is n p + 1/2.
    let summary = ParameterSummary("x", (1...1_000).map(Double.init).shuffled(), weights: nil)
    let found = [summary.median, summary.p16, summary.p84, summary.lower95, summary.upper95]
    for (value, level) in zip(found, [0.5, 0.16, 0.84, 0.025, 0.975]) {
      #expect(abs(value - (1_000 * level + 0.5)) < 1e-6)
    }
    #expect(abs(summary.standardDeviation - ((1e6 - 1) / 12).squareRoot()) < 1e-6)
  }

  @Test func normalSample() {
    var stream = RandomStream(seed: 2, purpose: .posterior)
    let values = (0..<100_000).map { _ in 3 + 2 * stream.normal() }
    let summary = ParameterSummary("x", values, weights: nil)
    // Φ⁻¹(0.84) and Φ⁻¹(0.975).
    #expect(abs(summary.median - 3) < 0.03)
    #expect(abs(summary.p84 - (3 + 2 * 0.994_458)) < 0.04)
    #expect(abs(summary.p16 - (3 - 2 * 0.994_458)) < 0.04)
    #expect(abs(summary.upper95 - (3 + 2 * 1.959_964)) < 0.06)
    #expect(abs(summary.lower95 - (3 - 2 * 1.959_964)) < 0.06)
    #expect(abs(summary.standardDeviation - 2) < 0.03)
  }

  /// Uniform values with weights exp(−x) are an exponential law.
  @Test func weightsCount() {
    let count = 200_000
    let values = (0..<count).map { 20 * (Double($0) + 0.5) / Double(count) }
    let summary = ParameterSummary("x", values, weights: values.map { 7 * exp(-$0) })
    #expect(abs(summary.median - log(2)) < 1e-3)
    #expect(abs(summary.p84 + log(0.16)) < 1e-3)
    #expect(abs(summary.lower95 + log(0.975)) < 1e-3)
    #expect(abs(summary.standardDeviation - 1) < 1e-3)
  }

  @Test func oneValue() {
    let summary = ParameterSummary("x", [4], weights: nil)
    #expect(summary.median == 4 && summary.p16 == 4 && summary.upper95 == 4)
    #expect(summary.standardDeviation == 0)
  }

  /// Values without weight change nothing.
  @Test func weightlessValuesDoNotCount() {
    let some = ParameterSummary("x", [1, 2, 5], weights: [0.2, 0.5, 0.3])
    let more = ParameterSummary(
      "x", [-1e6, 1, 1.5, 2, 5, 1e6], weights: [0, 0.2, 0, 0.5, 0.3, 0])
    #expect(some == more)
  }

  @Test func survivesItsFile() throws {
    try withTemporaryFolder { folder in
      let summary = ParameterSummary("t_E", [1, 2, 5], weights: nil)
      try JSONFile.write(summary, to: "\(folder)/s.json")
      #expect(try JSONFile.read(ParameterSummary.self, "\(folder)/s.json") == summary)
      let text = String(decoding: try bytes("\(folder)/s.json"), as: UTF8.self)
      #expect(text.contains("\"p2.5\"") && text.contains("\"standard_deviation\""))
    }
  }
}

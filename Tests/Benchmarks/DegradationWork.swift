import BinaryPulsar
import Foundation
import Probability
import Surrogates

/// Degradation factors of random pulsars by the bundled surrogate, from parameters to values with error bars, and
/// exactly.
enum DegradationWork {
  private static let name = "degradation-line"
  private static let factors: [DegradationFactor] = [.gamma1Line, .gamma2Line, .gamma3Line]
  private static let (rows, exactRows) = (100_000, 2_000)

  /// As those that the surrogate has learnt from.
  private static func pulsars() -> [[Double]] {
    var (index, found) = (UInt64(0), [[Double]]())
    while found.count < rows {
      var stream = RandomStream(seed: 1, purpose: .predictive, index: index)
      index += 1
      func draw(_ low: Double, _ high: Double) -> Double { low + (high - low) * stream.uniform() }
      let pulsar = [
        draw(0.5, 4.5).rounded(), exp(draw(log(30), log(3600))), draw(1.2, 2), draw(0.1, 3),
        exp(draw(log(2e-3), 0)), draw(0, 360), acos(draw(0, 1)) * 180 / .pi, draw(0, 0.8),
        exp(draw(log(0.01), log(2))), draw(0, 360),
      ]
      if let cycles = try? DegradationSimulator.dopplerCycles(of: pulsar),
        (0.05...100).contains(cycles)
      {
        found.append(pulsar)
      }
    }
    return found
  }

  static func measure() throws {
    let model = try SurrogateModel.read(
      URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Experiments/data/pulsars/degradation").standardizedFileURL.path)
    precondition(model.outputNames == factors.map(\.rawValue))
    let pulsars = pulsars()
    let (seconds, predicted) = try medianSeconds {
      // In blocks that stay in cache, as an experiment's population.
      try stride(from: 0, to: rows, by: 1_000).flatMap { start in
        model.predict(
          DegradationFeatures.features(
            of: pulsars[start..<start + 1_000].flatMap(\.self), for: factors)
        ).prediction.mean
      }
    }
    let (exactSeconds, exact) = try medianSeconds(patience: 0) {
      try pulsars.prefix(exactRows).flatMap { pulsar in
        let degradation = try DegradationSimulator.degradation(of: pulsar)
        return factors.map { degradation.value(of: $0) }
      }
    }
    let differences = zip(predicted, exact).map { abs($0 - $1) }.sorted()
    try Measurement(
      name, setting: "surrogate", seconds: seconds, units: rows,
      details: [
        "median": differences[differences.count / 2],
        "p99": differences[differences.count * 99 / 100],
      ]
    ).printLine()
    try Measurement(name, setting: "exact", seconds: exactSeconds, units: exactRows).printLine()
  }
}

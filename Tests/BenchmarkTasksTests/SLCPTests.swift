import BenchmarkTasks
import Foundation
import Probability
import Testing

@Suite struct SLCPTests {
  /// Mean, deviations and correlation of many draws are those that the definition names.
  @Test(arguments: [[0.5, -1, 0.8, 1.2, 0.6], [-2, 2, -1.5, 0.4, -1.0]])
  func momentsAreThoseOfTheDefinition(theta: [Double]) throws {
    let repeats = 20_000
    var draws: [(x: Double, y: Double)] = []
    for index in 0..<repeats {
      var stream = RandomStream(seed: 1, purpose: .simulation, index: UInt64(index))
      var signal = [Float](repeating: 0, count: 8)
      try signal.withUnsafeMutableBufferPointer { buffer throws(SimulationFailure) in
        try SLCP().signal(of: theta, into: buffer, using: &stream)
      }
      for k in 0..<4 { draws.append((Double(signal[2 * k]), Double(signal[2 * k + 1]))) }
    }
    let count = Double(draws.count)
    func mean(_ value: ((x: Double, y: Double)) -> Double) -> Double {
      draws.reduce(0) { $0 + value($1) } / count
    }
    let (mx, my) = (mean { $0.x }, mean { $0.y })
    let (sx, sy) = (theta[2] * theta[2], theta[3] * theta[3])
    #expect(abs(mx - theta[0]) < 5 * sx / count.squareRoot())
    #expect(abs(my - theta[1]) < 5 * sy / count.squareRoot())
    let vx = mean { ($0.x - mx) * ($0.x - mx) }
    let vy = mean { ($0.y - my) * ($0.y - my) }
    let cross = mean { ($0.x - mx) * ($0.y - my) }
    // The relative error of a variance is √(2/n).
    #expect(abs(vx / (sx * sx) - 1) < 5 * (2 / count).squareRoot())
    #expect(abs(vy / (sy * sy) - 1) < 5 * (2 / count).squareRoot())
    #expect(abs(cross / (vx * vy).squareRoot() - tanh(theta[4])) < 5 / count.squareRoot())
  }
}

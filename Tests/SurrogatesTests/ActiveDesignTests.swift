import Foundation
import Probability
import Surrogates
import Testing

@Suite struct ActiveDesignTests {
  private func order(
    _ variances: [Double], chances: [Double]? = nil, power: Double, trial: Int
  ) -> [Int] {
    var design = ActiveDesign()
    design.power = power
    var stream = RandomStream(seed: 5, purpose: .design, index: UInt64(trial))
    return design.order(
      variances: variances, chances: chances ?? variances.map { _ in 1 },
      uniforms: variances.map { _ in stream.uniform() })
  }

  /// Drawing without replacement: the first two come as w_i / W · w_j / (W − w_i), by χ² with eleven degrees of
  /// freedom, which chance takes beyond 45 once in 200,000 times.
  @Test(arguments: [0.0, 0.5, 1, 2])
  func batchesAreDrawnWithoutReplacement(power: Double) {
    let variances = [0.5, 1, 2, 4]
    let chances = [1, 0.8, 1, 0.3]
    let weights = zip(variances, chances).map { pow($0, power) * $1 }
    let total = weights.reduce(0, +)
    let trials = 20_000
    var counts = [[Int]](repeating: [0, 0, 0, 0], count: 4)
    for trial in 0..<trials {
      let order = order(variances, chances: chances, power: power, trial: trial)
      counts[order[0]][order[1]] += 1
    }
    var chiSquared = 0.0
    for i in 0..<4 {
      #expect(counts[i][i] == 0)
      for j in 0..<4 where j != i {
        let expected = Double(trials) * weights[i] / total * weights[j] / (total - weights[i])
        let difference = Double(counts[i][j]) - expected
        chiSquared += difference * difference / expected
      }
    }
    #expect(chiSquared < 45)
  }

  /// Whatever the variances are, nothing is taken twice or forgotten; what the surrogate is sure of comes last.
  @Test func ordersAreComplete() {
    let variances = [0, 1e-300, 3, 0, 1e300, 3]
    for power in [0.0, 1, 10] {
      let order = order(variances, power: power, trial: 1)
      #expect(order.sorted() == Array(0..<6))
    }
    #expect(Set(order(variances, power: 1, trial: 2).suffix(3)) == [0, 1, 3])
    #expect(order(variances, power: 1, trial: 2)[0] == 4)
    // Where nothing is answered nothing is tried, as long as there is anything else.
    #expect(order([1, 1, 9], chances: [1, 1, 0], power: 1, trial: 3).last == 2)
  }
}

import Foundation
import Probability
import Testing

@Suite struct RandomNumbersTests {
  private struct Constant: RandomNumberGenerator {
    let value: UInt64
    func next() -> UInt64 { value }
  }

  @Test func uniformNeverTouchesItsEnds() {
    var lowest = Constant(value: 0)
    var highest = Constant(value: .max)
    #expect(lowest.uniform() > 0)
    #expect(highest.uniform() < 1)
    #expect(lowest.normal().isFinite && highest.normal().isFinite)
  }

  @Test func normalPairFollowsTheNormalLaw() {
    var stream = RandomStream(seed: 3, purpose: .noise)
    var first: [Double] = []
    var second: [Double] = []
    for _ in 0..<20_000 {
      let pair = stream.normalPair()
      first.append(pair.0)
      second.append(pair.1)
    }
    let law: (Double) -> Double = { 0.5 * erfc(-$0 / 2.0.squareRoot()) }
    #expect(kolmogorovSmirnov(first, law) < kolmogorovSmirnovLimit(first.count))
    #expect(kolmogorovSmirnov(second, law) < kolmogorovSmirnovLimit(second.count))
    let correlation =
      zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } / Double(first.count)
    #expect(abs(correlation) < 4 / Double(first.count).squareRoot())
  }

  /// Pearson's chi-square over the counts with an expectation above ten.
  @Test(arguments: [0.0, 0.3, 4, 60]) func poissonFollowsItsLaw(mean: Double) {
    var stream = RandomStream(seed: 4, purpose: .noise)
    let total = 20_000
    var observed: [Int: Int] = [:]
    for _ in 0..<total { observed[stream.poisson(mean: mean), default: 0] += 1 }
    guard mean > 0 else {
      #expect(observed == [0: total])
      return
    }
    var (chiSquare, cells) = (0.0, 0)
    for count in 0..<200 {
      let probability = exp(Double(count) * log(mean) - mean - lgamma(Double(count) + 1))
      let expected = probability * Double(total)
      guard expected > 10 else { continue }
      let difference = Double(observed[count] ?? 0) - expected
      chiSquare += difference * difference / expected
      cells += 1
    }
    #expect(cells >= 3)
    #expect(chiSquare < Double(cells) + 4 * (2 * Double(cells)).squareRoot())
  }
}

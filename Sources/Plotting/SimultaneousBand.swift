import Foundation

/// A band that the empirical distribution function of uniform ranks stays inside, as a whole curve,
/// with a given probability.
///
/// The pointwise binomial intervals are widened until the exact probability that the counts stay
/// inside all of them, a forward recursion over the evaluation points, reaches the level.
/// Reference: Säilynoja, Bürkner & Vehtari (2022), Statistics and Computing 32, 32,
/// doi:10.1007/s11222-022-10090-6, section 2.2 and algorithm 2.
public struct SimultaneousBand: Sendable {
  /// Ranks are compared as rank < threshold; each in 1..<`possibleRanks`, increasing.
  public let thresholds: [Int]
  /// Smallest and largest number of ranks below each threshold that lie in the band.
  public let lower: [Int]
  public let upper: [Int]
  /// The exact probability that all counts lie in the band; at least the level, as counts are whole.
  public let coverage: Double

  /// - Parameters:
  ///   - draws: number of ranks.
  ///   - possibleRanks: ranks are uniform on 0..<`possibleRanks`.
  ///   - level: probability wanted.
  ///   - maximumPoints: at most so many evaluation points; a hundred resolve any curve on paper.
  /// - Complexity: O(points · draws) for each of about fifteen trial widths.
  public init(draws: Int, possibleRanks: Int, level: Double = 0.95, maximumPoints: Int = 100) {
    precondition(draws > 0 && possibleRanks > 1 && level > 0 && level < 1 && maximumPoints > 0)
    let points = min(possibleRanks - 1, maximumPoints)
    let thresholds = (1...points).map { $0 * possibleRanks / (points + 1) }
    let chances = thresholds.map { Double($0) / Double(possibleRanks) }
    let binomial = Binomial(trials: draws)

    func band(tail: Double) -> (lower: [Int], upper: [Int], coverage: Double) {
      let bounds = chances.map {
        binomial.quantiles(lower: tail / 2, upper: 1 - tail / 2, chance: $0)
      }
      let (lower, upper) = (bounds.map(\.lower), bounds.map(\.upper))
      let coverage = Self.coverage(
        lower: lower, upper: upper, chances: chances, binomial: binomial)
      return (lower, upper, coverage)
    }
    // By Bonferroni the smallest tail surely covers; the largest is the pointwise band.
    var small = (1 - level) / Double(points)
    var large = 1 - level
    var best = band(tail: small)
    while large / small > 1.01 {
      let middle = (small * large).squareRoot()
      let trial = band(tail: middle)
      if trial.coverage >= level {
        (small, best) = (middle, trial)
      } else {
        large = middle
      }
    }
    self.thresholds = thresholds
    (lower, upper, coverage) = best
  }

  /// Whether `counts`, the number of ranks below each threshold, stay inside.
  public func contains(_ counts: [Int]) -> Bool {
    precondition(counts.count == thresholds.count)
    return counts.indices.allSatisfy { (lower[$0]...upper[$0]).contains(counts[$0]) }
  }

  /// Number of `ranks` below each threshold. Complexity: O(*n* log points).
  public func counts(of ranks: [Int]) -> [Int] {
    var increments = [Int](repeating: 0, count: thresholds.count + 1)
    for rank in ranks {
      var (low, high) = (0, thresholds.count)
      while low < high {
        let middle = (low + high) / 2
        if rank < thresholds[middle] { high = middle } else { low = middle + 1 }
      }
      increments[low] += 1
    }
    var total = 0
    return increments.dropLast().map {
      total += $0
      return total
    }
  }

  /// P(lower ≤ counts ≤ upper at all points): the counts are a Markov chain with binomial steps.
  private static func coverage(
    lower: [Int], upper: [Int], chances: [Double], binomial: Binomial
  ) -> Double {
    let draws = binomial.trials
    var state = [1.0]
    var first = 0
    var previous = 0.0
    for index in chances.indices {
      let chance = (chances[index] - previous) / (1 - previous)
      var next = [Double](repeating: 0, count: upper[index] - lower[index] + 1)
      for (step, mass) in state.enumerated() where mass > 1e-300 {
        let count = first + step
        let left = draws - count
        // Beyond ten standard deviations a step adds nothing that a double can show.
        let mean = Double(left) * chance
        let reach = 10 * (mean * (1 - chance)).squareRoot() + 10
        let from = max(lower[index], count, count + Int(mean - reach))
        let to = min(upper[index], draws, count + Int(mean + reach))
        for target in stride(from: from, through: to, by: 1) {
          next[target - lower[index]] +=
            mass * binomial.probability(of: target - count, trials: left, chance: chance)
        }
      }
      (state, first, previous) = (next, lower[index], chances[index])
    }
    return state.reduce(0, +)
  }
}

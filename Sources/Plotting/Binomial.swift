import Foundation

/// The binomial distribution, with the logarithms of factorials tabulated once.
struct Binomial {
  let trials: Int
  private let logFactorials: [Double]

  init(trials: Int) {
    precondition(trials >= 0)
    self.trials = trials
    var table = [0.0]
    table.reserveCapacity(trials + 1)
    for k in stride(from: 1, through: trials, by: 1) { table.append(table[k - 1] + log(Double(k))) }
    logFactorials = table
  }

  /// P(X = k) for `count` of the trials, `count` ≤ `trials`.
  func probability(of k: Int, trials count: Int, chance: Double) -> Double {
    if k < 0 || k > count { return 0 }
    if chance <= 0 { return k == 0 ? 1 : 0 }
    if chance >= 1 { return k == count ? 1 : 0 }
    let combinations = logFactorials[count] - logFactorials[k] - logFactorials[count - k]
    return exp(combinations + Double(k) * log(chance) + Double(count - k) * log1p(-chance))
  }

  /// The smallest *k* with P(X ≤ k) ≥ `lower`, and with P(X ≤ k) ≥ `upper`.
  /// - Complexity: O(trials).
  func quantiles(lower: Double, upper: Double, chance: Double) -> (lower: Int, upper: Int) {
    var cumulative = 0.0
    var first: Int?
    for k in 0...trials {
      cumulative += probability(of: k, trials: trials, chance: chance)
      if first == nil, cumulative >= lower { first = k }
      if cumulative >= upper { return (first ?? k, k) }
    }
    return (first ?? trials, trials)
  }
}

import Foundation

/// Weights of an ensemble's members by their densities of validation data: stacking of predictive
/// distributions.
///
/// Reference: Yao, Vehtari, Simpson & Gelman (2018), Bayesian Analysis 13, 917, eq. 4.
public enum EnsembleWeights {
  /// The weights that maximise Σ ln Σ w q over the validation rows, by expectation maximisation.
  ///
  /// - Parameter logDensities: ln q `[members][rows]`.
  /// - Complexity: O(members · rows) per iteration, at most 1,000.
  public static func stacked(_ logDensities: [[Double]]) -> [Double] {
    let members = logDensities.count
    var weights = [Double](repeating: 1 / Double(members), count: members)
    guard members > 1, let rows = logDensities.first?.count, rows > 0 else { return weights }
    // Densities relative to the row's largest, so that none underflows.
    let relative = (0..<rows).map { row in
      let values = logDensities.map { $0[row] }
      let largest = values.max()!
      return values.map { exp($0 - largest) }
    }
    for _ in 0..<1_000 {
      var updated = [Double](repeating: 0, count: members)
      for row in relative {
        let total = zip(weights, row).reduce(0) { $0 + $1.0 * $1.1 }
        for member in 0..<members { updated[member] += weights[member] * row[member] / total }
      }
      for member in 0..<members { updated[member] /= Double(rows) }
      let change = zip(weights, updated).map { abs($0 - $1) }.max()!
      weights = updated
      if change < 1e-6 { break }
    }
    return weights
  }

  /// ln Σ w exp(ln q)
  static func logMixture(_ logDensities: [Double], _ weights: [Double]) -> Double {
    let terms = zip(logDensities, weights).map { $0 + log($1) }
    let largest = terms.max()!
    guard largest.isFinite else { return largest }
    return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
  }
}

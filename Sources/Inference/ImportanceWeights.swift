import Foundation

/// Self-normalised importance weights that turn samples of q into samples of the exact posterior.
public struct ImportanceWeights: Sendable {
  /// Σ = 1; all equal where the exact density is zero everywhere.
  public let weights: [Double]
  /// (Σ w)² / Σ w²: the number of independent samples the weighted ones are worth.
  ///
  /// Reference: Kong, Liu & Wong (1994), JASA 89, 278.
  public let effectiveSampleSize: Double

  /// From ln of the unnormalised exact density and ln q of each sample.
  public init(logTarget: [Double], logProposal: [Double]) {
    precondition(logTarget.count == logProposal.count && !logTarget.isEmpty)
    let logWeights = zip(logTarget, logProposal).map { target, proposal in
      target.isFinite && proposal.isFinite ? target - proposal : -Double.infinity
    }
    let largest = logWeights.max()!
    guard largest.isFinite else {
      weights = logWeights.map { _ in 1 / Double(logWeights.count) }
      effectiveSampleSize = 0
      return
    }
    let unnormalized = logWeights.map { exp($0 - largest) }
    let sum = unnormalized.reduce(0, +)
    let normalized = unnormalized.map { $0 / sum }
    weights = normalized
    effectiveSampleSize = 1 / normalized.reduce(0) { $0 + $1 * $1 }
  }
}

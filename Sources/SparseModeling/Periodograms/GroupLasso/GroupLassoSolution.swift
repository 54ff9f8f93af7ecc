/// The minimum of ½‖y − Xβ‖² + λ Σ‖β_g‖ for one λ.
public struct GroupLassoSolution: Sendable {
  /// λ
  public let penalty: Double
  /// The groups that are not 0, ascending.
  public let groups: [Int]
  public let groupSize: Int
  /// β of these groups, `[groups, size]`.
  public let coefficients: [Double]
  /// ‖β_g‖ of these groups.
  public let norms: [Double]
  /// y − Xβ
  public let residual: [Double]
  public let objective: Double
  /// A bound on (P(β) − P(β*))/P(β) by duality.
  public let relativeGap: Double
  /// Whether the gap is what was asked for; rounding can forbid it.
  public let isConverged: Bool
  /// Rounds of certificates and their working sets.
  public let rounds: Int
  public let newtonSteps: Int
}

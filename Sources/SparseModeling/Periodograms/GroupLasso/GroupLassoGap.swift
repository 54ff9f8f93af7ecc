/// How far from the minimum P(β*) of ½‖y − Xβ‖² + λ Σ‖β_g‖ some β is at most.
///
/// The residual r, shortened so that no group's certificate exceeds λ, is feasible in the dual problem,
/// max ½‖y‖² − ½‖y − ρ‖² over ‖X_gᵀ ρ‖ ≤ λ.
struct GroupLassoGap {
  let objective: Double
  /// P(β) − D(ρ), not negative.
  let absolute: Double
  /// ρ = `scale` · r
  let scale: Double

  /// (P − D)/P
  var relative: Double { objective > 0 ? absolute / objective : 0 }

  /// - Parameters:
  ///   - residualSquare: ‖r‖².
  ///   - responseProduct: y·r.
  ///   - penaltyTerm: λ Σ‖β_g‖.
  ///   - excess: the largest certificate over λ.
  init(
    residualSquare: Double, responseProduct: Double, penaltyTerm: Double, excess: Double
  ) {
    objective = residualSquare / 2 + penaltyTerm
    // The best multiple of r, if that is feasible.
    let best = residualSquare > 0 ? max(0, responseProduct / residualSquare) : 0
    scale = min(1 / max(excess, 1e-300), best)
    let dual = scale * responseProduct - scale * scale * residualSquare / 2
    absolute = max(0, objective - dual)
  }
}

import Numerics

/// How far the closure quantities of a model are from those measured, with their full covariance.
///
/// χ² = Σ rᵀ C⁻¹ r over all times and channels, where r are differences from the model, of phases in
/// -π to π. It has no dependence on the stations' gains or phases, measured or modelled.
///
/// Reference: Blackburn et al. (2020), ApJ 894, 31.
public struct ClosureChiSquared: Sendable {
  public let closures: ClosureQuantities
  /// Of each group's covariance.
  private let factors: [CovarianceFactor]

  /// - Parameter closures: independent ones; the covariance of others has no inverse.
  /// - Complexity: O(Σ *n*³) over the groups.
  public init(_ closures: ClosureQuantities) {
    self.closures = closures
    factors = closures.groups.map {
      CovarianceFactor(closures.covariance(of: $0), size: $0.elements.count)
    }
  }

  /// χ² of model visibilities, whose gradient is added to another.
  ///
  /// - Parameters:
  ///   - model: at the places of the set's visibilities, `[visibilities]`, none of them zero.
  ///   - gradient: of it, ∂χ²/∂Re V + i ∂χ²/∂Im V of each, `[visibilities]`.
  /// - Complexity: O(Σ *n*²).
  public func value(
    of model: [Complex<Double>], addingGradientTo gradient: inout [Complex<Double>]
  ) -> Double {
    precondition(model.count == closures.relativeVariances.count && gradient.count == model.count)
    var total = 0.0
    for (group, factor) in zip(closures.groups, factors) {
      let members = closures.elements[group.elements]
      let residuals = members.map {
        closures.kind.wrapped(closures.kind.value(of: $0, from: model) - $0.value)
      }
      let weighted = factor.solve(residuals)
      for (element, (residual, weight)) in zip(members, zip(residuals, weighted)) {
        total += residual * weight
        for k in 0..<4 where element.signs[k] != 0 {
          let v = model[element.visibilities[k]]
          // d arg V = Re(conj(iV) dV) / |V|², d ln|V| = Re(conj(V) dV) / |V|².
          let direction = closures.kind == .phase ? Complex(-v.imaginary, v.real) : v
          gradient[element.visibilities[k]] += direction.multiplied(
            by: 2 * weight * element.signs[k] / v.lengthSquared)
        }
      }
    }
    return total
  }

  public func value(of model: [Complex<Double>]) -> Double {
    var gradient = [Complex<Double>](repeating: .zero, count: model.count)
    return value(of: model, addingGradientTo: &gradient)
  }
}

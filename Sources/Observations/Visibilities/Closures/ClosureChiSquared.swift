import Numerics

/// How far the closure quantities of a model are from those measured, with their full covariance.
///
/// χ² = Σ rᵀ C⁻¹ r over all times and channels, where r are differences from the model, of phases in
/// -π to π. It has no dependence on the stations' gains or phases, measured or modelled.
///
/// Reference: Blackburn et al. (2020), ApJ 894, 31.
public struct ClosureChiSquared: Sendable {
  public let closures: ClosureQuantities
  /// Lower Cholesky factor of each group's covariance, `[n, n]`.
  private let factors: [[Double]]

  /// - Parameter closures: independent ones; the covariance of others has no inverse.
  /// - Complexity: O(Σ *n*³) over the groups.
  public init(_ closures: ClosureQuantities) {
    self.closures = closures
    factors = closures.groups.map { group in
      var matrix = closures.covariance(of: group)
      choleskyFactorize(&matrix, size: group.elements.count)
      return matrix
    }
  }

  /// χ² of model visibilities, and its gradient if wanted.
  ///
  /// - Parameters:
  ///   - model: at the places of the set's visibilities, `[visibilities]`, none of them zero.
  ///   - gradient: becomes ∂χ²/∂Re V + i ∂χ²/∂Im V of each, `[visibilities]`.
  /// - Complexity: O(Σ *n*²).
  public func value(
    of model: [Complex<Double>], gradient: inout [Complex<Double>]
  ) -> Double {
    precondition(model.count == closures.relativeVariances.count)
    gradient = [Complex<Double>](repeating: .zero, count: model.count)
    var total = 0.0
    for (group, factor) in zip(closures.groups, factors) {
      let members = closures.elements[group.elements]
      let residuals = members.map {
        closures.kind.wrapped(closures.kind.value(of: $0, from: model) - $0.value)
      }
      let weighted = choleskySolve(factor, residuals)
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
    var gradient: [Complex<Double>] = []
    return value(of: model, gradient: &gradient)
  }
}

/// Overwrites the lower triangle of a positive definite matrix by its Cholesky factor.
private func choleskyFactorize(_ matrix: inout [Double], size n: Int) {
  for j in 0..<n {
    for i in j..<n {
      var sum = matrix[i * n + j]
      for k in 0..<j { sum -= matrix[i * n + k] * matrix[j * n + k] }
      if i == j {
        precondition(sum > 0, "closure quantities that depend on each other")
        matrix[j * n + j] = sum.squareRoot()
      } else {
        matrix[i * n + j] = sum / matrix[j * n + j]
      }
    }
  }
}

private func choleskySolve(_ factor: [Double], _ right: [Double]) -> [Double] {
  let n = right.count
  var x = right
  for i in 0..<n {
    for k in 0..<i { x[i] -= factor[i * n + k] * x[k] }
    x[i] /= factor[i * n + i]
  }
  for i in (0..<n).reversed() {
    for k in i + 1..<max(n, i + 1) { x[i] -= factor[k * n + i] * x[k] }
    x[i] /= factor[i * n + i]
  }
  return x
}

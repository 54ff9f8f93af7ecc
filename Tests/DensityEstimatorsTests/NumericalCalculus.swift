import Probability

/// The derivative at 0 of a smooth function computed in single precision: central differences with
/// large steps, whose error of second order is extrapolated away.
func richardson(_ function: (Double) -> Double) -> Double {
  let step = 0.02
  let wide = (function(step) - function(-step)) / (2 * step)
  let narrow = (function(step / 2) - function(-step / 2)) / step
  return (4 * narrow - wide) / 3
}

/// dT_i/du_j `[i][j]` of an estimator's transform.
func jacobian(
  of model: WeightedEstimator, at u: [Double], context: [Double]
) -> [[Double]] {
  let columns = u.indices.map { j in
    u.indices.map { i in
      richardson { step in
        var moved = u
        moved[j] += step
        return model.transform([moved], context: [context]).z[0][i]
      }
    }
  }
  return u.indices.map { i in u.indices.map { j in columns[j][i] } }
}

/// By Gaussian elimination with partial pivots.
func determinant(_ matrix: [[Double]]) -> Double {
  var (a, result) = (matrix, 1.0)
  for k in a.indices {
    let pivot = (k..<a.count).max { abs(a[$0][k]) < abs(a[$1][k]) }!
    if pivot != k {
      a.swapAt(pivot, k)
      result = -result
    }
    result *= a[k][k]
    guard a[k][k] != 0 else { return 0 }
    for i in (k + 1)..<max(a.count, k + 1) {
      let factor = a[i][k] / a[k][k]
      for j in k..<a.count { a[i][j] -= factor * a[k][j] }
    }
  }
  return result
}

enum RandomStreamSource {
  static var initialization: RandomStream { RandomStream(seed: 99, purpose: .initialization) }
}

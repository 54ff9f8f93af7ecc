/// The Cholesky factor of the covariance of a few quantities.
struct CovarianceFactor: Sendable {
  private let size: Int
  /// Lower triangle, `[size, size]`.
  private let elements: [Double]

  /// - Parameter covariance: positive definite, `[size, size]`; its lower triangle is read.
  /// - Complexity: O(*size*³).
  init(_ covariance: [Double], size n: Int) {
    precondition(covariance.count == n * n)
    var matrix = covariance
    for j in 0..<n {
      for i in j..<n {
        var sum = matrix[i * n + j]
        for k in 0..<j { sum -= matrix[i * n + k] * matrix[j * n + k] }
        if i == j {
          precondition(sum > 0, "quantities that depend on each other")
          matrix[j * n + j] = sum.squareRoot()
        } else {
          matrix[i * n + j] = sum / matrix[j * n + j]
        }
      }
    }
    (size, elements) = (n, matrix)
  }

  /// C⁻¹ r.
  /// - Complexity: O(*size*²).
  func solve(_ right: [Double]) -> [Double] {
    let n = size
    var x = right
    for i in 0..<n {
      for k in 0..<i { x[i] -= elements[i * n + k] * x[k] }
      x[i] /= elements[i * n + i]
    }
    for i in (0..<n).reversed() {
      for k in i + 1..<max(n, i + 1) { x[i] -= elements[k * n + i] * x[k] }
      x[i] /= elements[i * n + i]
    }
    return x
  }
}

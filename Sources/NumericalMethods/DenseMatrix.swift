import COpenBLAS

/// Products and factors of dense matrices by OpenBLAS, row by row in memory, on one thread: callers
/// share work among threads by systems, which changes no bit.
public enum DenseMatrix {
  /// OpenBLAS would take every core, and its sums would follow their number.
  static let isSerial: Void = openblas_set_num_threads(1)

  /// A Bᵀ, `[m, n]`, of `a` `[m, k]` and `b` `[n, k]`.
  ///
  /// Complexity: O(m n k).
  public static func productTransposed(
    _ a: [Double], _ b: [Double], m: Int, n: Int, k: Int
  ) -> [Double] {
    precondition(a.count == m * k && b.count == n * k && m > 0 && n > 0 && k > 0)
    _ = isSerial
    var product = [Double](repeating: 0, count: m * n)
    // Column by column, as BLAS reads memory, everything is its own transpose.
    var (rows, columns, inner) = (Int32(n), Int32(m), Int32(k))
    var (one, zero) = (1.0, 0.0)
    dgemm_("T", "N", &rows, &columns, &inner, &one, b, &inner, a, &inner, &zero, &product, &rows)
    return product
  }
}

/// The Cholesky factor of a symmetric positive definite matrix.
///
/// Complexity: O(n³/3) to factor, O(n²) a right-hand side.
public struct CholeskyFactor: Sendable {
  public let count: Int
  /// Row by row, the lower triangle; what is above it is not used.
  public private(set) var elements: [Double]

  /// Nil if `matrix`, `[n, n]`, is not positive definite to rounding; its lower triangle is read.
  public init?(_ matrix: [Double], count: Int) {
    precondition(count > 0 && matrix.count == count * count)
    _ = DenseMatrix.isSerial
    self.count = count
    elements = matrix
    var (order, status) = (Int32(count), Int32(0))
    dpotrf_("U", &order, &elements, &order, &status)
    guard status == 0 else { return nil }
  }

  /// The solutions of A xᵢ = bᵢ, `[right-hand sides, n]`.
  public func solve(_ rightHandSides: [Double]) -> [Double] {
    precondition(rightHandSides.count % count == 0)
    var solutions = rightHandSides
    var (order, columns, status) = (Int32(count), Int32(rightHandSides.count / count), Int32(0))
    dpotrs_("U", &order, &columns, elements, &order, &solutions, &order, &status)
    return solutions
  }

  /// The solutions of L xᵢ = bᵢ, `[right-hand sides, n]`.
  public func solveForward(_ rightHandSides: [Double]) -> [Double] {
    precondition(rightHandSides.count % count == 0)
    var solutions = rightHandSides
    var (order, columns, one) = (Int32(count), Int32(rightHandSides.count / count), 1.0)
    dtrsm_("L", "U", "T", "N", &order, &columns, &one, elements, &order, &solutions, &order)
    return solutions
  }
}

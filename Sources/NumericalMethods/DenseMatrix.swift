import COpenBLAS

/// Products of dense matrices by OpenBLAS, row by row in memory, on one thread: callers share work among
/// threads by systems or blocks, which changes no bit.
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
    var product = [Double](repeating: 0, count: m * n)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        product.withUnsafeMutableBufferPointer { product in
          addProductTransposed(
            a.baseAddress!, b.baseAddress!, to: product.baseAddress!, m: m, n: n, k: k)
        }
      }
    }
    return product
  }

  /// Adds A Bᵀ of `a` `[m, k]` and `b` `[n, k]` to `sum` `[m, n]`.
  ///
  /// Complexity: O(m n k).
  public static func addProductTransposed(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, to sum: UnsafeMutablePointer<Double>,
    m: Int, n: Int, k: Int
  ) {
    _ = isSerial
    // Column by column, as BLAS reads memory, everything is its own transpose.
    var (rows, columns, inner) = (Int32(n), Int32(m), Int32(k))
    var one = 1.0
    dgemm_("T", "N", &rows, &columns, &inner, &one, b, &inner, a, &inner, &one, sum, &rows)
  }

  /// Adds the lower triangle of Aᵀ A, of `a` `[m, n]`, to `sum` `[n, n]`.
  ///
  /// Complexity: O(m n²).
  public static func addSquare(
    of a: UnsafePointer<Double>, to sum: UnsafeMutablePointer<Double>, m: Int, n: Int
  ) {
    _ = isSerial
    var (order, inner, one) = (Int32(n), Int32(m), 1.0)
    dsyrk_("U", "N", &order, &inner, &one, a, &order, &one, sum, &order)
  }
}

import COpenBLAS
import Foundation

/// The Cholesky factor of a symmetric positive definite matrix, A = L Lᵀ.
///
/// Tiles are shared among threads; each is computed by one, so that their number changes no bit.
///
/// Complexity: O(n³/3) to factor, O(n²) a right-hand side, O(2n³/3) to invert.
///
/// Reference: Golub & Van Loan (2013), Matrix Computations, 4th ed., §4.2.5–4.2.6.
public struct CholeskyFactor: Sendable {
  private static let tile = 256

  public let count: Int
  /// Row by row, the lower triangle; what is above it is not used.
  public private(set) var elements: [Double]

  /// Nil if `matrix`, `[n, n]`, is not positive definite to rounding; its lower triangle is read.
  public init?(_ matrix: consuming [Double], count: Int, threads: Int = 1) {
    precondition(count > 0 && matrix.count == count * count)
    _ = DenseMatrix.isSerial
    self.count = count
    elements = matrix
    let isPositive = elements.withUnsafeMutableBufferPointer {
      Self.factor($0.baseAddress!, count: count, threads: threads)
    }
    guard isPositive else { return nil }
  }

  private static func tiles(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: tile).map { $0..<min($0 + tile, count) }
  }

  /// Column of tiles by column: those to the left are subtracted, the diagonal is factored, the rest divided
  /// by it. For BLAS, which reads column by column, everything is its own transpose.
  private static func factor(
    _ matrix: UnsafeMutablePointer<Double>, count: Int, threads: Int
  ) -> Bool {
    nonisolated(unsafe) let matrix = matrix
    let tiles = tiles(count)
    for (k, columns) in tiles.enumerated() {
      let diagonal = columns.lowerBound * (count + 1)
      if k > 0 {
        parallelFor(tiles.count - k, threads: threads) { index in
          let rows = tiles[k + index]
          var (n, m, inner) = (Int32(rows.count), Int32(columns.count), Int32(columns.lowerBound))
          var (stride, minus, one) = (Int32(count), -1.0, 1.0)
          dgemm_(
            "T", "N", &m, &n, &inner, &minus, matrix + columns.lowerBound * count, &stride,
            matrix + rows.lowerBound * count, &stride, &one,
            matrix + rows.lowerBound * count + columns.lowerBound, &stride)
        }
      }
      var (order, stride, status) = (Int32(columns.count), Int32(count), Int32(0))
      dpotrf_("U", &order, matrix + diagonal, &stride, &status)
      guard status == 0 else { return false }
      parallelFor(tiles.count - k - 1, threads: threads) { index in
        let rows = tiles[k + 1 + index]
        var (m, n, stride, one) = (Int32(columns.count), Int32(rows.count), Int32(count), 1.0)
        dtrsm_(
          "L", "U", "T", "N", &m, &n, &one, matrix + diagonal, &stride,
          matrix + rows.lowerBound * count + columns.lowerBound, &stride)
      }
    }
    return true
  }

  /// ln det A.
  public var logDeterminant: Double {
    var sum = 0.0
    for index in 0..<count { sum += log(elements[index * (count + 1)]) }
    return 2 * sum
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
    solutions.withUnsafeMutableBufferPointer {
      solve($0.baseAddress!, count: rightHandSides.count / count, transposed: false)
    }
    return solutions
  }

  /// The solutions of Lᵀ xᵢ = bᵢ, `[right-hand sides, n]`.
  public func solveBackward(_ rightHandSides: [Double], threads: Int = 1) -> [Double] {
    precondition(rightHandSides.count % count == 0)
    let rows = rightHandSides.count / count
    var solutions = rightHandSides
    solutions.withUnsafeMutableBufferPointer {
      nonisolated(unsafe) let solutions = $0.baseAddress!
      let tiles = Self.tiles(rows)
      parallelFor(tiles.count, threads: threads) { index in
        let rows = tiles[index]
        solve(solutions + rows.lowerBound * count, count: rows.count, transposed: true)
      }
    }
    return solutions
  }

  /// Replaces `rows` right-hand sides by the solutions of L xᵢ = bᵢ, or Lᵀ xᵢ = bᵢ.
  public func solve(
    _ rightHandSides: UnsafeMutablePointer<Double>, count rows: Int, transposed: Bool
  ) {
    var (order, columns, one) = (Int32(count), Int32(rows), 1.0)
    dtrsm_(
      "L", "U", transposed ? "N" : "T", "N", &order, &columns, &one, elements, &order,
      rightHandSides, &order)
  }

  /// A⁻¹, `[n, n]`: the lower triangle, and the diagonal tiles whole; the rest is not defined.
  public func inverse(threads: Int = 1) -> [Double] {
    let (count, tiles) = (count, Self.tiles(count))
    // L⁻¹, by columns of tiles; the tiles above the diagonal are not used.
    let triangle = [Double](count: count * count) { buffer in
      nonisolated(unsafe) let inverse = buffer.baseAddress!
      elements.withUnsafeBufferPointer { elements in
        nonisolated(unsafe) let factor = elements.baseAddress!
        parallelFor(tiles.count, threads: threads) { j in
          Self.invertColumns(factor, tiles, j, into: inverse, count: count)
        }
      }
    }
    // A⁻¹ = L⁻ᵀ L⁻¹.
    return [Double](count: count * count) { buffer in
      nonisolated(unsafe) let inverse = buffer.baseAddress!
      triangle.withUnsafeBufferPointer { triangle in
        nonisolated(unsafe) let triangle = triangle.baseAddress!
        let pairs = tiles.indices.flatMap { i in (0...i).map { (i, $0) } }
        parallelFor(pairs.count, threads: threads) { index in
          let (rows, columns) = (tiles[pairs[index].0], tiles[pairs[index].1])
          let first = rows.lowerBound * count
          var (m, n, inner) = (
            Int32(columns.count), Int32(rows.count), Int32(count - rows.lowerBound)
          )
          var (stride, one, zero) = (Int32(count), 1.0, 0.0)
          dgemm_(
            "N", "T", &m, &n, &inner, &one, triangle + first + columns.lowerBound, &stride,
            triangle + first + rows.lowerBound, &stride, &zero,
            inverse + first + columns.lowerBound, &stride)
        }
      }
    }
  }

  private static func invertColumns(
    _ factor: UnsafePointer<Double>, _ tiles: [Range<Int>], _ j: Int,
    into inverse: UnsafeMutablePointer<Double>, count: Int
  ) {
    let columns = tiles[j]
    var stride = Int32(count)
    for row in columns {
      let start = row * count
      for column in columns {
        inverse[start + column] = column <= row ? factor[start + column] : 0
      }
    }
    var (m, status) = (Int32(columns.count), Int32(0))
    dtrtri_("U", "N", &m, inverse + columns.lowerBound * (count + 1), &stride, &status)
    for rows in tiles[(j + 1)...] {
      let start = rows.lowerBound * count
      var (n, inner) = (Int32(rows.count), Int32(rows.lowerBound - columns.lowerBound))
      var (minus, one, zero) = (-1.0, 1.0, 0.0)
      dgemm_(
        "N", "N", &m, &n, &inner, &minus, inverse + columns.lowerBound * (count + 1), &stride,
        factor + start + columns.lowerBound, &stride, &zero, inverse + start + columns.lowerBound,
        &stride)
      dtrsm_(
        "R", "U", "N", "N", &m, &n, &one, factor + start + rows.lowerBound, &stride,
        inverse + start + columns.lowerBound, &stride)
    }
  }
}

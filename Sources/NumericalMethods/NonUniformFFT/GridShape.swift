import Numerics

/// How the fine grid lies in memory: rows of complex numbers, with room beyond the last column and the last
/// row for what kernels reach across the edge of the period.
struct GridShape: Sendable, Equatable {
  /// Grid points in a period.
  let columns: Int
  let rows: Int
  /// Grid points a kernel covers along each dimension.
  let width: Int
  let height: Int

  /// Of the vectors that rows are read and written in, in complex numbers.
  static let vector = 4
  /// Columns in a bin of points, rows in a strip; at least the widest kernel, so that points in every
  /// other strip share no grid points.
  static let bin = 16

  init(columns: Int, rows: Int, width: Int) {
    self.columns = columns
    self.rows = rows
    self.width = width
    height = rows == 1 ? 1 : width
  }

  /// From row to row; beyond the last column there is room for a kernel that begins in a vector's midst.
  var stride: Int {
    let needed = columns + width + 2 * Self.vector
    // Rows a power of two apart would compete for the same lines of the cache.
    return (needed + 7) / 8 * 8 + 4
  }
  /// With those beyond the last row, at least as many as tiles of modes may reach.
  var allRows: Int { rows == 1 ? 1 : rows + max(height, TransposedTile.side) - 1 }
  var count: Int { stride * allRows }
}

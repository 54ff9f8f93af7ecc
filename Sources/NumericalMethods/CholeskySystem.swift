/// A positive definite system A x = b that grows and shrinks by a row and column at a time, by its Cholesky
/// factor, A = L Lᵀ.
///
/// Complexity, for n rows: O(n²) each to append, to remove and to solve.
///
/// Reference: Golub & Van Loan (2013), Matrix Computations, 4th ed., §6.5.4.
public struct CholeskySystem: Sendable {
  public private(set) var count = 0
  /// Column by column, `stride` apart; what is above the diagonal is not used.
  private var elements: [Double] = []
  private var stride = 0
  /// z, L z = b.
  private var forward: [Double] = []

  public init() {}

  /// Appends rows and columns of A, each by its elements up to the diagonal (`count` + 1 of the first, one
  /// more of each that follows), and elements of b.
  ///
  /// Those that depend on the others to rounding are left out; the result says which are in. Many at once
  /// cost little more than one, because the factor is read once for eight.
  public mutating func append(_ rows: [[Double]], right: [Double]) -> [Bool] {
    precondition(rows.count == right.count)
    precondition(rows.enumerated().allSatisfy { $1.count == count + $0 + 1 })
    let known = count
    let solved = Swift.stride(from: 0, to: rows.count, by: 8).flatMap {
      solveForward(rows[$0..<min($0 + 8, rows.count)])
    }
    var appended: [(index: Int, factor: [Double])] = []
    return rows.indices.map { j in
      var factor = solved[j]
      for other in appended {
        let sum = dot(factor, other.factor, factor.count)
        factor.append((rows[j][known + other.index] - sum) / other.factor.last!)
      }
      let diagonal = rows[j].last!
      let square = diagonal - dot(factor, factor, factor.count)
      guard square > 1e-13 * diagonal else { return false }
      let root = square.squareRoot()
      forward.append((right[j] - dot(factor, forward, count)) / root)
      factor.append(root)
      reserve(count + 1)
      for (column, element) in factor.enumerated() { elements[column * stride + count] = element }
      count += 1
      appended.append((j, factor))
      return true
    }
  }

  /// Removes row and column `index` of A, and that element of b.
  public mutating func remove(at index: Int) {
    precondition((0..<count).contains(index))
    let (count, stride) = (count, stride)
    elements.withUnsafeMutableBufferPointer { elements in
      let start = elements.baseAddress!
      for column in 0..<index {
        let element = start + column * stride + index
        element.update(from: element + 1, count: count - index - 1)
      }
      // Columns to the right have one element above the new diagonal, which rotations with the next
      // column put to zero.
      for column in index..<count - 1 {
        let (left, right) = (start + column * stride, start + (column + 1) * stride)
        // Column `index` holds what is left of the removed one, below the removed row.
        let (a, b) = (left[column + 1], right[column + 1])
        let length = (a * a + b * b).squareRoot()
        let (cosine, sine) = (a / length, b / length)
        // Row r of the old matrix becomes row r − 1.
        for row in column + 1..<count {
          let (x, y) = (left[row], right[row])
          left[row - 1] = cosine * x + sine * y
          right[row] = cosine * y - sine * x
        }
        let (x, y) = (forward[column], forward[column + 1])
        forward[column] = cosine * x + sine * y
        forward[column + 1] = cosine * y - sine * x
      }
    }
    self.count -= 1
    forward.removeLast()
  }

  /// The solution of A x = b.
  public var solution: [Double] {
    var x = forward
    elements.withUnsafeBufferPointer { elements in
      x.withUnsafeMutableBufferPointer { x in
        for column in (0..<count).reversed() {
          let below = elements.baseAddress! + column * stride
          let sum = dot(
            below + column + 1, x.baseAddress! + column + 1, count - column - 1)
          x[column] = (x[column] - sum) / below[column]
        }
      }
    }
    return x
  }

  /// The solutions z of L z = b for the first `count` elements of at most eight b.
  private func solveForward(_ rows: ArraySlice<[Double]>) -> [[Double]] {
    var lanes = (0..<count).map { k in
      var values = SIMD8<Double>.zero
      for (lane, row) in rows.enumerated() { values[lane] = row[k] }
      return values
    }
    elements.withUnsafeBufferPointer { elements in
      lanes.withUnsafeMutableBufferPointer { lanes in
        for column in 0..<count {
          let below = elements.baseAddress! + column * stride
          let value = lanes[column] / below[column]
          lanes[column] = value
          for row in column + 1..<max(count, column + 1) {
            lanes[row] = lanes[row].addingProduct(value, SIMD8(repeating: -below[row]))
          }
        }
      }
    }
    return rows.indices.map { row in lanes.map { $0[row - rows.startIndex] } }
  }

  private mutating func reserve(_ rows: Int) {
    guard rows > stride else { return }
    let wider = max(64, 2 * stride)
    var larger = [Double](repeating: 0, count: wider * wider)
    for column in 0..<count {
      for row in column..<count { larger[column * wider + row] = elements[column * stride + row] }
    }
    (elements, stride) = (larger, wider)
  }
}

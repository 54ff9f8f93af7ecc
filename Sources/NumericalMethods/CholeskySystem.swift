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

  /// Appends a row and column of A, by its elements up to the diagonal, `count` + 1 of them, and an element
  /// of b.
  ///
  /// False, with nothing done, if they depend on the others to rounding.
  public mutating func append(_ row: [Double], right: Double) -> Bool {
    precondition(row.count == count + 1)
    var last = Array(row.dropLast())
    solveForward(&last)
    let square = last.reduce(row[count]) { $0 - $1 * $1 }
    guard square > 1e-13 * row[count] else { return false }
    reserve(count + 1)
    for (column, element) in last.enumerated() { elements[column * stride + count] = element }
    let diagonal = square.squareRoot()
    elements[count * stride + count] = diagonal
    let known = zip(last, forward).reduce(0) { $0 + $1.0 * $1.1 }
    forward.append((right - known) / diagonal)
    count += 1
    return true
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
          var sums = SIMD8<Double>.zero
          var row = column + 1
          while row + 8 <= count {
            let values = UnsafeRawPointer(below + row).loadUnaligned(as: SIMD8<Double>.self)
            let known = UnsafeRawPointer(x.baseAddress! + row).loadUnaligned(
              as: SIMD8<Double>.self)
            sums.addProduct(values, known)
            row += 8
          }
          var sum = sums.sum()
          while row < count {
            sum += below[row] * x[row]
            row += 1
          }
          x[column] = (x[column] - sum) / below[column]
        }
      }
    }
    return x
  }

  /// Turns b into the solution of L z = b.
  private func solveForward(_ b: inout [Double]) {
    let (count, stride) = (b.count, stride)
    elements.withUnsafeBufferPointer { elements in
      b.withUnsafeMutableBufferPointer { b in
        for column in 0..<count {
          let below = elements.baseAddress! + column * stride
          let value = b[column] / below[column]
          b[column] = value
          let factor = SIMD8(repeating: -value)
          var row = column + 1
          while row + 8 <= count {
            let known = UnsafeMutableRawPointer(b.baseAddress! + row)
            let values = UnsafeRawPointer(below + row).loadUnaligned(as: SIMD8<Double>.self)
            known.storeBytes(
              of: known.loadUnaligned(as: SIMD8<Double>.self).addingProduct(factor, values),
              as: SIMD8<Double>.self)
            row += 8
          }
          while row < count {
            b[row] -= value * below[row]
            row += 1
          }
        }
      }
    }
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

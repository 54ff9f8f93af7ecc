import NumericalMethods

/// The minimum of ½ xᵀSx − gᵀx over x ≥ `lower` by block pivoting: all that leave their bounds or cross
/// them change sides at once, one at a time if that does not end.
///
/// Complexity: O(n³) a pivot, of which there are a few.
///
/// Reference: Portugal, Júdice & Vicente (1994), Math. Comput. 63, 625.
struct BoundedQuadratic {
  /// S, `[n, n]`, positive definite; its lower triangle is used.
  let matrix: [Double]
  let lower: [Double]
  private var count: Int { lower.count }

  private static let pivots = 20

  init(matrix: [Double], lower: [Double]) {
    precondition(matrix.count == lower.count * lower.count)
    self.matrix = matrix
    self.lower = lower
  }

  /// Nil if a part of S is not positive definite to rounding.
  func minimum(slope: [Double]) -> [Double]? {
    var isBound = [Bool](repeating: false, count: count)
    var solution = lower
    for pivot in 0..<Self.pivots {
      let free = isBound.indices.filter { !isBound[$0] }
      guard let inner = solve(slope, free: free) else { return nil }
      solution = lower
      for (k, index) in free.enumerated() { solution[index] = inner[k] }
      var changes: [Int] = free.filter { solution[$0] < lower[$0] }
      // Late pivots only bind, which ends.
      if pivot < Self.pivots / 2 {
        for index in isBound.indices where isBound[index] {
          if gradient(index, solution, slope) < 0 { changes.append(index) }
        }
      }
      if changes.isEmpty { return solution }
      for index in changes { isBound[index].toggle() }
    }
    return zip(solution, lower).map { max($0, $1) }
  }

  private func gradient(_ row: Int, _ x: [Double], _ slope: [Double]) -> Double {
    var sum = -slope[row]
    for column in 0...row { sum += matrix[row * count + column] * x[column] }
    for column in row + 1..<max(count, row + 1) { sum += matrix[column * count + row] * x[column] }
    return sum
  }

  /// x of the free unknowns, the others at their bounds.
  private func solve(_ slope: [Double], free: [Int]) -> [Double]? {
    guard !free.isEmpty else { return [] }
    var right = free.map { slope[$0] }
    let isFree = Set(free)
    if free.count < count {
      for bound in 0..<count where !isFree.contains(bound) && lower[bound] != 0 {
        for (k, row) in free.enumerated() {
          let element =
            row >= bound ? matrix[row * count + bound] : matrix[bound * count + row]
          right[k] -= element * lower[bound]
        }
      }
    }
    var part = [Double](repeating: 0, count: free.count * free.count)
    for (i, row) in free.enumerated() {
      for j in 0...i { part[i * free.count + j] = matrix[row * count + free[j]] }
    }
    return CholeskyFactor(part, count: free.count)?.solve(right)
  }
}

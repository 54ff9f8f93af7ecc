/// The derivative at 0 of a function computed in single precision, with an estimate of its error.
///
/// Central differences, whose error of second order is extrapolated away. Of several steps that one is
/// taken where halving it changes least, and where the derivatives from the left and from the right
/// agree: larger steps suffer from curvature and reach beyond kinks, smaller ones suffer from rounding.
func derivative(_ function: (Double) -> Double) -> (value: Double, error: Double) {
  let steps = [0.04, 0.02, 0.01, 0.005, 0.0025, 0.00125, 0.000_625]
  let centre = function(0)
  let right = steps.map { (function($0) - centre) / $0 }
  let left = steps.map { (centre - function(-$0)) / $0 }
  return steps.indices.dropLast().map { k in
    let (wide, narrow) = ((left[k] + right[k]) / 2, (left[k + 1] + right[k + 1]) / 2)
    let asymmetry = 2 * (left[k + 1] - right[k + 1]) - (left[k] - right[k])
    // What single precision leaves of the differences; their changes may be smaller by chance.
    let rounding = 0x1p-22 * max(1, abs(centre)) / steps[k + 1]
    return (
      value: (4 * narrow - wide) / 3, error: max(abs(asymmetry), abs(narrow - wide), rounding)
    )
  }.min { $0.error < $1.error }!
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

/// How well a claimed derivative agrees with a numerical one.
struct DerivativeComparison {
  private(set) var compared = 0
  private(set) var unclear = 0
  /// The largest deviation, in units of what is allowed.
  private(set) var worst = 0.0

  /// - Parameter size: of the derivative's terms; deviations below 0.4 % of it (+ 0.1) pass.
  mutating func compare(_ claimed: Double, size: Double, _ function: (Double) -> Double) {
    let numerical = derivative(function)
    let allowed = 4e-3 * (size + 0.1)
    // A kink next to the point: there is no derivative to compare with.
    guard numerical.error < 0.5 * allowed else {
      unclear += 1
      return
    }
    compared += 1
    worst = max(worst, abs(claimed - numerical.value) / allowed)
  }

  /// All agree, and few could not be compared.
  var passes: Bool { worst < 1 && compared > 3 * unclear }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

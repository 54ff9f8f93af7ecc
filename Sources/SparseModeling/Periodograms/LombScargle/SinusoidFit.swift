import NumericalMethods

/// Cosine and sine at one frequency, made orthonormal to each other and to what else is fitted, by sums
/// over all points.
///
/// Complexity: O(points × columns) a frequency.
struct SinusoidFit {
  private let times: OrderedTimes
  private let whitening: [Double]
  private let columns: [[Double]]
  private let total: Double
  private var pair: [[Double]]

  var count: Int { times.count }

  /// A column that others explain up to this share of its square is not told from them: rounding makes
  /// as much of t f, times of years at periods of minutes.
  static let leastShare = 1e-16

  /// - Parameter basis: whitened, in the caller's order of the times.
  init(_ times: OrderedTimes, whitening: [Double], basis: OrthonormalColumns) {
    self.times = times
    self.whitening = times.arranged(whitening)
    columns = basis.columns.map { times.arranged($0) }
    total = dot(self.whitening, self.whitening)
    pair = [self.whitening, self.whitening]
  }

  /// How much the sinusoid lowers the square of `residual`, which is whitened, orthogonal to the basis, and
  /// in this order of the times; nil where the data do not tell the sinusoid from the basis.
  mutating func drop(of residual: [Double], at frequency: Double) -> Double? {
    guard orthonormalize(at: frequency) else { return nil }
    let (a, b) = (dot(pair[0], residual), dot(pair[1], residual))
    return a * a + b * b
  }

  /// The orthonormal columns in this order of the times, `[2][points]`.
  mutating func pair(at frequency: Double) -> [[Double]]? {
    orthonormalize(at: frequency) ? pair : nil
  }

  /// The orthonormal columns in the caller's order, `[2][points]`: of the cosine, and of what of the sine
  /// is left beside it. Times count from the middle of their range.
  mutating func columns(at frequency: Double) -> [[Double]]? {
    guard orthonormalize(at: frequency) else { return nil }
    return pair.map { column in
      var original = [Double](repeating: 0, count: times.count)
      for (k, place) in times.order.enumerated() where place >= 0 { original[place] = column[k] }
      return original
    }
  }

  private mutating func orthonormalize(at frequency: Double) -> Bool {
    for row in times.high.indices {
      let turns = UnitCircle.turns(frequency, times.high[row], times.low[row])
      let (cosine, sine) = UnitCircle.cosineAndSine(turns)
      for lane in 0..<8 {
        let k = 8 * row + lane
        pair[0][k] = whitening[k] * cosine[lane]
        pair[1][k] = whitening[k] * sine[lane]
      }
    }
    for which in 0..<2 {
      for _ in 0..<2 {
        for column in columns { remove(column, from: which) }
        if which == 1 { remove(pair[0], from: which) }
      }
      let square = dot(pair[which], pair[which])
      guard square > Self.leastShare * total else { return false }
      let scale = 1 / square.squareRoot()
      for k in pair[which].indices { pair[which][k] *= scale }
    }
    return true
  }

  private mutating func remove(_ column: [Double], from which: Int) {
    let amount = dot(column, pair[which])
    for k in pair[which].indices { pair[which][k] -= amount * column[k] }
  }
}

import NumericalMethods

/// Cosines and sines at one frequency and its harmonics, made orthonormal to each other and to what else is
/// fitted, by sums over all points.
///
/// Complexity: O(points × harmonics × columns) a frequency, all columns counted.
struct SinusoidFit: Sendable {
  private typealias Lanes = SIMD8<Double>

  private let times: OrderedTimes
  private let whitening: [Lanes]
  private let columns: [[Lanes]]
  private let total: Double
  private var own: [[Lanes]]

  /// A column that others explain up to this share of its square is not told from them: rounding makes
  /// as much of t f, times of years at periods of minutes.
  static let leastShare = 1e-16

  /// - Parameter basis: whitened, in the caller's order of the times.
  init(
    _ times: OrderedTimes, whitening: [Double], basis: OrthonormalColumns, harmonics: Int = 1
  ) {
    self.times = times
    self.whitening = times.arranged(whitening)
    columns = basis.columns.map { times.arranged($0) }
    total = Self.dot(self.whitening, self.whitening)
    own = [[Lanes]](repeating: self.whitening, count: 2 * harmonics)
  }

  var count: Int { times.count }

  /// How much the sinusoid lowers the square of `residual`, which is whitened, orthogonal to the basis, and
  /// in the order of `times`; nil where the data do not tell the sinusoid from the basis.
  mutating func drop(of residual: [SIMD8<Double>], at frequency: Double) -> Double? {
    guard orthonormalize(at: frequency) else { return nil }
    return Self.square(of: residual, in: own)
  }

  /// The orthonormal columns in the order of `times`, `[2 · harmonics][points]`.
  mutating func columnsInOrder(at frequency: Double) -> [[SIMD8<Double>]]? {
    orthonormalize(at: frequency) ? own : nil
  }

  /// The orthonormal columns in the caller's order, `[2 · harmonics][points]`: of the cosine, of what of the
  /// sine is left beside it, and so on. Times count from the middle of their range.
  mutating func columns(at frequency: Double) -> [[Double]]? {
    guard orthonormalize(at: frequency) else { return nil }
    return own.map { column in
      var original = [Double](repeating: 0, count: times.count)
      for (k, place) in times.order.enumerated() where place >= 0 {
        original[place] = column[k / 8][k % 8]
      }
      return original
    }
  }

  /// The squared norm of a residual's projection on orthonormal columns.
  static func square(of residual: [SIMD8<Double>], in columns: [[SIMD8<Double>]]) -> Double {
    columns.reduce(0) {
      let amount = dot($1, residual)
      return $0 + amount * amount
    }
  }

  private mutating func orthonormalize(at frequency: Double) -> Bool {
    for row in times.high.indices {
      let turns = UnitCircle.turns(frequency, times.high[row], times.low[row])
      for harmonic in 1...own.count / 2 {
        let (cosine, sine) = UnitCircle.cosineAndSine(
          UnitCircle.fraction(Double(harmonic) * turns))
        own[2 * harmonic - 2][row] = whitening[row] * cosine
        own[2 * harmonic - 1][row] = whitening[row] * sine
      }
    }
    for which in own.indices {
      // Twice is enough; see OrthonormalColumns.
      for _ in 0..<2 {
        for column in columns { Self.remove(column, from: &own[which]) }
        for other in 0..<which { Self.remove(own[other], from: &own[which]) }
      }
      let square = Self.dot(own[which], own[which])
      guard square > Self.leastShare * total else { return false }
      let scale = 1 / square.squareRoot()
      for row in times.high.indices { own[which][row] *= scale }
    }
    return true
  }

  private static func remove(_ column: [Lanes], from other: inout [Lanes]) {
    let amount = Lanes(repeating: -dot(column, other))
    for row in column.indices { other[row] = other[row].addingProduct(amount, column[row]) }
  }

  private static func dot(_ a: [Lanes], _ b: [Lanes]) -> Double {
    var sums = Lanes.zero
    for row in a.indices { sums = sums.addingProduct(a[row], b[row]) }
    return sums.sum()
  }
}

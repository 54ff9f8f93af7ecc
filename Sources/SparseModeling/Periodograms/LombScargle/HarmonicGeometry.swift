/// The Cholesky factor of the products of the cosines and sines of a Fourier series, after other columns are
/// projected out, for eight frequencies at once; the columns are cos, sin, cos 2, sin 2, ….
struct HarmonicGeometry {
  typealias Lanes = SIMD8<Double>

  private let harmonics: Int
  private let total: Double
  /// Row by row, the lower triangle.
  private var factor: [Lanes]
  private var sums: [Lanes]

  /// A pivot's share of the sum of weights below which sums over all points take over.
  static let leastShare = 2e-2

  init(harmonics: Int, total: Double) {
    (self.harmonics, self.total) = (harmonics, total)
    factor = [Lanes](repeating: .zero, count: 4 * harmonics * harmonics)
    sums = [Lanes](repeating: .zero, count: 2 * harmonics)
  }

  /// The squared norm of the projection of what the residual's terms are of; and where that is not exact
  /// enough.
  ///
  /// - Parameter chunk: its terms are the weights at 1 ... 2 · harmonics times the frequency, and at
  ///   1 ... harmonics times it the residual and each of the other columns.
  mutating func drop(
    _ chunk: SpectrumChunk, _ vector: Int, others: Int
  ) -> (drop: Lanes, isUnsure: SIMDMask<SIMD8<Int64>>) {
    let count = 2 * harmonics
    for a in 1...harmonics {
      for b in 1...a {
        let plus = (chunk.real(a + b - 1, vector), chunk.imaginary(a + b - 1, vector))
        let minus =
          a == b
          ? (Lanes(repeating: total), Lanes.zero)
          : (chunk.real(a - b - 1, vector), chunk.imaginary(a - b - 1, vector))
        let place = (2 * a - 2) * count + 2 * b - 2
        factor[place] = (minus.0 + plus.0) * 0.5
        factor[place + 1] = (plus.1 - minus.1) * 0.5
        factor[place + count] = (plus.1 + minus.1) * 0.5
        factor[place + count + 1] = (minus.0 - plus.0) * 0.5
      }
    }
    for other in 0...others {
      for column in 0..<count {
        let term = count + other * harmonics + column / 2
        sums[column] =
          column % 2 == 0 ? chunk.real(term, vector) : chunk.imaginary(term, vector)
      }
      // The residual comes first, is orthogonal to the others and stays.
      if other == 0 { continue }
      for row in 0..<count {
        for column in 0...row { factor[row * count + column] -= sums[row] * sums[column] }
      }
    }
    for column in 0..<count {
      let term = count + column / 2
      sums[column] = column % 2 == 0 ? chunk.real(term, vector) : chunk.imaginary(term, vector)
    }
    return eliminate(count)
  }

  private mutating func eliminate(
    _ count: Int
  ) -> (drop: Lanes, isUnsure: SIMDMask<SIMD8<Int64>>) {
    let least = Lanes(repeating: Self.leastShare * total)
    var drop = Lanes.zero
    var smallest = Lanes(repeating: .greatestFiniteMagnitude)
    for pivot in 0..<count {
      let diagonal = factor[pivot * count + pivot]
      smallest = smallest.replacing(with: diagonal, where: diagonal .< smallest)
      let inverse = 1 / diagonal
      drop += sums[pivot] * sums[pivot] * inverse
      for row in pivot + 1..<max(count, pivot + 1) {
        let ratio = factor[row * count + pivot] * inverse
        sums[row] -= ratio * sums[pivot]
        for column in pivot + 1...row {
          factor[row * count + column] -= ratio * factor[column * count + pivot]
        }
      }
    }
    return (drop, smallest .< least)
  }
}

import Foundation

/// Counts of normalised residuals by their size and by the length of their baseline.
struct ResidualHistograms {
  /// More where there are more residuals to fill them.
  let rows: Int
  /// Half of the range of residuals.
  let reach: Double
  /// Of the range of lengths, which begins at zero.
  let longest: Double
  /// `[columns * rows]`: of both parts together, lengths fastest.
  private(set) var counts: [Double]
  /// `[rows]`: of the real and of the imaginary part.
  private(set) var real: [Double]
  private(set) var imaginary: [Double]
  /// Σ r² and number of each column.
  private(set) var squares: [Double]
  private(set) var numbers: [Double]
  /// Residuals that are not in the range.
  private(set) var outside = 0

  static let columns = 160
  static let bands = 20

  /// - Complexity: O(n).
  init(lengths: [Double], real: [Double], imaginary: [Double], reach: Double) {
    self.reach = reach
    let rows = lengths.count < 2000 ? 32 : lengths.count < 20_000 ? 64 : 96
    self.rows = rows
    longest = max(1.02 * (lengths.max() ?? 0), 1e-9)
    counts = [Double](repeating: 0, count: Self.columns * rows)
    self.real = [Double](repeating: 0, count: rows)
    self.imaginary = self.real
    squares = [Double](repeating: 0, count: Self.bands)
    numbers = squares
    for index in lengths.indices {
      let part = lengths[index] / longest
      let column = min(Int(part * Double(Self.columns)), Self.columns - 1)
      let band = min(Int(part * Double(Self.bands)), Self.bands - 1)
      for (isReal, value) in [(true, real[index]), (false, imaginary[index])] {
        squares[band] += value * value
        numbers[band] += 1
        let place = (value + reach) / (2 * reach) * Double(rows)
        guard place >= 0, place < Double(rows) else {
          outside += 1
          continue
        }
        counts[Int(place) * Self.columns + column] += 1
        if isReal { self.real[Int(place)] += 1 } else { self.imaginary[Int(place)] += 1 }
      }
    }
  }

  var rowHeight: Double { 2 * reach / Double(rows) }

  func residual(row: Int) -> Double { (Double(row) + 0.5) * rowHeight - reach }

  func length(column: Int) -> Double { (Double(column) + 0.5) / Double(Self.columns) * longest }

  /// Middle, as a length, and root mean square of each band that has at least ten residuals.
  var spreads: [(length: Double, value: Double)] {
    numbers.indices.filter { numbers[$0] >= 10 }.map { band in
      (
        (Double(band) + 0.5) / Double(Self.bands) * longest,
        (squares[band] / numbers[band]).squareRoot()
      )
    }
  }
}

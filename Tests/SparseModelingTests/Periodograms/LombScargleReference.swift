import Foundation
import Probability
import SparseModeling

/// Random light curves, and least squares by normal equations for each frequency.
enum LombScargleReference {
  static func series(
    _ count: Int, seed: UInt64, start: Double = 2_455_000.5, duration: Double = 300
  ) throws -> TimeSeries {
    var stream = RandomStream(seed: seed, purpose: .simulation, index: 0)
    let times = (0..<count).map { _ in start + Double.random(in: 0...duration, using: &stream) }
    return try TimeSeries(
      times: times,
      values: times.map {
        let turns = 0.7137 * ($0 - start)
        return 15 + 0.4 * sin(2 * .pi * turns) + 0.2 * sin(4 * .pi * turns + 1)
          + 0.002 * ($0 - start) + Double.random(in: -0.3...0.3, using: &stream)
      },
      errors: times.map { _ in Double.random(in: 0.05...0.2, using: &stream) })
  }

  /// χ² of a polynomial, less that of a polynomial and a Fourier series.
  static func drop(
    of series: TimeSeries, degree: Int, frequency: Double, harmonics: Int = 1
  ) -> Double {
    let middle = series.times.reduce(0, +) / Double(series.count)
    let span = series.duration
    let polynomial = (0...degree).map { power in
      series.times.map { pow(2 * ($0 - middle) / span, Double(power)) }
    }
    let waves = (1...harmonics).flatMap { harmonic in
      let angles = series.times.map {
        2 * Double.pi * Double(harmonic)
          * (frequency * ($0 - middle)).remainder(dividingBy: 1)
      }
      return [angles.map { cos($0) }, angles.map { sin($0) }]
    }
    return chiSquare(of: series, polynomial) - chiSquare(of: series, polynomial + waves)
  }

  static func chiSquare(of series: TimeSeries, _ columns: [[Double]]) -> Double {
    let columns = columns.map { zip($0, series.errors).map { $0 / $1 } }
    let values = zip(series.values, series.errors).map { $0 / $1 }
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    // Solved twice, for the residual of the first solution too.
    var residual = values
    for _ in 0..<2 {
      var matrix = columns.map { a in columns.map { product(a, $0) } + [product(a, residual)] }
      let count = columns.count
      for pivot in 0..<count {
        let best = (pivot..<count).max { abs(matrix[$0][pivot]) < abs(matrix[$1][pivot]) }!
        matrix.swapAt(pivot, best)
        for row in 0..<count where row != pivot {
          let ratio = matrix[row][pivot] / matrix[pivot][pivot]
          for k in pivot...count { matrix[row][k] -= ratio * matrix[pivot][k] }
        }
      }
      for (k, column) in columns.enumerated() {
        let amplitude = matrix[k][count] / matrix[k][k]
        for j in residual.indices { residual[j] -= amplitude * column[j] }
      }
    }
    return product(residual, residual)
  }
}

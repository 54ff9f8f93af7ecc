import Foundation
import NumericalMethods

/// χ² of sinusoids as a function of their frequencies alone, amplitudes and baselines being eliminated,
/// with the derivatives of a Gauss–Newton step.
///
/// With X the whitened columns of baselines and sinusoids, y the values and P the projection beside X,
/// r = P y, and the Jacobian of r is −P X' β (the second term is left out: of the order of r, and it is
/// orthogonal to r). X is made orthonormal band by band.
///
/// Complexity: O(points × modes²).
///
/// Reference: Golub & Pereyra (1973), SIAM J. Numer. Anal. 10, 413; Kaufman (1975), BIT 15, 49.
final class VariableProjection {
  let series: WhitenedSeries
  let modes: Int
  /// Numbers of baseline columns, points and offsets of each band.
  private let workspaces: [Workspace]
  /// Of all bands: P X'β, normal matrix and right-hand side, `[modes, modes]` and `[modes]`.
  private(set) var normal: [Double]
  private(set) var gradient: [Double]
  private(set) var frequencies: [Double]
  private(set) var chiSquare: Double

  /// What belongs to one band.
  final class Workspace {
    let band: WhitenedSeries.Band
    let points: Int
    let baselines: Int
    /// Orthonormal columns: baseline, then (cosine, sine) of each mode; `[columns, points]`.
    let columns: UnsafeMutablePointer<Double>
    /// The derivative by each frequency, `[modes, points]`, later projected.
    let derivatives: UnsafeMutablePointer<Double>
    let residual: UnsafeMutablePointer<Double>
    private let raw: UnsafeMutablePointer<Double>
    /// X = Q R without the baseline, R upper triangular, `[2 modes, 2 modes]` by rows.
    var triangle: [Double]
    /// A and B of each mode, `[2 modes]`.
    var coefficients: [Double]
    /// Qᵀ X'β, `[modes, 2 modes]`.
    var derivativeParts: [Double]
    let modes: Int

    init(_ band: WhitenedSeries.Band, modes: Int) {
      self.band = band
      self.modes = modes
      points = band.times.count
      baselines = band.baseline.columns.count
      columns = .allocate(capacity: (baselines + 2 * modes) * points)
      columns.initialize(repeating: 0, count: (baselines + 2 * modes) * points)
      derivatives = .allocate(capacity: max(1, modes * points))
      derivatives.initialize(repeating: 0, count: max(1, modes * points))
      raw = .allocate(capacity: max(1, 2 * modes * points))
      raw.initialize(repeating: 0, count: max(1, 2 * modes * points))
      residual = .allocate(capacity: points)
      residual.initialize(repeating: 0, count: points)
      for (index, column) in band.baseline.columns.enumerated() {
        for k in 0..<points { columns[index * points + k] = column[k] }
      }
      triangle = [Double](repeating: 0, count: 4 * modes * modes)
      coefficients = [Double](repeating: 0, count: 2 * modes)
      derivativeParts = [Double](repeating: 0, count: 2 * modes * modes)
    }

    deinit {
      columns.deallocate()
      derivatives.deallocate()
      raw.deallocate()
      residual.deallocate()
    }

    /// χ² of this band.
    func evaluate(_ frequencies: [Double]) -> Double {
      let (points, whitening) = (points, band.whitening)
      for (mode, frequency) in frequencies.enumerated() {
        let (cosine, sine) = (raw + 2 * mode * points, raw + (2 * mode + 1) * points)
        SinusoidColumns.fill(
          cosine: cosine, sine: sine, times: band.times, whitening: whitening, frequency: frequency)
      }
      band.values.withUnsafeBufferPointer {
        residual.update(from: $0.baseAddress!, count: points)
      }
      let width = 2 * modes
      for j in 0..<width {
        let column = columns + (baselines + j) * points
        column.update(from: raw + j * points, count: points)
        for row in 0..<width { triangle[row * width + j] = 0 }
        let before = dot(column, column, points)
        for _ in 0..<2 {
          for other in 0..<(baselines + j) {
            let amount = Self.remove(columns + other * points, from: column, points)
            if other >= baselines { triangle[(other - baselines) * width + j] += amount }
          }
        }
        let square = dot(column, column, points)
        // A column that depends on the others to rounding has no say.
        let norm = square > 1e-20 * before ? square.squareRoot() : 0
        triangle[j * width + j] = norm
        let scale = norm > 0 ? 1 / norm : 0
        for k in 0..<points { column[k] *= scale }
        coefficients[j] = Self.remove(column, from: residual, points)
      }
      for j in Swift.stride(from: width - 1, through: 0, by: -1) {
        var sum = coefficients[j]
        for l in j + 1..<max(width, j + 1) { sum -= triangle[j * width + l] * coefficients[l] }
        let diagonal = triangle[j * width + j]
        coefficients[j] = diagonal > 0 ? sum / diagonal : 0
      }
      return dot(residual, residual, points)
    }

    /// Adds this band's part of the normal matrix and of the right-hand side.
    func differentiate(_ normal: inout [Double], _ gradient: inout [Double]) {
      let points = points
      let width = 2 * modes
      for mode in 0..<modes {
        let (a, b) = (coefficients[2 * mode], coefficients[2 * mode + 1])
        let (cosine, sine) = (raw + 2 * mode * points, raw + (2 * mode + 1) * points)
        let derivative = derivatives + mode * points
        band.times.withUnsafeBufferPointer { times in
          for k in 0..<points {
            derivative[k] = 2 * .pi * times[k] * (b * cosine[k] - a * sine[k])
          }
        }
        for other in 0..<(baselines + width) {
          let amount = Self.remove(columns + other * points, from: derivative, points)
          if other >= baselines { derivativeParts[mode * width + other - baselines] = amount }
        }
        gradient[mode] += dot(derivative, residual, points)
        for other in 0...mode {
          let product = dot(derivative, derivatives + other * points, points)
          normal[mode * modes + other] += product
          if other < mode { normal[other * modes + mode] += product }
        }
      }
    }

    /// Takes the part along `direction`, of norm one, out of `column`.
    private static func remove(
      _ direction: UnsafePointer<Double>, from column: UnsafeMutablePointer<Double>, _ count: Int
    ) -> Double {
      let amount = dot(direction, column, count)
      for k in 0..<count { column[k] -= amount * direction[k] }
      return amount
    }
  }

  init(_ series: WhitenedSeries, modes: Int) {
    self.series = series
    self.modes = modes
    workspaces = series.bands.map { Workspace($0, modes: modes) }
    normal = [Double](repeating: 0, count: modes * modes)
    gradient = [Double](repeating: 0, count: modes)
    frequencies = [Double](repeating: 0, count: modes)
    chiSquare = series.chiSquare
  }

  var bands: [Workspace] { workspaces }

  @discardableResult
  func evaluate(_ frequencies: [Double]) -> Double {
    precondition(frequencies.count == modes)
    self.frequencies = frequencies
    chiSquare = 0
    for workspace in workspaces { chiSquare += workspace.evaluate(frequencies) }
    return chiSquare
  }

  /// `normal` = Σ (P X'β)ᵀ P X'β and `gradient` = (P X'β)ᵀ r at the frequencies last evaluated.
  func differentiate() {
    for k in normal.indices { normal[k] = 0 }
    for k in gradient.indices { gradient[k] = 0 }
    for workspace in workspaces { workspace.differentiate(&normal, &gradient) }
  }
}

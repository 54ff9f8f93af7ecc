import Foundation
import NumericalMethods
import Numerics

/// How much a sinusoid at each frequency of a grid lowers χ², next to other columns that are fitted with
/// it: the floating-mean Lomb–Scargle periodogram, not normalised.
///
/// Times in `times`, all else whitened (divided by the errors).
public final class LombScargle {
  public let grid: FrequencyGrid
  private let times: [Double]
  private let whitening: [Double]
  private let origin: Double
  private let single: NonUniformFFT
  private let double: NonUniformFFT
  private let half: Int

  /// - Parameter errors: standard deviations of the measurements.
  public init(times: [Double], errors: [Double], grid: FrequencyGrid, threads: Int = 1) {
    precondition(times.count == errors.count)
    self.grid = grid
    self.times = times
    origin = (times.min()! + times.max()!) / 2
    whitening = errors.map { 1 / $0 }
    half = grid.count / 2
    single = NonUniformFFT(modes: [grid.count], tolerance: 1e-11, threads: threads)
    double = NonUniformFFT(modes: [grid.count], tolerance: 1e-11, threads: threads)
    let (origin, step) = (origin, grid.step)
    single.setPoints(x: times.map { 2 * .pi * step * ($0 - origin) })
    double.setPoints(x: times.map { 4 * .pi * step * ($0 - origin) })
  }

  /// The drop of χ² at every frequency, `[grid]`.
  ///
  /// - Parameters:
  ///   - residual: whitened, and orthogonal to `basis`.
  ///   - basis: what else is fitted.
  /// - Returns: 0 where the data do not tell the sinusoid from `basis`.
  public func drop(of residual: [Double], beside basis: OrthonormalColumns) -> [Double] {
    let center = grid[half]
    let weighted = zip(residual, whitening).map { $0 * $1 }
    let y = transform(weighted, single, frequency: center)
    let others = basis.columns.map {
      transform(zip($0, whitening).map { $0 * $1 }, single, frequency: center)
    }
    let squares = whitening.map { $0 * $0 }
    let total = squares.reduce(0, +)
    let window = transform(squares, double, frequency: 2 * center)
    return (0..<grid.count).map { k in
      var cc = (total + window[k].real) / 2
      var ss = (total - window[k].real) / 2
      var cs = window[k].imaginary / 2
      for other in others {
        cc -= other[k].real * other[k].real
        ss -= other[k].imaginary * other[k].imaginary
        cs -= other[k].real * other[k].imaginary
      }
      let determinant = cc * ss - cs * cs
      guard determinant > 1e-9 * total * total, cc > 0, ss > 0 else { return 0 }
      let (c, s) = (y[k].real, y[k].imaginary)
      return max(0, (ss * c * c + cc * s * s - 2 * cs * c * s) / determinant)
    }
  }

  private func transform(
    _ strengths: [Double], _ plan: NonUniformFFT, frequency: Double
  ) -> [Complex<Double>] {
    let shifted = zip(strengths, times).map { strength, time in
      Complex<Double>.exp(Complex(0, 2 * .pi * frequency * (time - origin))) * Complex(strength)
    }
    return plan.type1(shifted, sign: .plus)
  }
}

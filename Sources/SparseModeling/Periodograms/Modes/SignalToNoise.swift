import Foundation
import NumericalMethods

/// The amplitude of a mode over the mean amplitude of the spectrum of the residuals around it; from 4 on a
/// mode is taken as real.
///
/// Reference: Breger et al. (1993), A&A 271, 482.
public struct SignalToNoise: Sendable {
  public static let criterion = 4.0

  private let grid: FrequencyGrid
  /// Running sums of amplitudes over the grid, by band.
  private let sums: [[Double]]

  /// - Parameter model: whose residuals are the noise.
  public init(_ search: ModeSearch, model: SinusoidModel) {
    grid = search.grid
    let residual = search.series.replacingValues(model.residuals)
    sums = zip(residual.bands, ModeScan(residual, grid: grid).dropsByBand(beside: [])).map {
      band, drop in
      // A sinusoid of amplitude a lowers χ² by a² Σ 1/σ² / 2 on average over phases.
      let weight = dot(band.whitening, band.whitening) / 2
      var sum = 0.0
      return [0]
        + drop.map {
          sum += ($0 / weight).squareRoot()
          return sum
        }
    }
  }

  /// Of each band; `window` is the width of the range of frequencies, moved inside the grid at its ends.
  public func ratios(of mode: Mode, window: Double) -> [Double] {
    let half = max(1, Int((window / 2 / grid.step).rounded()))
    let center = Int(((mode.frequency - grid.first) / grid.step).rounded())
    let low = max(0, min(center - half, grid.count - 1 - 2 * half))
    let high = min(grid.count - 1, low + 2 * half)
    return zip(sums, mode.components).map { sums, component in
      component.amplitude * Double(high + 1 - low) / (sums[high + 1] - sums[low])
    }
  }
}

import Foundation
import NumericalMethods

/// Series of one object, a series to a band, divided by their errors, with a polynomial of time in each
/// band as what is fitted beside all else.
public struct WhitenedSeries: Sendable {
  public struct Band: Sendable {
    /// Since `epoch`.
    public let times: [Double]
    /// One over the errors.
    public let whitening: [Double]
    /// Whitened, without what the baseline explains.
    public let values: [Double]
    public let baseline: OrthonormalColumns
  }

  public let bands: [Band]
  /// The mean time, weighted by 1/error²: phases and frequencies are nearly uncorrelated there.
  public let epoch: Double
  /// From the first to the last time of all bands.
  public let duration: Double

  /// - Parameter baselineDegree: 0 for a mean in each band, 1 for a trend as well.
  public init(_ series: [TimeSeries], baselineDegree: Int = 0) {
    precondition(!series.isEmpty)
    var (weights, weighted) = (0.0, 0.0)
    for band in series {
      for k in 0..<band.count {
        let weight = 1 / (band.errors[k] * band.errors[k])
        weights += weight
        weighted += weight * (band.times[k] - series[0].times[0])
      }
    }
    let epoch = series[0].times[0] + weighted / weights
    self.epoch = epoch
    duration = series.map { $0.times.max()! }.max()! - series.map { $0.times.min()! }.min()!
    bands = series.map { band in
      let times = band.times.map { $0 - epoch }
      let baseline = OrthonormalColumns(
        polynomial: baselineDegree, times: times, errors: band.errors)
      return Band(
        times: times, whitening: band.errors.map { 1 / $0 },
        values: baseline.projectingOut(from: zip(band.values, band.errors).map { $0 / $1 }),
        baseline: baseline)
    }
  }

  /// With other values, whitened, in place of those that were measured; the baseline is taken out of them.
  func replacingValues(_ values: [[Double]]) -> WhitenedSeries {
    var other = self
    other = WhitenedSeries(
      bands: zip(bands, values).map { band, values in
        Band(
          times: band.times, whitening: band.whitening,
          values: band.baseline.projectingOut(from: values), baseline: band.baseline)
      }, epoch: epoch, duration: duration)
    return other
  }

  private init(bands: [Band], epoch: Double, duration: Double) {
    self.bands = bands
    self.epoch = epoch
    self.duration = duration
  }

  public var count: Int { bands.reduce(0) { $0 + $1.times.count } }
  /// χ² of the baseline alone.
  public var chiSquare: Double {
    bands.reduce(0) { $0 + dot($1.values, $1.values) }
  }

  /// Points less parameters of `modes` sinusoids with frequencies of their own, and of the baselines.
  public func degreesOfFreedom(modes: Int) -> Int {
    count - bands.reduce(0) { $0 + $1.baseline.columns.count } - modes * (2 * bands.count + 1)
  }

  /// The variance of time in each band, weighted by 1/error².
  public var timeVariances: [Double] {
    bands.map { band in
      var (total, mean, square) = (0.0, 0.0, 0.0)
      for k in band.times.indices {
        let weight = band.whitening[k] * band.whitening[k]
        total += weight
        mean += weight * band.times[k]
        square += weight * band.times[k] * band.times[k]
      }
      return square / total - (mean / total) * (mean / total)
    }
  }
}

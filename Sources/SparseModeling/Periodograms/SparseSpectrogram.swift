import Foundation
import NumericalMethods

/// Sparse spectra of overlapping windows of time: how frequencies and amplitudes change.
///
/// Each window is a group LASSO at the level of its noise, which stays sharp where a Fourier transform of so
/// short a time is broad.
///
/// Reference: Kato & Maehara (2013), PASJ 65, 76 (two-dimensional LASSO spectra).
public struct SparseSpectrogram: Sendable {
  /// Middles of the windows, equally spaced.
  public let times: [Double]
  public let grid: FrequencyGrid
  /// `[times][grid]`: the largest amplitude of the bands; NaN in windows with too few measurements.
  public let amplitudes: [[Double]]

  /// Points of a window without which it is left out.
  public static let leastPoints = 10

  /// - Parameters:
  ///   - width: of a window; four of them overlap everywhere.
  ///   - noise: what the errors are multiplied by.
  ///
  /// Throws `PeriodogramError` unless two windows or more fit into the series, and `Interrupted`.
  public init(
    _ bands: [TimeSeries], width: Double, range: ClosedRange<Double>, oversampling: Double,
    degree: Int = 0, noise: Double = 1, monitor: WorkMonitor
  ) throws {
    let all = bands.flatMap(\.times)
    let (first, last) = (all.min()!, all.max()!)
    let count = Int(((last - first - width) / (width / 4)).rounded(.down)) + 1
    guard width > 0, count >= 2, count <= 10_000 else {
      throw PeriodogramError.badWindow(width, duration: last - first)
    }
    let grid = FrequencyGrid(range: range, duration: width, oversampling: oversampling)
    self.grid = grid
    times = (0..<count).map { first + width / 2 + Double($0) * width / 4 }
    let centers = times
    amplitudes = try (0..<count).map { index in
      try monitor.advance(
        WorkProgress(label: "windows", completed: index, total: count))
      let window = centers[index] - width / 2...centers[index] + width / 2
      let parts = bands.compactMap { $0.within(window) }
      guard parts.reduce(0, { $0 + $1.count }) >= Self.leastPoints else {
        return [Double](repeating: .nan, count: grid.count)
      }
      let dictionary = SinusoidDictionary(
        parts, degree: degree, grid: grid, threads: monitor.threads)
      let solution = GroupLasso(dictionary, response: dictionary.response).solve(
        penalty: NoiseLevelPenalty.penalty(for: dictionary, noise: noise))
      return dictionary.amplitudes(of: solution)
    }
  }
}

extension SinusoidDictionary {
  /// The amplitudes of a solution on the whole grid, shrunk as they are: the largest of the bands'.
  public func amplitudes(of solution: GroupLassoSolution) -> [Double] {
    let model = model(of: solution)
    var amplitudes = [Double](repeating: 0, count: grid.count)
    for (k, group) in solution.groups.enumerated() {
      amplitudes[group] = model.bands.map { hypot($0.cosines[k], $0.sines[k]) }.max()!
    }
    return amplitudes
  }
}

extension TimeSeries {
  /// The measurements of a range of times; nil if they are too few or all alike.
  func within(_ range: ClosedRange<Double>) -> TimeSeries? {
    let kept = times.indices.filter { range.contains(times[$0]) }
    return try? TimeSeries(
      times: kept.map { times[$0] }, values: kept.map { values[$0] },
      errors: kept.map { errors[$0] })
  }
}

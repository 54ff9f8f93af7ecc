import Foundation
import NumericalMethods

/// Prewhitening: the highest peak's sinusoid is fitted with those before it, all are taken away, and the rest is
/// searched again.
///
/// It ends when a peak does not stand out from the noise, that is, its amplitude is below four times the mean
/// amplitude of what is left without it (Breger et al. 1993, A&A 271, 482).
///
/// Complexity: a Lomb–Scargle periodogram for each mode and one more, and O(points × modes) some ten times for
/// every pair of modes.
public struct SequentialPrewhitening: ComparisonPeriodogram {
  /// At most.
  public let modes: Int

  /// Amplitude over noise.
  public static let significance = 4.0

  public init(modes: Int = 10) {
    precondition(modes > 0)
    self.modes = modes
  }

  public var name: String { "prewhitening" }
  public var quantity: String { "amplitude" }
  public var isBestLowest: Bool { false }

  /// A sinusoid that was found.
  public struct Mode: Sendable {
    /// Between the grid's frequencies.
    public let frequency: Double
    public let amplitude: Double
  }

  /// Lines: the amplitudes of the modes at the frequencies of the grid next to theirs, and 0 elsewhere.
  public func spectrum(of series: TimeSeries, on grid: FrequencyGrid, threads: Int) -> [Double] {
    var spectrum = [Double](repeating: 0, count: grid.count)
    for mode in modes(of: series, on: grid, threads: threads) {
      let index = Int(((mode.frequency - grid.first) / grid.step).rounded())
      let place = min(max(index, 0), grid.count - 1)
      spectrum[place] = max(spectrum[place], mode.amplitude)
    }
    return spectrum
  }

  /// The modes in the order in which they are found.
  public func modes(of series: TimeSeries, on grid: FrequencyGrid, threads: Int) -> [Mode] {
    let scan = LombScargle(
      times: series.times, errors: series.errors, grid: grid, threads: threads)
    let mean = OrthonormalColumns(polynomial: 0, times: series.times, errors: series.errors)
    let whitened = zip(series.values, series.errors).map { $0 / $1 }
    var frequencies: [Double] = []
    var drops = scan.drop(of: mean.projectingOut(from: whitened), beside: mean)
    while frequencies.count < modes {
      let peak = drops.indices.reduce(0) { drops[$1] > drops[$0] ? $1 : $0 }
      let height = drops[peak].squareRoot()
      guard height > 0 else { break }
      var trial = frequencies + [grid[peak]]
      // The new one first, then those that it disturbed.
      for index in trial.indices.reversed() {
        let others = mean.appending(trial, except: index, series)
        let residual = others.projectingOut(from: whitened)
        trial[index] = refined(trial[index], step: grid.step) { frequency in
          Sinusoid(series, frequency, beside: others).drop(of: residual)
        }
      }
      let all = mean.appending(trial, except: nil, series)
      drops = scan.drop(of: all.projectingOut(from: whitened), beside: mean)
      // The root of a drop goes as the amplitude.
      let noise = drops.reduce(0) { $0 + $1.squareRoot() } / Double(drops.count)
      guard height >= Self.significance * noise else { break }
      frequencies = trial
    }
    return frequencies.indices.map { index in
      let others = mean.appending(frequencies, except: index, series)
      let sinusoid = Sinusoid(series, frequencies[index], beside: others)
      return Mode(
        frequency: frequencies[index],
        amplitude: sinusoid.amplitude(of: others.projectingOut(from: whitened)))
    }
  }

  /// The frequency at most a step away with the greatest drop, by sections of the interval.
  private func refined(
    _ frequency: Double, step: Double, _ drop: (Double) -> Double
  ) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (max(frequency - step, 1e-3 * step), frequency + step)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (drop(left), drop(right))
    while high - low > 1e-4 * step {
      if atLeft > atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = drop(left)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = drop(right)
      }
    }
    return (low + high) / 2
  }
}

extension OrthonormalColumns {
  /// With the cosines and sines of these frequencies, all but one.
  fileprivate func appending(
    _ frequencies: [Double], except index: Int?, _ series: TimeSeries
  ) -> OrthonormalColumns {
    var basis = self
    for (k, frequency) in frequencies.enumerated() where k != index {
      for column in Sinusoid.columns(series, frequency) { basis.append(column) }
    }
    return basis
  }
}

/// A cosine and a sine beside other columns, whitened.
private struct Sinusoid {
  private let columns: [[Double]]
  /// Their parts orthogonal to the others and to each other.
  private let basis: ArraySlice<[Double]>

  init(_ series: TimeSeries, _ frequency: Double, beside others: OrthonormalColumns) {
    columns = Self.columns(series, frequency)
    var basis = others
    for column in columns { basis.append(column) }
    self.basis = basis.columns[others.columns.count...]
  }

  static func columns(_ series: TimeSeries, _ frequency: Double) -> [[Double]] {
    let origin = series.times[0]
    let angles = series.times.map { 2 * .pi * frequency * ($0 - origin) }
    return [
      zip(angles, series.errors).map { cos($0) / $1 },
      zip(angles, series.errors).map { sin($0) / $1 },
    ]
  }

  /// Of χ².
  func drop(of residual: [Double]) -> Double {
    basis.reduce(0) { sum, column in
      let amount = dot(column, residual, residual.count)
      return sum + amount * amount
    }
  }

  /// Of the sinusoid that fits best, in units of the values; 0 if the data do not tell.
  func amplitude(of residual: [Double]) -> Double {
    guard basis.count == 2, let q0 = basis.first, let q1 = basis.last else { return 0 }
    let count = residual.count
    let sine = dot(q1, residual, count) / dot(q1, columns[1], count)
    let cosine =
      (dot(q0, residual, count) - sine * dot(q0, columns[1], count)) / dot(q0, columns[0], count)
    return (cosine * cosine + sine * sine).squareRoot()
  }
}

import Foundation
import NumericalMethods

/// Noise whose neighbours in time are alike: covariance a² exp(−|t − t'|/τ), beside the errors and a
/// jitter, σ² + j², of each point.
///
/// The exponential kernel is that of a Markov process, so that Kalman's filter makes residuals independent
/// in O(points): the Cholesky factor of the covariance is never written down.
///
/// Reference: Kelly, Bechtold & Siemiginowska (2009), ApJ 698, 895, eqs 6–12.
public struct RedNoise: Sendable, Equatable {
  /// a, in units of the values.
  public let amplitude: Double
  /// τ
  public let timescale: Double
  public let jitter: Double

  public init(amplitude: Double, timescale: Double, jitter: Double) {
    precondition(amplitude >= 0 && timescale > 0 && jitter >= 0)
    self.amplitude = amplitude
    self.timescale = timescale
    self.jitter = jitter
  }

  /// Linear maps of values at times, in increasing order, that are white under the covariance.
  public struct Filter: Sendable {
    private let decays: [Double]
    private let gains: [Double]
    private let scales: [Double]
    /// The logarithm of the determinant of the covariance.
    public let logDeterminant: Double

    public init(_ noise: RedNoise, times: [Double], errors: [Double]) {
      precondition(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
      var (decays, gains, scales, sum) = ([Double](), [Double](), [Double](), 0.0)
      let variance = noise.amplitude * noise.amplitude
      var state = variance
      for k in times.indices {
        if k > 0 {
          let decay = exp(-(times[k] - times[k - 1]) / noise.timescale)
          state = variance + decay * decay * (state - variance)
          decays.append(decay)
        } else {
          decays.append(0)
        }
        let total = state + errors[k] * errors[k] + noise.jitter * noise.jitter
        gains.append(state / total)
        scales.append(1 / total.squareRoot())
        sum += log(total)
        state *= 1 - gains[k]
      }
      (self.decays, self.gains, self.scales, logDeterminant) = (decays, gains, scales, sum)
    }

    /// L⁻¹ `values`, L Lᵀ the covariance.
    public func whiten(_ values: [Double]) -> [Double] {
      precondition(values.count == gains.count)
      var state = 0.0
      return values.indices.map { k in
        state *= decays[k]
        let innovation = values[k] - state
        state += gains[k] * innovation
        return innovation * scales[k]
      }
    }
  }

  /// −2 log likelihood of `residuals` but for the constant.
  public func deviance(residuals: [Double], times: [Double], errors: [Double]) -> Double {
    let filter = Filter(self, times: times, errors: errors)
    let white = filter.whiten(residuals)
    return dot(white, white) + filter.logDeterminant
  }

  /// The noise of greatest likelihood for residuals of a model, times in increasing order: Nelder and
  /// Mead's simplex in logarithms from the best of a few time scales.
  ///
  /// Throws what `SimplexMinimum` does, for residuals that are not finite.
  public init(residuals: [Double], times: [Double], errors: [Double]) throws {
    let scatter = (dot(residuals, residuals) / Double(residuals.count)).squareRoot()
    let span = times.last! - times.first!
    let shortest = span / Double(times.count)
    func noise(_ x: [Double]) -> RedNoise {
      // Beyond the span it is a trend, below the spacing white.
      let timescale = min(max(exp(x[1]), shortest / 10), 3 * span)
      return RedNoise(amplitude: exp(x[0]), timescale: timescale, jitter: exp(x[2]))
    }
    func deviance(_ x: [Double]) -> Double {
      let value = noise(x).deviance(residuals: residuals, times: times, errors: errors)
      return value.isFinite ? value : .greatestFiniteMagnitude
    }
    var best: (point: [Double], value: Double)?
    for step in 0..<4 {
      let timescale = shortest * pow(span / shortest, (Double(step) + 0.5) / 4)
      let start = [log(0.5 * scatter), log(timescale), log(0.3 * scatter)]
      let found = try SimplexMinimum.find(
        start: start, step: 0.5, tolerance: 1e-4, maximumIterations: 500, deviance)
      if best == nil || found.value < best!.value { best = found }
    }
    self = noise(best!.point)
  }

  /// By how much each mode of `model` lowers χ² under this noise, beside all others: what to compare with
  /// `FalseAlarmProbability.probability(drop:)`.
  ///
  /// Generalised least squares at the model's frequencies, small changes of the other modes' frequencies
  /// being fitted as well.
  ///
  /// - Parameters:
  ///   - series: of one band, times in increasing order.
  ///   - baselineDegree: as in the model.
  public func drops(
    of model: SinusoidModel, in series: TimeSeries, band: Int = 0, baselineDegree: Int = 0
  ) -> [Double] {
    let filter = Filter(self, times: series.times, errors: series.errors)
    let times = series.times.map { $0 - model.epoch }
    let span = series.duration
    let modes = model.modes.map { mode -> (pair: [[Double]], slope: [Double]) in
      let angles = times.map { 2 * Double.pi * mode.frequency * $0 }
      let component = mode.components[band]
      return (
        [filter.whiten(angles.map { cos($0) }), filter.whiten(angles.map { sin($0) })],
        filter.whiten(
          zip(times, angles).map {
            $0 / span * (component.sine * cos($1) - component.cosine * sin($1))
          })
      )
    }
    let values = filter.whiten(series.values)
    return modes.indices.map { tested in
      var basis = OrthonormalColumns()
      for power in 0...baselineDegree {
        basis.append(filter.whiten(times.map { pow($0 / span, Double(power)) }))
      }
      for (index, mode) in modes.enumerated() where index != tested {
        for column in mode.pair + [mode.slope] { basis.append(column) }
      }
      let without = basis.projectingOut(from: values)
      for column in modes[tested].pair { basis.append(column) }
      let with = basis.projectingOut(from: values)
      return max(0, dot(without, without) - dot(with, with))
    }
  }
}

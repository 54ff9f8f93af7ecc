import Foundation
import NumericalMethods
import Probability
import SparseModeling
import Testing

struct RedNoiseTests {
  private func times(_ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .simulation)
    return (0..<count).map { _ in 100 * stream.uniform() }.sorted()
  }

  /// An Ornstein–Uhlenbeck process and white noise.
  private func draw(
    _ times: [Double], amplitude: Double, timescale: Double, white: Double, seed: UInt64
  ) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .noise)
    var state = 0.0
    return times.indices.map { k in
      let decay = k > 0 ? exp(-(times[k] - times[k - 1]) / timescale) : 0
      state = decay * state + amplitude * (1 - decay * decay).squareRoot() * stream.normal()
      return state + white * stream.normal()
    }
  }

  @Test func filterIsTheCholeskyFactorOfTheCovariance() throws {
    let times = times(40, seed: 1)
    let errors = times.indices.map { 0.1 + 0.01 * Double($0 % 5) }
    let noise = RedNoise(amplitude: 0.3, timescale: 4, jitter: 0.05)
    let filter = RedNoise.Filter(noise, times: times, errors: errors)
    var covariance = times.flatMap { a in times.map { 0.09 * exp(-abs(a - $0) / 4) } }
    for k in 0..<40 { covariance[k * 41] += errors[k] * errors[k] + 0.0025 }
    let factor = try #require(CholeskyFactor(covariance, count: 40))
    let values = draw(times, amplitude: 0.3, timescale: 4, white: 0.1, seed: 2)
    let expected = factor.solveForward(values)
    for (a, b) in zip(filter.whiten(values), expected) { #expect(abs(a - b) < 1e-10) }
    let determinant = (0..<40).reduce(0) { $0 + 2 * log(factor.elements[$1 * 41]) }
    #expect(abs(filter.logDeterminant - determinant) < 1e-9)
  }

  @Test func mostLikelyNoiseIsNearTheTrueOne() throws {
    let times = times(800, seed: 3)
    let residuals = draw(times, amplitude: 0.3, timescale: 2, white: 0.12, seed: 4)
    let errors = times.map { _ in 0.1 }
    let found = try RedNoise(residuals: residuals, times: times, errors: errors)
    // A hundred or so independent stretches.
    #expect(abs(log(found.amplitude / 0.3)) < 0.5)
    #expect(abs(log(found.timescale / 2)) < 1)
    #expect((found.jitter * found.jitter + 0.01).squareRoot() < 0.16)
    let truth = RedNoise(amplitude: 0.3, timescale: 2, jitter: 0.0663)
    #expect(
      found.deviance(residuals: residuals, times: times, errors: errors)
        <= truth.deviance(residuals: residuals, times: times, errors: errors))
  }

  @Test func redNoiseIsNotTakenForModes() throws {
    let times = times(300, seed: 5)
    let noise = draw(times, amplitude: 0.1, timescale: 5, white: 0.03, seed: 6)
    let values = zip(times, noise).map { 0.2 * cos(2 * .pi * 1.7 * $0) + $1 }
    let series = try TimeSeries(times: times, values: values, errors: times.map { _ in 0.03 })
    let grid = FrequencyGrid(range: 0.02...3, duration: series.duration, oversampling: 5)
    let search = ModeSearch([series], grid: grid)
    let model = try #require(search.model(modes: 2))
    let red = try RedNoise(
      residuals: model.residuals[0].map { $0 * 0.03 }, times: times, errors: series.errors)
    let test = FalseAlarmProbability(
      width: grid.last - grid.first, timeVariances: search.series.timeVariances)
    let white = search.significances(of: model).map(\.falseAlarm)
    #expect(white[0] < 1e-10 && white[1] < 1e-10)
    let drops = red.drops(of: model, in: series)
    #expect(test.probability(drop: drops[0]) < 1e-10)
    #expect(test.probability(drop: drops[1]) > 1e-3)
  }
}

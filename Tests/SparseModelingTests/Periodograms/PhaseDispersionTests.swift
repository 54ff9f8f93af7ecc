import Foundation
import Probability
import SparseModeling
import Testing

@Suite struct PhaseDispersionTests {
  private func series(
    _ count: Int, seed: UInt64, span: Double = 100, errors: ClosedRange<Double> = 0.1...0.1,
    _ value: (Double) -> Double
  ) throws -> TimeSeries {
    var stream = RandomStream(seed: seed, purpose: .reference)
    let times = (0..<count).map { _ in 2_450_000 + span * stream.uniform() }
    return try TimeSeries(
      times: times, values: times.map(value),
      errors: times.map { _ in
        errors.lowerBound + (errors.upperBound - errors.lowerBound) * stream.uniform()
      })
  }

  /// Points of each bin of each cover, by Stellingwerf's definition.
  private func samples(
    _ series: TimeSeries, frequency: Double, bins: Int, covers: Int
  ) -> [[Int]] {
    let origin = series.times.min()!
    let places = series.times.map { time in
      let cycles = frequency * (time - origin)
      return Int((cycles - cycles.rounded(.down)) * Double(bins * covers))
    }
    return (0..<bins * covers).map { start in
      series.times.indices.filter {
        (places[$0] - start + bins * covers) % (bins * covers) < covers
      }
    }.filter { !$0.isEmpty }
  }

  @Test func isStellingwerfsThetaWithEqualErrors() throws {
    let series = try series(60, seed: 1) { sin($0 * 1.7) + 0.3 * cos($0 * 0.31) }
    let grid = FrequencyGrid(first: 0.037, step: 0.0917, count: 40)
    for (bins, covers) in [(10, 2), (5, 1), (7, 3)] {
      let spectrum = PhaseDispersion(bins: bins, covers: covers)
        .spectrum(of: series, on: grid, threads: 1)
      let mean = series.values.reduce(0, +) / 60
      let variance = series.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 59
      for k in 0..<grid.count {
        // Equation 2: Σ (n − 1) s² / (Σ n − M).
        let samples = samples(series, frequency: grid[k], bins: bins, covers: covers)
        let scatter = samples.reduce(0.0) { sum, sample in
          let values = sample.map { series.values[$0] }
          let mean = values.reduce(0, +) / Double(values.count)
          return sum + values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        let freedom = samples.reduce(0) { $0 + $1.count } - samples.count
        #expect(abs(spectrum[k] - scatter / Double(freedom) / variance) < 1e-9)
      }
    }
  }

  @Test func pointsCountByTheirErrors() throws {
    let series = try series(50, seed: 2, errors: 0.05...0.5) { sin($0 * 2.1) }
    let grid = FrequencyGrid(first: 0.1, step: 0.137, count: 20)
    let spectrum = PhaseDispersion(bins: 6, covers: 2).spectrum(of: series, on: grid, threads: 1)
    func chiSquared(_ points: [Int]) -> Double {
      let weights = points.map { 1 / (series.errors[$0] * series.errors[$0]) }
      let sum = zip(points, weights).reduce(0) { $0 + $1.1 * series.values[$1.0] }
      let mean = sum / weights.reduce(0, +)
      return zip(points, weights).reduce(0) {
        $0 + $1.1 * (series.values[$1.0] - mean) * (series.values[$1.0] - mean)
      }
    }
    for k in 0..<grid.count {
      let samples = samples(series, frequency: grid[k], bins: 6, covers: 2)
      let scatter = samples.reduce(0.0) { $0 + chiSquared($1) } / Double(2 * 50 - samples.count)
      let all = chiSquared(Array(0..<50)) / 49
      #expect(abs(spectrum[k] - scatter / all) < 1e-9)
    }
  }

  @Test func isOneForNoiseAndZeroForACurveThatRepeats() throws {
    var stream = RandomStream(seed: 3, purpose: .reference)
    let noise = try series(400, seed: 3) { _ in stream.normal() }
    let grid = FrequencyGrid(first: 0.5, step: 0.013, count: 500)
    let method = PhaseDispersion()
    let ofNoise = method.spectrum(of: noise, on: grid, threads: 1)
    // The mean of 500 nearly independent values, each with a scatter near √(2/400).
    #expect(abs(ofNoise.reduce(0, +) / 500 - 1) < 0.02)
    #expect(ofNoise.allSatisfy { $0 > 0.6 && $0 < 1.2 })

    // Flat within tenths of the period, so that bins of a tenth hold one value each.
    let (origin, frequency) = (noise.times.min()!, grid[100])
    let steps = try TimeSeries(
      times: noise.times,
      values: noise.times.map { time in
        let cycles = frequency * (time - origin)
        return ((cycles - cycles.rounded(.down)) * 10).rounded(.down)
      }, errors: noise.errors)
    let ofSteps = PhaseDispersion(bins: 10, covers: 1).spectrum(of: steps, on: grid, threads: 1)
    #expect(method.best(in: ofSteps) == 100 && ofSteps[100] < 1e-12)

    let wave = try TimeSeries(
      times: noise.times, values: noise.times.map { sin(2 * .pi * frequency * ($0 - origin)) },
      errors: noise.errors)
    let ofWave = method.spectrum(of: wave, on: grid, threads: 1)
    // Within a tenth of the period a sine has (π/10)²/3 of its variance.
    #expect(abs(ofWave[100] - .pi * .pi / 300) < 0.01 && method.best(in: ofWave) == 100)
  }

  @Test func awkwardFrequenciesAndThreads() throws {
    let series = try series(300, seed: 4, span: 4000) { sin($0) }
    let grid = FrequencyGrid(first: 0, step: 0.01, count: 3000)
    let method = PhaseDispersion()
    let spectrum = method.spectrum(of: series, on: grid, threads: 1)
    #expect(abs(spectrum[0] - 1) < 1e-12 && spectrum.allSatisfy(\.isFinite))
    #expect(spectrum == method.spectrum(of: series, on: grid, threads: 3))
    // Every point alone in its bin.
    let few = try TimeSeries(
      times: [0, 0.1, 0.2, 0.3, 0.4], values: [1, 2, 3, 4, 5], errors: [1, 1, 1, 1, 1])
    let one = FrequencyGrid(first: 1, step: 1, count: 1)
    #expect(PhaseDispersion(bins: 100, covers: 1).spectrum(of: few, on: one, threads: 1) == [1])
  }
}

import Foundation
import Probability
import SparseModeling
import Testing

@Suite struct BoxLeastSquaresTests {
  /// Level 10, with boxes of this height where the phase from `epoch` is within half of `duration`.
  private func series(
    _ count: Int, seed: UInt64, frequency: Double, epoch: Double, duration: Double, height: Double,
    error: Double, span: Double = 90
  ) throws -> TimeSeries {
    var stream = RandomStream(seed: seed, purpose: .reference)
    let times = (0..<count).map { _ in 2_450_000 + span * stream.uniform() }
    let errors = times.map { _ in error * (0.5 + stream.uniform()) }
    let values = zip(times, errors).map { time, error in
      let cycles = frequency * (time - epoch)
      let isIn = abs(cycles - cycles.rounded()) <= duration * frequency / 2
      return 10 + (isIn ? height : 0) + error * stream.normal()
    }
    return try TimeSeries(times: times, values: values, errors: errors)
  }

  @Test func isTheBestWeightedLeastSquaresBox() throws {
    let series = try series(
      40, seed: 1, frequency: 0.7, epoch: 2_450_003, duration: 0.15, height: -0.5, error: 0.2)
    let grid = FrequencyGrid(first: 0.4, step: 0.0917, count: 12)
    let method = BoxLeastSquares()
    let spectrum = method.spectrum(of: series, on: grid, threads: 1)
    let weights = series.errors.map { 1 / ($0 * $0) }
    func chiSquared(_ points: [Int]) -> Double {
      let total = points.reduce(0) { $0 + weights[$1] }
      let mean = points.reduce(0) { $0 + weights[$1] * series.values[$1] } / total
      return points.reduce(0) {
        $0 + weights[$1] * (series.values[$1] - mean) * (series.values[$1] - mean)
      }
    }
    let constant = chiSquared(Array(0..<40))
    let origin = series.times.min()!
    for k in 0..<grid.count {
      let (bins, lengths) = method.boxes(at: grid[k])
      let places = series.times.map { time in
        let cycles = grid[k] * (time - origin)
        return Int((cycles - cycles.rounded(.down)) * Double(bins))
      }
      var best = constant
      for length in lengths {
        for start in 0..<bins {
          let isIn = places.map { ($0 - start + bins) % bins < length }
          let (within, beside) = (
            (0..<40).filter { isIn[$0] }, (0..<40).filter { !isIn[$0] }
          )
          guard within.count >= BoxLeastSquares.leastPoints,
            beside.count >= BoxLeastSquares.leastPoints
          else { continue }
          best = min(best, chiSquared(within) + chiSquared(beside))
        }
      }
      #expect(abs(spectrum[k] - (1 - best / constant)) < 1e-9)
    }
  }

  @Test func lengthsFollowKeplersThirdLaw() {
    let method = BoxLeastSquares()
    for frequency in [0.01, 0.1, 1, 3.0] {
      let (bins, lengths) = method.boxes(at: frequency)
      let typical = 0.076 * pow(frequency, 2.0 / 3)
      let (shortest, longest) = (max(typical / 2, 0.002), min(typical * 2, 0.25))
      let fractions = lengths.map { Double($0) / Double(bins) }
      #expect(fractions[0] <= shortest * 1.0001 && fractions[0] > shortest * 0.95)
      #expect(fractions.last! >= longest * 0.9999 && fractions.last! < longest * 1.3)
      #expect(zip(fractions, fractions.dropFirst()).allSatisfy { $1 / $0 <= 1.2501 })
    }
  }

  @Test(arguments: [-0.02, 0.02]) func knownTransitIsFound(height: Double) throws {
    let (period, duration, epoch) = (3.52475, 0.128, 2_450_001.5)
    let series = try series(
      2000, seed: 7, frequency: 1 / period, epoch: epoch, duration: duration, height: height,
      error: 0.005)
    let grid = FrequencyGrid(range: 0.05...2, duration: 90, oversampling: 100)
    let method = BoxLeastSquares()
    let spectrum = method.spectrum(of: series, on: grid, threads: 2)
    let frequency = grid[method.best(in: spectrum)]
    // The first and the last box are off by less than half of their length.
    #expect(abs(frequency - 1 / period) * 90 * period < duration)
    let box = try #require(method.box(of: series, at: 1 / period))
    #expect(abs(box.height - height) < 4 * box.heightError && box.heightError < 0.001)
    // 2000 points sample the period every 0.0018.
    #expect(abs(box.duration - duration) < 0.012)
    let cycles = (box.epoch - epoch) / period
    #expect(abs(cycles - cycles.rounded()) * period < 0.008)
    #expect(box.epoch >= series.times.min()! && box.epoch < series.times.min()! + 1.2 * period)
    #expect(box.power >= spectrum.max()! - 0.02)
  }

  @Test func singlePointsAreNoBoxes() throws {
    var stream = RandomStream(seed: 3, purpose: .reference)
    let times = (0..<200).map { _ in 50 * stream.uniform() }
    var values = times.map { _ in 0.001 * stream.normal() }
    values[17] = 100
    let errors = [Double](repeating: 0.001, count: 200)
    let grid = FrequencyGrid(first: 0, step: 0.01, count: 300)
    let spectrum = BoxLeastSquares().spectrum(
      of: try TimeSeries(times: times, values: values, errors: errors), on: grid, threads: 1)
    // One of at least five points has at most a fifth of the variance.
    #expect(spectrum[0] == 0 && spectrum.allSatisfy { $0 >= 0 && $0 <= 0.2 })
    let few = try TimeSeries(
      times: Array(times[..<9]), values: Array(values[..<9]), errors: Array(errors[..<9]))
    #expect(BoxLeastSquares().spectrum(of: few, on: grid, threads: 1).allSatisfy { $0 == 0 })
    #expect(BoxLeastSquares().box(of: few, at: 1) == nil)
  }

  @Test func doesNotDependOnThreads() throws {
    let series = try series(
      300, seed: 4, frequency: 0.7, epoch: 2_450_003, duration: 0.15, height: -0.5, error: 0.2)
    let grid = FrequencyGrid(first: 0.02, step: 0.001, count: 2000)
    let method = BoxLeastSquares()
    let alone = method.spectrum(of: series, on: grid, threads: 1)
    #expect(alone == method.spectrum(of: series, on: grid, threads: 3))
  }
}

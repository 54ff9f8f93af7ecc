import Foundation
import Probability
import SparseModeling
import Testing

@Suite struct SequentialPrewhiteningTests {
  private func series(
    _ modes: [(frequency: Double, amplitude: Double)], noise: Double, seed: UInt64
  ) throws -> TimeSeries {
    var stream = RandomStream(seed: seed, purpose: .reference)
    let times = (0..<400).map { _ in 120 * stream.uniform() }
    return try TimeSeries(
      times: times,
      values: times.map { time in
        modes.reduce(5 + noise * stream.normal()) {
          $0 + $1.amplitude * sin(2 * .pi * $1.frequency * time + 1)
        }
      }, errors: times.map { _ in noise })
  }

  @Test func modesAreFoundFromTheHighest() throws {
    let modes: [(frequency: Double, amplitude: Double)] = [
      (1.23456, 0.5), (3.3, 0.3), (0.4321, 0.2),
    ]
    let series = try series(modes, noise: 0.05, seed: 1)
    let grid = FrequencyGrid(range: 0.01...5, duration: 120, oversampling: 10)
    let method = SequentialPrewhitening()
    let found = method.modes(of: series, on: grid, threads: 1)
    #expect(found.count == 3)
    for (mode, truth) in zip(found, modes) {
      // Twenty times the errors of a frequency, √6 σ / (π √N A T), for what the others leave.
      let error = 6.0.squareRoot() * 0.05 / (.pi * 20 * truth.amplitude * 120)
      #expect(abs(mode.frequency - truth.frequency) < 20 * error)
      #expect(abs(mode.amplitude - truth.amplitude) < 0.04)
    }
    let spectrum = method.spectrum(of: series, on: grid, threads: 2)
    #expect(spectrum.filter { $0 > 0 }.count == 3)
    for mode in found {
      let index = Int(((mode.frequency - grid.first) / grid.step).rounded())
      #expect(spectrum[index] == mode.amplitude)
    }
    #expect(grid[method.best(in: spectrum)] - 1.23456 < grid.step)
    #expect(SequentialPrewhitening(modes: 2).modes(of: series, on: grid, threads: 1).count == 2)
  }

  @Test func aNoiselessSinusoidIsExact() throws {
    let series = try series([(2.34567, 0.75)], noise: 1e-9, seed: 2)
    let grid = FrequencyGrid(range: 0...5, duration: 120, oversampling: 5)
    let found = SequentialPrewhitening(modes: 1).modes(of: series, on: grid, threads: 1)
    #expect(abs(found[0].frequency - 2.34567) < 1e-7)
    #expect(abs(found[0].amplitude - 0.75) < 1e-6)
  }

  @Test func noiseSeldomHasModes() throws {
    let grid = FrequencyGrid(range: 0.01...5, duration: 120, oversampling: 5)
    var count = 0
    for seed in 0..<60 as Range<UInt64> {
      let series = try series([], noise: 0.1, seed: 10 + seed)
      let spectrum = SequentialPrewhitening().spectrum(of: series, on: grid, threads: 1)
      if spectrum.contains(where: { $0 > 0 }) { count += 1 }
    }
    // Noise reaches four times the mean of Rayleigh's law, √(π/2), with exp(−4π) at one frequency, and
    // somewhere in 600/T with 600 √(4π) times that, 0.7 % (Baluev 2008).
    #expect(count <= 5)
  }

  @Test func allComparisonsAgreeOnAPlainSignal() throws {
    let series = try series([(1.2, 0.5)], noise: 0.1, seed: 3)
    let grid = FrequencyGrid(first: 0.7, step: 0.0008, count: 2000)
    for method in ComparisonPeriodograms.all {
      let spectrum = method.spectrum(of: series, on: grid, threads: 1)
      #expect(spectrum.count == grid.count && spectrum.allSatisfy(\.isFinite), "\(method.name)")
      #expect(abs(grid[method.best(in: spectrum)] - 1.2) < 0.25 / 120, "\(method.name)")
      #expect(spectrum == method.spectrum(of: series, on: grid, threads: 2), "\(method.name)")
    }
    #expect(Set(ComparisonPeriodograms.all.map(\.name)).count == ComparisonPeriodograms.all.count)
  }
}

import Foundation
import Probability
import SparseModeling
import Testing

@Suite struct CleanSpectrumTests {
  /// Eight hours a night, with the nights of the full Moon and half a year left out.
  private func nights(_ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .reference)
    var times: [Double] = []
    while times.count < count {
      let day = (300 * stream.uniform()).rounded(.down)
      let isDark = day.truncatingRemainder(dividingBy: 29) < 22
      if isDark, day < 80 || day > 200 { times.append(day + stream.uniform() / 3) }
    }
    return times
  }

  @Test func aSinusoidInGappedDataLosesItsAliases() throws {
    let times = nights(400, seed: 1)
    let grid = FrequencyGrid(first: 0, step: 0.0003125, count: 16_000)
    // On the grid.
    let (index, amplitude) = (7360, 0.75)
    let frequency = grid[index]
    let series = try TimeSeries(
      times: times,
      values: times.map { 12 + amplitude * cos(2 * .pi * frequency * $0 + 0.4) },
      errors: times.map { _ in 1e-7 })
    // The window's alias of one cycle a day in these data.
    let (c, s) = times.reduce(into: (0.0, 0.0)) {
      $0.0 += cos(2 * .pi * $1)
      $0.1 += sin(2 * .pi * $1)
    }
    #expect((c * c + s * s).squareRoot() / 400 > 0.7)

    let method = SpectralClean()
    let spectrum = method.spectrum(of: series, on: grid, threads: 1)
    #expect(method.best(in: spectrum) == index)
    #expect(abs(spectrum[index] - amplitude) < 1e-5 * amplitude)
    // The lobe that stands for the peak is narrower than 2 / duration.
    let lobe = Int(2 / series.duration / grid.step)
    for k in 0..<grid.count where abs(k - index) > lobe {
      #expect(spectrum[k] < 1e-4 * amplitude)
    }
  }

  @Test func modesBetweenFrequenciesOfTheGrid() throws {
    let times = nights(500, seed: 2)
    let modes = [(2.31357, 1.0), (3.55572, 0.6), (0.71113, 0.4)]
    var stream = RandomStream(seed: 2, purpose: .noise)
    let series = try TimeSeries(
      times: times,
      values: times.map { time in
        modes.reduce(0.05 * stream.normal()) { $0 + $1.1 * sin(2 * .pi * $1.0 * time) }
      }, errors: times.map { _ in 0.05 })
    let grid = FrequencyGrid(range: 0.01...5, duration: series.duration, oversampling: 10)
    var spectrum = SpectralClean().spectrum(of: series, on: grid, threads: 2)
    for (frequency, amplitude) in modes {
      // The highest peak that is left.
      let best = SpectralClean().best(in: spectrum)
      #expect(abs(grid[best] - frequency) < 0.2 / series.duration)
      #expect(abs(spectrum[best] - amplitude) < 0.03 * amplitude)
      for k in max(0, best - 20)...min(grid.count - 1, best + 20) { spectrum[k] = 0 }
    }
    // Noise, and what the grid cannot hold.
    #expect(spectrum.max()! < 0.05)
  }

  @Test func noiseIsLeftAlone() throws {
    let times = nights(300, seed: 3)
    var stream = RandomStream(seed: 4, purpose: .noise)
    let series = try TimeSeries(
      times: times, values: times.map { _ in stream.normal() }, errors: times.map { _ in 1 })
    let grid = FrequencyGrid(first: 0.1, step: 0.0137, count: 300)
    let spectrum = SpectralClean().spectrum(of: series, on: grid, threads: 1)
    // No component: the dirty spectrum stays as it is.
    let mean = series.values.reduce(0, +) / 300
    for k in 0..<grid.count {
      let (c, s) = zip(times, series.values).reduce(into: (0.0, 0.0)) {
        let angle = 2 * .pi * grid[k] * $1.0
        $0.0 += ($1.1 - mean) * cos(angle)
        $0.1 += ($1.1 - mean) * sin(angle)
      }
      #expect(abs(spectrum[k] - 2 * (c * c + s * s).squareRoot() / 300) < 1e-8)
    }
  }

  @Test func doesNotDependOnThreads() throws {
    let times = nights(100, seed: 5)
    let series = try TimeSeries(
      times: times, values: times.map { sin($0) }, errors: times.map { _ in 0.01 })
    let grid = FrequencyGrid(first: 0.1, step: 0.0007, count: 3001)
    let alone = SpectralClean().spectrum(of: series, on: grid, threads: 1)
    #expect(alone == SpectralClean().spectrum(of: series, on: grid, threads: 3))
    #expect(alone.allSatisfy { $0.isFinite })
    let single = FrequencyGrid(first: 0, step: 1, count: 1)
    #expect(SpectralClean().spectrum(of: series, on: single, threads: 1)[0].isFinite)
  }
}

import Foundation
import SparseModeling
import Testing

/// In fine grids peaks are looked for only where they may be: they are those of the drop at all frequencies.
struct ModeScanTests {
  struct Scenario: Sendable {
    let frequencies: [Double]
    var beside: [Double]
    var bands = 1
    var count = 100
    var night = 0.3
    var degree = 0
    let seed: UInt64

    static let all = [
      Scenario(frequencies: [1.3, 2.71], beside: [1.3], night: 1, seed: 1),
      // Daily aliases of modes in the model.
      Scenario(frequencies: [2.154, 3.1569], beside: [2.154], night: 0.2, seed: 2),
      Scenario(
        frequencies: [1.3645, 2.3679, 3.3699], beside: [1.3645, 3.3699], night: 0.2, seed: 3),
      // Half a resolution element from a mode in the model; a close pair in it.
      Scenario(frequencies: [1.7475, 1.74775], beside: [1.7475], seed: 4),
      Scenario(frequencies: [1.7475, 1.74765, 2.2], beside: [1.7475, 1.74765], seed: 5),
      // No more than noise is left, of many modes and few points, and the data have a trend.
      Scenario(
        frequencies: [1.1, 1.9, 2.4, 3.3], beside: [1.1, 1.9, 2.4, 3.3], count: 40, degree: 1,
        seed: 6),
      Scenario(frequencies: [2.154, 3.1569], beside: [2.154], bands: 3, night: 0.2, seed: 7),
      Scenario(
        frequencies: [1.1, 1.9, 2.4], beside: [1.1, 1.9, 2.4], bands: 5, count: 60, seed: 8),
      // At the end of the grid.
      Scenario(frequencies: [0.0203, 4.9999], beside: [0.0203, 4.9999], seed: 9),
    ]
  }

  @Test(arguments: Scenario.all) func peaksAreThoseOfTheWholeGrid(_ scenario: Scenario) throws {
    let stars = (0..<scenario.bands).map { band in
      ModeCase(
        frequencies: scenario.frequencies, amplitudes: [0.2, 0.16, 0.13, 0.1],
        count: scenario.count, duration: 2000, seed: 10 * scenario.seed + UInt64(band),
        night: scenario.night)
    }
    let series = WhitenedSeries(stars.map(\.series), baselineDegree: scenario.degree)
    let grid = FrequencyGrid(range: 0.02...5, duration: series.duration, oversampling: 6)
    #expect(grid.count > 50_000)
    let scan = ModeScan(series, grid: grid)
    let apart = 0.25 / series.duration
    let drop = scan.drop(beside: scenario.beside)
    let isOpen = drop.indices.map { k in
      scenario.beside.allSatisfy { abs(grid[k] - $0) > apart }
    }
    func height(_ k: Int) -> Double { drop.indices.contains(k) && isOpen[k] ? drop[k] : -1 }
    var maxima = drop.indices.filter {
      isOpen[$0] && height($0) >= height($0 - 1) && height($0) > height($0 + 1)
    }
    maxima.sort { drop[$0] > drop[$1] }
    let peaks = scan.peaks(beside: scenario.beside, count: 12, apart: apart)
    #expect(peaks.count == 12)
    for (peak, expected) in zip(peaks, maxima) {
      let own = Int(((peak.frequency - grid.first) / grid.step).rounded())
      #expect(abs(peak.drop - drop[expected]) < 1e-3 * drop[expected])
      #expect(abs(peak.drop - drop[own]) < 1e-3 * drop[own])
    }
    #expect(
      peaks
        == ModeScan(series, grid: grid, threads: 2)
        .peaks(beside: scenario.beside, count: 12, apart: apart))
  }
}

import Foundation
import NumericalMethods
import Probability
import SparseModeling
import Testing

/// The whole way from light curves to a list of periods.
@Suite struct PeriodAnalysisTests {
  /// Nights with gaps, in two bands, of a star with a harmonic and a second mode.
  private static func star(amplitude: Double = 0.2, noise: Double = 0.02) throws -> [TimeSeries] {
    var stream = RandomStream(seed: 4, purpose: .simulation, index: 0)
    return try [1.0, 0.6].map { scale in
      let times = (0..<80).map { _ in
        let night = (300 * stream.uniform()).rounded(.down)
        return 2_455_000 + night + 0.3 * stream.uniform()
      }
      return try TimeSeries(
        times: times,
        values: times.map { time in
          let t = time - 2_455_000
          let first = sin(2 * .pi * 1.7321 * t) + 0.4 * cos(2 * .pi * 3.4642 * t)
          return 15 + amplitude * scale * (first + 0.5 * sin(2 * .pi * 2.3211 * t))
            + noise * stream.normal()
        }, errors: times.map { _ in noise })
    }
  }

  private static var narrow: PeriodAnalysis.Configuration {
    var configuration = PeriodAnalysis.Configuration()
    configuration.maximumFrequency = 6
    return configuration
  }

  @Test func periodsHarmonicsAndAmplitudesAreFound() throws {
    let analysis = try PeriodAnalysis(try Self.star(), Self.narrow, monitor: WorkMonitor())
    let model = try #require(analysis.model)
    #expect(model.modes.count == 3)
    for (mode, frequency) in zip(model.modes, [1.7321, 2.3211, 3.4642]) {
      #expect(abs(mode.frequency - frequency) < 5 * mode.frequencyError)
    }
    for (mode, amplitude) in zip(model.modes, [0.2, 0.1, 0.08]) {
      for (component, scale) in zip(mode.components, [1, 0.6]) {
        #expect(abs(component.amplitude - scale * amplitude) < 5 * component.amplitudeError)
      }
    }
    let families = try #require(analysis.families)
    #expect(families.families.map(\.head) == [0, 1])
    #expect(families.relations[2] == .halves(4))
    #expect(analysis.noise == 1)
    for significance in analysis.significances {
      #expect(significance.falseAlarm < 1e-6)
      #expect(significance.signalToNoise > 4)
    }
    // What is left over reaches no level of significance.
    #expect(try #require(analysis.residualPeriodogram).drop.max()! < analysis.falseAlarmDrop)
    // The shape is that of the first band: 0.4, and −1/4 − 2 × (−1/4) of a turn.
    let shape = try #require(analysis.fourierRatios.first?.ratios.first)
    #expect(abs(shape.amplitudeRatio - 0.4) < 5 * shape.amplitudeRatioError)
    #expect(analysis.sparse.isConverged)
    let strongest = analysis.sparseAmplitudes.indices.max {
      analysis.sparseAmplitudes[$0] < analysis.sparseAmplitudes[$1]
    }!
    #expect(abs(analysis.grid[strongest] - 1.7321) < 1 / analysis.duration)
  }

  @Test func noiseHasNoModes() throws {
    let analysis = try PeriodAnalysis(
      try Self.star(amplitude: 0), Self.narrow, monitor: WorkMonitor())
    #expect(analysis.model == nil)
    #expect(analysis.significances.isEmpty)
    #expect(analysis.periodogram.drop.max()! < analysis.falseAlarmDrop)
  }

  /// Errors stated four times too small do not make noise significant, and are said to be off.
  @Test func errorsThatAreOffAreNoticed() throws {
    let bands = try Self.star().map { band in
      try TimeSeries(
        times: band.times, values: band.values, errors: band.errors.map { $0 / 4 })
    }
    let analysis = try PeriodAnalysis(bands, Self.narrow, monitor: WorkMonitor())
    #expect(analysis.model?.modes.count == 3)
    #expect(abs(analysis.noise - 4) < 0.6)
  }

  @Test func modesGivenAreReported() throws {
    var configuration = Self.narrow
    configuration.modes = 1
    configuration.hasRedNoise = true
    configuration.bootstrap = 19
    let bands = try Self.star()
    let analysis = try PeriodAnalysis(bands, configuration, monitor: WorkMonitor())
    #expect(analysis.model?.modes.count == 1)
    let significance = try #require(analysis.significances.first)
    #expect(significance.bootstrap == 0.05)
    #expect(try #require(significance.redNoise) < 1e-6)
    let two = try PeriodAnalysis(bands, configuration, monitor: WorkMonitor(threads: 2))
    #expect(two.model?.frequencies == analysis.model?.frequencies)
    #expect(two.significances.map(\.bootstrap) == analysis.significances.map(\.bootstrap))
    #expect(two.sparse.coefficients == analysis.sparse.coefficients)
  }

  @Test func rangesThatCannotBeSearchedAreErrors() throws {
    let bands = try Self.star()
    var configuration = PeriodAnalysis.Configuration()
    configuration.minimumFrequency = 5
    configuration.maximumFrequency = 4
    #expect(throws: PeriodogramError.self) {
      try PeriodAnalysis(bands, configuration, monitor: WorkMonitor())
    }
    configuration.maximumFrequency = 1e9
    #expect(throws: PeriodogramError.self) {
      try PeriodAnalysis(bands, configuration, monitor: WorkMonitor())
    }
    configuration.maximumFrequency = 6
    configuration.modes = 90
    #expect(throws: PeriodogramError.self) {
      try PeriodAnalysis(bands, configuration, monitor: WorkMonitor())
    }
  }

  @Test func interruptionsEndASearch() throws {
    let bands = try Self.star()
    #expect(throws: Interrupted.self) {
      try PeriodAnalysis(bands, Self.narrow, monitor: WorkMonitor(interrupted: { true }))
    }
  }

  /// A frequency that drifts is followed from window to window.
  @Test func spectrogramsFollowADrift() throws {
    let times = (0..<600).map { 0.1 * Double($0) + 0.03 * sin(Double(7 * $0)) }
    let series = try TimeSeries(
      times: times, values: times.map { sin(2 * .pi * (1 + 0.005 * $0) * $0) },
      errors: times.map { _ in 0.1 })
    let spectrogram = try SparseSpectrogram(
      [series], width: 15, range: 0.2...3, oversampling: 5, monitor: WorkMonitor())
    // A quarter of a window apart, as many as fit into just below 60.
    #expect(spectrogram.times.count == 12)
    for (time, amplitudes) in zip(spectrogram.times, spectrogram.amplitudes) {
      let strongest = amplitudes.indices.max { amplitudes[$0] < amplitudes[$1] }!
      #expect(abs(spectrogram.grid[strongest] - (1 + 0.01 * time)) < 1.0 / 15)
    }
    #expect(throws: PeriodogramError.self) {
      try SparseSpectrogram(
        [series], width: 59, range: 0.2...3, oversampling: 5, monitor: WorkMonitor())
    }
  }
}

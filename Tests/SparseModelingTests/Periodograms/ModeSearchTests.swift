import Foundation
import Probability
import SparseModeling
import Testing

struct ModeSearchTests {
  struct Scenario: Sendable {
    let frequencies: [Double]
    let amplitudes: [Double]
    let seed: UInt64

    static let all = [
      Scenario(frequencies: [1.3, 2.71], amplitudes: [0.2, 0.1], seed: 11),
      // Near an alias of a day.
      Scenario(frequencies: [2.154, 3.1529], amplitudes: [0.2, 0.16], seed: 12),
      // A close pair, 0.6/T apart.
      Scenario(frequencies: [1.7475, 1.749], amplitudes: [0.2, 0.16], seed: 13),
      // Three near aliases of one another.
      Scenario(
        frequencies: [1.3645, 2.3727, 3.3748], amplitudes: [0.2, 0.12, 0.17], seed: 14),
    ]
  }

  @Test(arguments: Scenario.all) func findsAllModes(_ scenario: Scenario) throws {
    let star = ModeCase(
      frequencies: scenario.frequencies, amplitudes: scenario.amplitudes, count: 100,
      seed: scenario.seed)
    let search = ModeSearch([star.series], grid: star.grid)
    let selection = search.significantModes()
    let model = try #require(selection.model)
    #expect(star.isFound(in: model.frequencies))
    let known = try #require(search.model(modes: scenario.frequencies.count))
    #expect(known.frequencies == model.frequencies)
    #expect(search.significances(of: model).allSatisfy { $0.falseAlarm < 0.01 })
    let amplitudes = model.modes.map(\.amplitude)
    #expect(amplitudes == amplitudes.sorted(by: >))
  }

  @Test func threeModesNoneOfWhichIsSignificantAlone() {
    let star = ModeCase(
      frequencies: [1.8671, 1.2581, 0.6994], amplitudes: [0.15, 0.14, 0.13], count: 34,
      duration: 200, seed: 21)
    let selection = ModeSearch([star.series], grid: star.grid).significantModes()
    #expect(!selection.steps[0].isAccepted)
    #expect(star.isFound(in: selection.model?.frequencies ?? []))
  }

  @Test func errorsTooSmallAddNoModes() {
    let star = ModeCase(
      frequencies: [1.3, 2.71], amplitudes: [0.2, 0.1], stated: 0.005, seed: 15)
    let selection = ModeSearch([star.series], grid: star.grid).significantModes()
    #expect(star.isFound(in: selection.model?.frequencies ?? []))
    #expect(abs((selection.model?.errorScale ?? 0) - 4) < 1)
  }

  @Test func frequenciesOfferedCompete() throws {
    let star = ModeCase(frequencies: [2.154, 3.1529], amplitudes: [0.2, 0.16], seed: 16)
    var configuration = ModeSearch.Configuration()
    (configuration.beam, configuration.peaks, configuration.exchanged) = (1, 1, 0)
    let search = ModeSearch([star.series], grid: star.grid, configuration: configuration)
    search.consider(candidates: [0.5, 2.1543, 3.1532, 4.4], upTo: 2)
    #expect(star.isFound(in: try #require(search.model(modes: 2)).frequencies))
  }

  @Test func supportIsSplitAtLocalMaxima() {
    let grid = FrequencyGrid(first: 0, step: 1, count: 100)
    #expect(
      ModeSearch.candidates(
        groups: [3, 4, 5, 6, 7, 20, 40, 41], norms: [1, 3, 2, 4, 1, 1, 2, 1], grid: grid)
        == [4, 6, 20, 40])
  }

  /// Of 100 series of noise, each probability p or less in about p of them, and never in far more.
  @Test func falseAlarmsOfNoiseAreAsRareAsSaid() {
    var probabilities: [[Double]] = [[], []]
    for seed in 0..<100 {
      let star = ModeCase(
        frequencies: [], amplitudes: [], count: 60, duration: 100, seed: 100 + UInt64(seed),
        night: 1)
      let grid = FrequencyGrid(range: 0.02...5, duration: 100, oversampling: 5)
      for (index, noise) in [ModeSelection.Noise.given, .estimated].enumerated() {
        var configuration = ModeSelection.Configuration()
        (configuration.noise, configuration.together) = (noise, 1)
        let steps = ModeSearch([star.series], grid: grid).significantModes(configuration).steps
        probabilities[index].append(steps[0].falseAlarm)
      }
    }
    for list in probabilities {
      // Binomial numbers of 100: more than 14 at 0.05, or 22 at 0.1, have a chance below 0.0003.
      #expect(list.count { $0 < 0.05 } <= 14)
      #expect(list.count { $0 < 0.1 } <= 22)
      // The bound is not far from the truth: at 0.3, at least 10 (a chance of 1e-6 for fewer).
      #expect(list.count { $0 < 0.3 } >= 10)
    }
  }

  @Test func bootstrapAgreesWithTheBound() {
    let star = ModeCase(frequencies: [], amplitudes: [], duration: 100, seed: 31, night: 1)
    let grid = FrequencyGrid(range: 0.02...5, duration: 100, oversampling: 5)
    let search = ModeSearch([star.series], grid: grid)
    let test = BootstrapTest(search, model: nil, samples: 300, seed: 1)
    #expect(test.shares == BootstrapTest(search, model: nil, samples: 300, seed: 1).shares)
    #expect(test.shares != BootstrapTest(search, model: nil, samples: 300, seed: 2).shares)
    let formula = FalseAlarmProbability(
      width: grid.last - grid.first,
      timeVariances: [search.series.timeVariances[0]])
    let share = test.shares[269]  // one in ten is above
    let expected = formula.probability(drop: share * 100, before: 100, degreesOfFreedom: 79)
    #expect(expected > 0.04 && expected < 0.25)
    #expect(test.probability(drop: 1, before: 1) == 1.0 / 301)
  }

  @Test func signalToNoiseOfAModeInWhiteNoise() throws {
    let star = ModeCase(
      frequencies: [1.3], amplitudes: [0.2], count: 400, seed: 32, night: 1)
    let search = ModeSearch([star.series], grid: star.grid)
    let model = try #require(search.model(modes: 1))
    let ratio = SignalToNoise(search, model: model).ratios(of: model.modes[0], window: 2)[0]
    // The mean amplitude of the spectrum of white noise is σ (π/N)½.
    let expected = 0.2 / (0.02 * (Double.pi / 400).squareRoot())
    #expect(abs(ratio / expected - 1) < 0.15)
  }
}

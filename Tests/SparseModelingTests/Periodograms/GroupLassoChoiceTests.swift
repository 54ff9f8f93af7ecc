import Foundation
import SparseModeling
import Testing

@Suite struct GroupLassoChoiceTests {
  /// The mean of the largest certificate of noise, for one band and for three: more points than independent
  /// frequencies, so that the formula holds. The mean of 60 has a standard error of about 0.05.
  @Test(arguments: [1, 3]) func noiseLevelIsTheLargestOfNoise(bands: Int) throws {
    let grid = FrequencyGrid(first: 0.5, step: 0.01, count: 400)
    var (sum, level) = (0.0, 0.0)
    for trial in 0..<60 {
      let series = try (0..<bands).map { band in
        try sinusoids(
          [], points: 400, duration: 20, error: 0.3, seed: UInt64(100 + 10 * trial + band))
      }
      let pairs = SinusoidDictionary(series, grid: grid)
      sum += pairs.certificates(of: pairs.response).max()! / 60
      level += NoiseLevelPenalty.penalty(for: pairs) / 60
    }
    #expect(abs(level - sum) < 0.25)
  }

  /// Baluev's (2008) chance of a peak, W √z e^(−z) + e^(−z) with z = λ²/2, is e^(−γ) there.
  @Test func noiseLevelFollowsBaluev() throws {
    let series = try sinusoids([], points: 300, duration: 100, error: 0.1, seed: 4)
    let grid = FrequencyGrid(first: 0.1, step: 0.001, count: 5000)
    let z =
      pow(
        NoiseLevelPenalty.penalty(for: SinusoidDictionary([series], grid: grid)), 2) / 2
    let mean = series.times.reduce(0, +) / 300
    let variance = series.times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 300
    let width = (grid.last - grid.first) * (4 * Double.pi * variance).squareRoot()
    #expect(abs((width * z.squareRoot() + 1) * exp(-z) - exp(-0.5772156649015329)) < 1e-9)
  }

  /// A strong signal of two modes: every choice has them, and BIC nothing else.
  @Test(arguments: SparsityChoice.allCases) func choicesKeepTheSignal(
    choice: SparsityChoice
  ) throws {
    let modes = [(1.31, 0.3), (0.52, 0.2)]
    let series = try sinusoids(modes, points: 80, duration: 100, error: 0.1, seed: 9)
    let grid = FrequencyGrid(first: 0.01, step: 0.002, count: 1000)
    let solution = try choice.solution(for: [series], grid: grid)
    for (frequency, _) in modes {
      #expect(solution.groups.contains { abs(grid[$0] - frequency) < 0.005 })
    }
    if choice == .extendedBIC {
      #expect(
        solution.groups.allSatisfy { group in
          modes.contains { abs(grid[group] - $0.0) < 0.01 }
        })
    }
  }

  /// Noise alone: cross-validation and BIC find nothing that predicts.
  @Test(arguments: [SparsityChoice.crossValidation, .extendedBIC]) func noiseIsLeftAlone(
    choice: SparsityChoice
  ) throws {
    let series = try sinusoids([], points: 80, duration: 100, error: 0.1, seed: 21)
    let grid = FrequencyGrid(first: 0.01, step: 0.002, count: 1000)
    #expect(try choice.solution(for: [series], grid: grid).groups.isEmpty)
  }

  /// At λmax the prediction is the mean of the other blocks, whose loss is known by hand.
  @Test func crossValidationStartsAtTheMean() throws {
    let series = try sinusoids([(0.3, 0.5)], points: 60, duration: 50, error: 0.1, seed: 5)
    let validation = try PenaltyCrossValidation(
      [series], grid: FrequencyGrid(first: 0.01, step: 0.01, count: 100),
      penalties: [1e6, 10, 3], folds: 4)
    let values = series.times.indices.sorted { series.times[$0] < series.times[$1] }
      .map { series.values[$0] }
    let losses = (0..<4).map { fold in
      let block = fold * 15..<(fold + 1) * 15
      let others = values.indices.filter { !block.contains($0) }.map { values[$0] }
      let mean = others.reduce(0, +) / 45
      return values[block].reduce(0) { $0 + pow(($1 - mean) / 0.1, 2) } / 15
    }
    let mean = losses.reduce(0, +) / 4
    #expect(abs(validation.losses[0] / mean - 1) < 1e-9)
    let scatter = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(validation.standardErrors[0] / (scatter / 12).squareRoot() - 1) < 1e-9)
    #expect(validation.losses[validation.best] < validation.losses[0])
    #expect(validation.withinOneError <= validation.best)
  }
}

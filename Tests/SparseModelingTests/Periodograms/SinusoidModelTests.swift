import Foundation
import Probability
import SparseModeling
import Testing

struct SinusoidModelTests {
  /// Normal equations of the full linear problem by Gauss's elimination: χ².
  private func leastSquares(_ series: TimeSeries, _ frequencies: [Double]) -> Double {
    let origin = series.times[series.count / 2]
    let rows = series.times.indices.map { k in
      ([1]
        + frequencies.flatMap { f -> [Double] in
          let angle = 2 * Double.pi * f * (series.times[k] - origin)
          return [cos(angle), sin(angle)]
        }).map { $0 / series.errors[k] }
    }
    let y = zip(series.values, series.errors).map { $0 / $1 }
    let width = rows[0].count
    var matrix = (0..<width).map { i in
      (0..<width).map { j in rows.reduce(0) { $0 + $1[i] * $1[j] } }
        + [zip(rows, y).reduce(0) { $0 + $1.0[i] * $1.1 }]
    }
    for i in 0..<width {
      let pivot = (i..<width).max { abs(matrix[$0][i]) < abs(matrix[$1][i]) }!
      matrix.swapAt(i, pivot)
      for j in 0..<width where j != i {
        let factor = matrix[j][i] / matrix[i][i]
        for l in i...width { matrix[j][l] -= factor * matrix[i][l] }
      }
    }
    let beta = (0..<width).map { matrix[$0][width] / matrix[$0][$0] }
    return zip(rows, y).reduce(0) { sum, pair in
      let rest = pair.1 - zip(pair.0, beta).reduce(0) { $0 + $1.0 * $1.1 }
      return sum + rest * rest
    }
  }

  @Test func chiSquareIsThatOfLinearLeastSquares() {
    let star = ModeCase(frequencies: [1.3, 2.71], amplitudes: [0.2, 0.1], seed: 1)
    let series = WhitenedSeries([star.series])
    for frequencies in [[1.3], [1.3, 2.7], [0.4, 1.3, 1.3012]] {
      let model = SinusoidModel(series, frequencies: frequencies, refined: false)
      let expected = leastSquares(star.series, frequencies)
      #expect(abs(model.chiSquare - expected) < 1e-8 * expected)
    }
  }

  @Test func theFitIsAMinimumOfChiSquare() {
    let star = ModeCase(frequencies: [1.3, 2.71], amplitudes: [0.2, 0.1], seed: 2)
    let model = SinusoidModel(WhitenedSeries([star.series]), frequencies: [1.3003, 2.7096])
    for mode in 0..<2 {
      // χ² along one frequency, the other amplitudes free: slope 0 where curvature is 2/σ² or more.
      let step = 0.01 * model.modes[mode].frequencyError
      let sides = [-step, step].map { shift in
        var frequencies = model.frequencies
        frequencies[mode] += shift
        return leastSquares(star.series, frequencies)
      }
      let least = leastSquares(star.series, model.frequencies)
      #expect(sides[0] > least && sides[1] > least)
      #expect(abs(sides[1] - sides[0]) < 0.05 * (sides[0] + sides[1] - 2 * least))
    }
  }

  @Test func standardErrorsAreThoseOfManyRealisations() {
    let first = ModeCase(frequencies: [1.3, 1.3035], amplitudes: [0.2, 0.15], seed: 3)
    var stream = RandomStream(seed: 4, purpose: .noise)
    let clean = SinusoidModel(
      WhitenedSeries([first.series]), frequencies: first.frequencies, refined: false)
    let signal = clean.signal(at: first.series.times)
    var scores: [[Double]] = []
    for _ in 0..<400 {
      let values = signal.map { $0 + 0.02 * stream.normal() }
      let series = try! TimeSeries(
        times: first.series.times, values: values, errors: first.series.errors)
      let fit = SinusoidModel(WhitenedSeries([series]), frequencies: first.frequencies)
      var score: [Double] = []
      for (mode, truth) in zip(fit.modes, clean.modes) {
        let (found, expected) = (mode.components[0], truth.components[0])
        let turn = (found.phase - expected.phase) / (2 * .pi)
        score.append((mode.frequency - truth.frequency) / mode.frequencyError)
        score.append((found.amplitude - expected.amplitude) / found.amplitudeError)
        score.append((turn - turn.rounded()) * 2 * .pi / found.phaseError)
      }
      scores.append(score)
    }
    for column in 0..<6 {
      let variance = scores.reduce(0) { $0 + $1[column] * $1[column] } / 400
      // A variance of 400 normal numbers is within 0.35 of 1 (five deviations).
      #expect(abs(variance - 1) < 0.35, "column \(column): \(variance)")
    }
  }

  @Test func covarianceIsTheInverseOfTheNormalMatrix() {
    let star = ModeCase(frequencies: [1.3, 2.71], amplitudes: [0.2, 0.1], seed: 5)
    let model = SinusoidModel(WhitenedSeries([star.series]), frequencies: [1.3, 2.71])
    // Columns: frequencies, A and B of each, then the mean, which is eliminated.
    let rows = star.series.times.indices.map { k -> [Double] in
      let time = star.series.times[k] - model.epoch
      var (slopes, shapes) = ([Double](), [Double]())
      for mode in model.modes {
        let angle = 2 * Double.pi * mode.frequency * time
        let (c, s) = (mode.components[0].cosine, mode.components[0].sine)
        slopes.append(2 * Double.pi * time * (s * cos(angle) - c * sin(angle)))
        shapes += [cos(angle), sin(angle)]
      }
      return (slopes + shapes + [1]).map { $0 / star.series.errors[k] }
    }
    let width = 7
    for i in 0..<6 {
      for j in 0..<6 {
        // (N − n nᵀ/m) C = 1, n and m the row of the mean.
        var sum = 0.0
        for l in 0..<6 {
          let (a, b) = (column(rows, i, l), column(rows, i, width - 1))
          let reduced =
            a - b * column(rows, width - 1, l) / column(rows, width - 1, width - 1)
          sum += reduced * model.covariance[l * 6 + j]
        }
        // Frequencies and amplitudes have different units.
        let scale = (column(rows, i, i) * model.covariance[j * 6 + j]).squareRoot()
        #expect(abs(sum - (i == j ? 1 : 0)) < 1e-8 * max(1, scale))
      }
    }
  }

  private func column(_ rows: [[Double]], _ i: Int, _ j: Int) -> Double {
    rows.reduce(0) { $0 + $1[i] * $1[j] }
  }

  @Test func bandsShareFrequenciesOnly() {
    let blue = ModeCase(frequencies: [1.3], amplitudes: [0.3], count: 40, seed: 6)
    let red = ModeCase(frequencies: [1.3], amplitudes: [0.1], count: 60, seed: 7)
    let both = SinusoidModel(WhitenedSeries([blue.series, red.series]), frequencies: [1.3002])
    let parts = [blue, red].reduce(0) { $0 + leastSquares($1.series, both.frequencies) }
    #expect(abs(both.chiSquare - parts) < 1e-8 * parts)
    #expect(abs(both.modes[0].frequency - 1.3) < 5 * both.modes[0].frequencyError)
    #expect(abs(both.modes[0].components[0].amplitude - 0.3) < 0.03)
    #expect(abs(both.modes[0].components[1].amplitude - 0.1) < 0.03)
    #expect(both.degreesOfFreedom == 100 - 2 - 4 - 1)
  }

  @Test func tiedFrequenciesStayTiedAndAreKnownBetter() {
    let star = ModeCase(
      frequencies: [1.3, 2.6, 1.71, 3.01], amplitudes: [0.2, 0.08, 0.1, 0.05], count: 120, seed: 8)
    let series = WhitenedSeries([star.series])
    let ties = FrequencyTies(among: star.frequencies, tolerance: 0.5 / 400)
    #expect(ties.combinations[1] == [FrequencyTies.Term(mode: 0, multiple: 2)])
    #expect(
      ties.combinations[3]
        == [FrequencyTies.Term(mode: 0, multiple: 1), FrequencyTies.Term(mode: 2, multiple: 1)])
    let free = SinusoidModel(series, frequencies: star.frequencies)
    let tied = SinusoidModel(series, frequencies: star.frequencies, ties: ties)
    #expect(abs(tied.frequencies[1] - 2 * tied.frequencies[0]) < 1e-12)
    #expect(abs(tied.frequencies[3] - tied.frequencies[0] - tied.frequencies[2]) < 1e-12)
    #expect(tied.degreesOfFreedom == free.degreesOfFreedom + 2)
    #expect(tied.chiSquare >= free.chiSquare)
    #expect(tied.chiSquare < free.chiSquare + 30)
    #expect(tied.modes[0].frequencyError < free.modes[0].frequencyError)
    #expect(abs(tied.modes[1].frequencyError - 2 * tied.modes[0].frequencyError) < 1e-12)
  }
}

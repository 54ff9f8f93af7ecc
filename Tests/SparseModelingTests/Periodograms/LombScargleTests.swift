import Foundation
import Probability
import SparseModeling
import Testing

@Suite struct LombScargleTests {
  typealias Reference = LombScargleReference

  /// Grids whose steps let spectra be interpolated eight, four, two or no times, with lengths that fill no
  /// block.
  @Test(arguments: [40.0, 10, 5, 1, 0.3], [0, 1])
  func dropIsThatOfLeastSquares(oversampling: Double, degree: Int) throws {
    let series = try Reference.series(60, seed: 1)
    let grid = FrequencyGrid(first: 0.004, step: 1 / (300 * oversampling), count: 12_345)
    let found = LombScargle.periodogram(of: [series], degree: degree, grid: grid)
    var stream = RandomStream(seed: 2, purpose: .simulation, index: 0)
    let indices =
      [0, 1, 2, 5, 10, 20, grid.count - 1]
      + (0..<60).map { _ in Int.random(in: 0..<grid.count, using: &stream) }
    for index in indices {
      let expected = Reference.drop(of: series, degree: degree, frequency: grid[index])
      #expect(abs(found.drop[index] - expected) < 1e-9 * found.chiSquare, "at \(grid[index])")
    }
    #expect(found.singular.isEmpty)
  }

  @Test(arguments: [1, 2, 3, 5])
  func seriesOfHarmonicsInBands(harmonics: Int) throws {
    let bands = [
      try Reference.series(80, seed: 3), try Reference.series(47, seed: 4, duration: 211),
    ]
    let grid = FrequencyGrid(first: 0.01, step: 1.0 / 6000, count: 9_001)
    let found = LombScargle.periodogram(of: bands, degree: 1, grid: grid, harmonics: harmonics)
    for index in stride(from: 0, to: grid.count, by: 137) {
      let expected = bands.map {
        Reference.drop(of: $0, degree: 1, frequency: grid[index], harmonics: harmonics)
      }.reduce(0, +)
      #expect(abs(found.drop[index] - expected) < 1e-9 * found.chiSquare, "at \(grid[index])")
    }
  }

  /// Large series take other blocks.
  @Test func manyPoints() throws {
    let series = try Reference.series(20_000, seed: 5, duration: 2_000)
    let grid = FrequencyGrid(first: 0, step: 1.0 / 20_000, count: 200_000)
    let found = LombScargle.periodogram(of: [series], grid: grid)
    for index in [1, 7, 14_273, 14_274, 28_548, 99_991, 150_000, 199_999] {
      let expected = Reference.drop(of: series, degree: 0, frequency: grid[index])
      #expect(abs(found.drop[index] - expected) < 1e-10 * found.chiSquare, "at \(grid[index])")
    }
    #expect(found.singular == [0])
  }

  /// Ten million cycles between the first and the last time, in numbers whose products have more digits than
  /// a double; whole numbers have their angles exactly.
  @Test func phasesOfManyCycles() throws {
    var stream = RandomStream(seed: 6, purpose: .simulation, index: 0)
    let ticks = (0..<50).map { _ in Int.random(in: 0...1 << 35, using: &stream) }
    let tick = 1.0 / Double(1 << 25)
    let series = try TimeSeries(
      times: ticks.map { Double($0) * tick },
      values: ticks.map { _ in .random(in: 0...1, using: &stream) }, errors: ticks.map { _ in 1 })
    let first = 9_001 * 8192 + 4_321
    let grid = FrequencyGrid(first: Double(first) / 8192, step: 1.0 / 8192, count: 5_000)
    let found = LombScargle.periodogram(of: [series], grid: grid)
    for index in stride(from: 3, to: 5_000, by: 311) {
      // f t in units of 2⁻³⁸.
      let angles = ticks.map { tick -> Double in
        let turns = (first + index) * tick & (1 << 38 - 1)
        return 2 * Double.pi * Double(turns) / Double(1 << 38)
      }
      let constant = [ticks.map { _ in 1.0 }]
      let expected =
        Reference.chiSquare(of: series, constant)
        - Reference.chiSquare(
          of: series, constant + [angles.map { cos($0) }, angles.map { sin($0) }])
      #expect(abs(found.drop[index] - expected) < 1e-10 * found.chiSquare)
    }
  }

  /// Periods longer than the data next to a trend: what is left of the sinusoid is small.
  @Test func periodsLongerThanTheData() throws {
    let series = try Reference.series(25, seed: 13)
    let grid = FrequencyGrid(first: 0, step: 1.0 / 30_000, count: 400)
    let found = LombScargle.periodogram(of: [series], degree: 1, grid: grid)
    // From a twentieth of a cycle on normal equations have digits enough.
    for index in 5..<grid.count {
      let expected = Reference.drop(of: series, degree: 1, frequency: grid[index])
      #expect(abs(found.drop[index] - expected) < 1e-9 * found.chiSquare, "at \(grid[index])")
    }
  }

  /// astropy 8.0.2, `LombScargle(t, y, dy, nterms=…).power(f, normalization=…)`.
  @Test func valuesOfAstropy() throws {
    let times = (0..<40).map { k -> Double in
      let place = (7 * k * k + 3 * k) % 101
      return 0.29 * Double(place) + 0.013 * Double(k)
    }
    let values = times.enumerated().map { k, time -> Double in
      let wave = 0.3 * sin(2 * Double.pi * 0.731 * time)
      return 12 + wave + 0.1 * cos(Double(k * k))
    }
    let series = try TimeSeries(
      times: times, values: values,
      errors: (0..<40).map { 0.05 + 0.01 * Double($0 % 5) })
    let frequencies = [0.1, 0.5, 0.731, 1.3, 2.9]
    let one = LombScargle.periodogram(of: [series], frequencies: frequencies)
    let two = LombScargle.periodogram(of: [series], frequencies: frequencies, harmonics: 2)
    func check(_ found: [Double], _ expected: [Double]) {
      for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-10 * max(1, b)) }
    }
    check(
      one.power(.standard),
      [
        0.08825677671885164, 0.034065292322859875, 0.8783008316341712, 0.16552037173620882,
        0.08654207712994332,
      ])
    check(
      two.power(.standard),
      [
        0.1338054337976815, 0.3036356905115484, 0.8798469750002117, 0.26137465625469963,
        0.08714689843475087,
      ])
    check(
      one.power(.model),
      [
        0.09680003587110453, 0.035266661454560824, 7.2169830199167055, 0.198351602759421,
        0.09474117522351853,
      ])
    check(
      one.power(.logarithm),
      [
        0.09239688197120464, 0.03465903745028816, 2.1062031124891702, 0.1809469480850038,
        0.09051796566986633,
      ])
    check(
      one.power(.likelihood),
      [
        14.67628717317138, 5.664743619189212, 146.05331974179154, 27.524509719510277,
        14.39114846180983,
      ])
  }

  @Test(arguments: [1, 3]) func gridAndSumsAgree(harmonics: Int) throws {
    let bands = [
      try Reference.series(200, seed: 7), try Reference.series(31, seed: 8, duration: 100),
    ]
    let grid = FrequencyGrid(first: 0, step: 1.0 / 3000, count: 3_000)
    let a = LombScargle.periodogram(of: bands, grid: grid, harmonics: harmonics)
    let b = LombScargle.periodogram(
      of: bands, frequencies: (0..<grid.count).map { grid[$0] }, harmonics: harmonics)
    #expect(zip(a.drop, b.drop).allSatisfy { abs($0 - $1) < 1e-9 * a.chiSquare })
    #expect(a.singular == b.singular)
    #expect(a.singular.first == 0)
  }

  @Test func threadsChangeNothing() throws {
    let bands = [
      try Reference.series(300, seed: 9), try Reference.series(200, seed: 10, duration: 200),
    ]
    let grid = FrequencyGrid(first: 0, step: 1.0 / 3000, count: 60_001)
    let one = LombScargle.periodogram(of: bands, degree: 1, grid: grid)
    let three = LombScargle.periodogram(of: bands, degree: 1, grid: grid, threads: 3)
    #expect(one.drop == three.drop)
    let batch = LombScargle.periodograms(
      of: [bands, [bands[0]], bands], degree: 1, grid: grid, threads: 3)
    #expect(batch[0].drop == one.drop && batch[2].drop == one.drop)
  }

  /// Cosines of whole numbers of cycles are constant, and sines of half ones vanish.
  @Test func frequenciesThatSamplingCannotTell() throws {
    var stream = RandomStream(seed: 11, purpose: .simulation, index: 0)
    let times = (0..<100).map { _ in 5_000 + 0.5 * Double(Int.random(in: 0..<400, using: &stream)) }
    let series = try TimeSeries(
      times: times, values: times.map { _ in .random(in: 0...1, using: &stream) },
      errors: times.map { _ in 0.1 })
    let grid = FrequencyGrid(first: 0, step: 1.0 / 1024, count: 4 * 1024 + 1)
    let found = LombScargle.periodogram(of: [series], grid: grid)
    #expect(found.singular == [0, 1024, 2048, 3072, 4096])
    #expect(found.singular.allSatisfy { found.drop[$0] == 0 })
    #expect(found.drop.allSatisfy { $0 >= 0 && $0 <= found.chiSquare * (1 + 1e-9) })
    // Spectra repeat at steps of one over the spacing.
    for index in stride(from: 5, to: 1024, by: 100) {
      #expect(abs(found.drop[index] - found.drop[index + 2048]) < 1e-8 * found.chiSquare)
    }
  }

  @Test func windowIsTheSumOfWeights() throws {
    let series = try Reference.series(150, seed: 12)
    let grid = FrequencyGrid(first: 0, step: 1.0 / 2000, count: 20_000)
    let power = SpectralWindow.power(times: series.times, errors: series.errors, grid: grid)
    let weights = series.errors.map { 1 / ($0 * $0) }
    let total = weights.reduce(0, +)
    for index in stride(from: 0, to: grid.count, by: 777) {
      let turns = series.times.map { (grid[index] * ($0 - 2_455_150)).remainder(dividingBy: 1) }
      let real = zip(weights, turns).reduce(0) { $0 + $1.0 * cos(2 * .pi * $1.1) }
      let imaginary = zip(weights, turns).reduce(0) { $0 + $1.0 * sin(2 * .pi * $1.1) }
      let expected = (real * real + imaginary * imaginary) / (total * total)
      #expect(abs(power[index] - expected) < 1e-10)
    }
    #expect(abs(power[0] - 1) < 1e-10)
  }
}

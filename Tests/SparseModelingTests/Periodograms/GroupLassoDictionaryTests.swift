import Foundation
import NumericalMethods
import SparseModeling
import Testing

@Suite struct GroupLassoDictionaryTests {
  static func bands(_ count: Int) throws -> [TimeSeries] {
    try (0..<count).map { band in
      try sinusoids(
        [(1.31, 0.3), (0.52, 0.2)], points: 40 + 15 * band, duration: 30, error: 0.05,
        seed: UInt64(band + 1))
    }
  }

  static let grid = FrequencyGrid(first: 0.01, step: 0.004, count: 3000)

  /// Columns are orthonormal and beside the baseline, and certificates are what they give.
  @Test(arguments: [1, 3], [0, 1]) func certificatesAreThoseOfTheColumns(
    bands: Int, degree: Int
  ) throws {
    let series = try Self.bands(bands)
    let pairs = SinusoidDictionary(series, degree: degree, grid: Self.grid)
    let expected = pairs.dense.certificates(of: pairs.response)
    let found = pairs.certificates(of: pairs.response)
    let scale = expected.max()!
    #expect(zip(expected, found).allSatisfy { abs($0 - $1) < 1e-6 * scale })
    let (size, count) = (pairs.groupSize, pairs.pointCount)
    #expect(size == 2 * bands && count == series.reduce(0) { $0 + $1.count })
    let columns = pairs.columns(of: [1234])
    let gram = DenseMatrix.productTransposed(columns, columns, m: size, n: size, k: count)
    for i in 0..<size {
      for j in 0..<size { #expect(abs(gram[i * size + j] - (i == j ? 1 : 0)) < 1e-12) }
    }
    var start = 0
    for one in series {
      for power in 0...degree {
        let trend = one.times.map { pow($0 / 30, Double(power)) / 0.05 }
        for k in 0..<size {
          let part = Array(columns[k * count + start..<k * count + start + one.count])
          #expect(abs(dot(part, trend)) < 1e-10)
        }
      }
      start += one.count
    }
  }

  @Test(arguments: [1, 2]) func rawCertificatesAreThoseOfTheColumns(size: Int) throws {
    let series = try Self.bands(1)[0]
    let raw = RawSinusoidDictionary(series, grid: Self.grid, groupSize: size, origin: 3)
    let expected = raw.dense.certificates(of: raw.response)
    let found = raw.certificates(of: raw.response)
    let scale = expected.max()!
    #expect(zip(expected, found).allSatisfy { abs($0 - $1) < 1e-9 * scale })
    // The sine at the second frequency, by hand.
    let sines = series.times.map { sin(2 * .pi * 0.014 * ($0 - 3)) }
    let mean = sines.reduce(0, +) / Double(series.count)
    let sine = sines.map { ($0 - mean) / 0.05 }
    let column = raw.columns(of: [size == 1 ? 3 : 1]).suffix(series.count)
    #expect(zip(sine, column).allSatisfy { abs($0 - $1) < 1e-10 })
  }

  /// Minima with and without the columns in memory are the same, several bands included.
  @Test(arguments: [1, 3]) func minimaDoNotDependOnMemory(bands: Int) throws {
    let pairs = SinusoidDictionary(try Self.bands(bands), degree: 1, grid: Self.grid)
    let free = GroupLasso(pairs, response: pairs.response, configuration: .init(tolerance: 1e-9))
    let dense = GroupLasso(
      pairs.dense, response: pairs.response, configuration: .init(tolerance: 1e-9))
    for ratio in [0.4, 0.1] {
      let penalty = ratio * free.largestPenalty
      let (one, other) = (free.solve(penalty: penalty), dense.solve(penalty: penalty))
      #expect(one.isConverged && other.isConverged)
      #expect(abs(one.objective / other.objective - 1) < 2e-9)
      #expect(zip(one.residual, other.residual).allSatisfy { abs($0 - $1) < 1e-2 })
    }
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let series = try Self.bands(2)
    let solutions = [1, 2, 5].map { threads in
      let pairs = SinusoidDictionary(
        series, grid: FrequencyGrid(first: 0.01, step: 0.0005, count: 40_000), threads: threads)
      return GroupLasso(pairs, response: pairs.response).solve(penalty: 20)
    }
    #expect(!solutions[0].groups.isEmpty)
    for other in solutions.dropFirst() {
      #expect(other.groups == solutions[0].groups)
      #expect(other.coefficients == solutions[0].coefficients)
      #expect(other.relativeGap == solutions[0].relativeGap)
    }
    let raw = [1, 3].map { threads in
      let raw = RawSinusoidDictionary(
        series[0], grid: FrequencyGrid(first: 0.01, step: 0.0005, count: 40_000), groupSize: 1,
        threads: threads)
      return raw.certificates(of: raw.response)
    }
    #expect(raw[0] == raw[1])
  }

  /// A model is the data less the residual: the fit in other words.
  @Test(arguments: [0, 1]) func modelsExplainWhatTheResidualDoesNot(degree: Int) throws {
    let series = try Self.bands(2)
    let pairs = SinusoidDictionary(series, degree: degree, grid: Self.grid)
    let problem = GroupLasso(pairs, response: pairs.response)
    let solution = problem.solve(penalty: 0.2 * problem.largestPenalty)
    let model = pairs.model(of: solution)
    var point = 0
    for (band, series) in zip(model.bands, series) {
      for (time, value) in zip(series.times, series.values) {
        let rest = (value - band.value(at: time)) / 0.05
        #expect(abs(rest - solution.residual[point]) < 1e-8)
        point += 1
      }
    }
  }
}

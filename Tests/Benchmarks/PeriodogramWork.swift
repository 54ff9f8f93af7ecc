import ArrayFiles
import Foundation
import Probability
import SparseModeling

/// Lomb–Scargle periodograms of random light curves; the peers read the same.
struct PeriodogramWork {
  let name: String
  let points: Int
  let frequencies: Int
  /// Frequencies to one over the duration.
  let oversampling: Double
  let harmonics: Int
  let curves: Int

  static let all = [
    PeriodogramWork("periodogram-1000", points: 1_000),
    PeriodogramWork("periodogram-10000", points: 10_000),
    PeriodogramWork("periodogram-100000", points: 100_000),
    PeriodogramWork("periodogram-coarse", points: 1_000, oversampling: 1),
    PeriodogramWork("periodogram-harmonics", points: 1_000, frequencies: 100_000, harmonics: 3),
    PeriodogramWork("periodogram-batch", points: 1_000, frequencies: 100_000, curves: 50),
    PeriodogramWork(
      "periodogram-batch-coarse", points: 1_000, frequencies: 100_000, oversampling: 5, curves: 50),
  ]
  private static let duration = 1_000.0
  /// Frequencies of the first curve whose least squares are computed directly.
  private static let checks = 40

  private init(
    _ name: String, points: Int, frequencies: Int = 1_000_000, oversampling: Double = 10,
    harmonics: Int = 1, curves: Int = 1
  ) {
    (self.name, self.points, self.frequencies) = (name, points, frequencies)
    (self.oversampling, self.harmonics, self.curves) = (oversampling, harmonics, curves)
  }

  static func prepare(in folder: String) throws { for work in all { try work.prepare(in: folder) } }

  static func measure(in folder: String) throws { for work in all { try work.measure(in: folder) } }

  /// From one period in the whole duration on.
  private var grid: FrequencyGrid {
    let step = 1 / (Self.duration * oversampling)
    return FrequencyGrid(first: 1 / Self.duration, step: step, count: frequencies)
  }

  private func path(in folder: String) -> String { "\(folder)/\(name).npz" }

  private func prepare(in folder: String) throws {
    let index = UInt64(points + curves + Int(oversampling) + harmonics)
    var stream = RandomStream(seed: 1, purpose: .simulation, index: index)
    var (times, values, errors) = ([Double](), [Double](), [Double]())
    for _ in 0..<curves {
      let frequency = Double.random(in: 0.1...1, using: &stream)
      let own = (0..<points).map { _ in Double.random(in: 0...Self.duration, using: &stream) }
        .sorted()
      times += own
      values += own.map {
        12 + 0.1 * sin(2 * .pi * frequency * $0) + .random(in: -0.4...0.4, using: &stream)
      }
      errors += own.map { _ in .random(in: 0.1...0.3, using: &stream) }
    }
    let checked = (0..<Self.checks).map { _ in Int.random(in: 0..<frequencies, using: &stream) }
    let first = (
      times: Array(times[..<points]), values: Array(values[..<points]),
      errors: Array(errors[..<points])
    )
    let powers = checked.map { leastSquares(first, frequency: grid[$0]) }
    var archive = NPZWriter()
    for (name, values) in [("times", times), ("values", values), ("errors", errors)] {
      archive.add(name, NDArray(shape: [curves, points], values: values))
    }
    archive.add("grid", NDArray(shape: [2], values: [grid.first, grid.step]))
    archive.add(
      "counts", NDArray(shape: [2], values: [Int64(frequencies), Int64(harmonics)]))
    archive.add("checked", NDArray(shape: [checked.count], values: checked.map { Int64($0) }))
    archive.add("powers", NDArray(shape: [powers.count], values: powers))
    try archive.write(to: path(in: folder))
  }

  /// 1 − χ²/χ₀² by orthogonal columns.
  private func leastSquares(
    _ series: (times: [Double], values: [Double], errors: [Double]), frequency: Double
  ) -> Double {
    func whitened(_ values: [Double]) -> [Double] { zip(values, series.errors).map { $0 / $1 } }
    func square(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
    var columns = OrthonormalColumns(spanning: [whitened(series.times.map { _ in 1 })])
    let residual = columns.projectingOut(from: whitened(series.values))
    for harmonic in 1...harmonics {
      let angles = series.times.map { time -> Double in
        let turns = frequency * time
        let rest = (-turns).addingProduct(frequency, time)
        let fraction = turns.remainder(dividingBy: 1) + rest
        return 2 * .pi * Double(harmonic) * fraction
      }
      columns.append(whitened(angles.map { cos($0) }))
      columns.append(whitened(angles.map { sin($0) }))
    }
    return 1 - square(columns.projectingOut(from: residual)) / square(residual)
  }

  private func measure(in folder: String) throws {
    let archive = try NPZArchive(path: path(in: folder))
    func rows(_ name: String) throws -> [[Double]] {
      let flat = try archive.read(name, as: Double.self).values
      return (0..<curves).map { Array(flat[$0 * points..<($0 + 1) * points]) }
    }
    let (times, values, errors) = (try rows("times"), try rows("values"), try rows("errors"))
    let objects = try (0..<curves).map {
      [try TimeSeries(times: times[$0], values: values[$0], errors: errors[$0])]
    }
    let checked = try archive.read("checked", as: Int64.self).values.map { Int($0) }
    let expected = try archive.read("powers", as: Double.self).values
    let (seconds, powers) = medianSeconds {
      LombScargle.periodograms(of: objects, grid: grid, harmonics: harmonics)
        .map { $0.power(.standard) }
    }
    let error = zip(checked, expected).map { abs(powers[0][$0] - $1) }.max()!
    try Measurement(
      name, setting: "sibyl", seconds: seconds, units: curves, details: ["error": error]
    ).printLine()
  }
}

import ArrayFiles
import Foundation
import NumericalMethods
import Probability
import SparseModeling

/// The group LASSO and the LASSO of light curves with three periods; the peers read the same, if it is
/// not too much for the memory.
struct SparseWork {
  let name: String
  let points: Int
  let grid: FrequencyGrid
  let duration: Double
  /// Mean standard deviation, beside amplitudes of 0.3, 0.2 and 0.1.
  let error: Double
  /// Nothing is measured by day.
  let isNightly: Bool
  /// λ/λmax, each solved for itself; nil: a path.
  let levels: [Double]?

  static let all =
    [("few", 0.1, false), ("many", 1, true)].flatMap { label, error, isNightly in
      [
        SparseWork(
          "lasso-2000-\(label)", points: 2_000, frequencies: 20_000, highest: 5, duration: 1_000,
          error: error, isNightly: isNightly, levels: [0.2]),
        SparseWork(
          "lasso-200-\(label)", points: 200, frequencies: 1_000, highest: 2.5, duration: 200,
          error: error, isNightly: isNightly, levels: [0.2, 0.1]),
      ]
    }
    + [0.02, 0.1, 0.3].map { error in
      SparseWork(
        "sparse-path-\(error)", points: 1_000, frequencies: 1_000_000, highest: 20,
        duration: 3_000, error: error, isNightly: true, levels: nil)
    }

  private init(
    _ name: String, points: Int, frequencies: Int, highest: Double, duration: Double, error: Double,
    isNightly: Bool, levels: [Double]?
  ) {
    (self.name, self.points, self.duration) = (name, points, duration)
    (self.error, self.isNightly, self.levels) = (error, isNightly, levels)
    grid = FrequencyGrid(
      first: 0.5 / duration, step: highest / Double(frequencies), count: frequencies)
  }

  static func prepare(in folder: String) throws { for work in all { try work.prepare(in: folder) } }

  static func measure(in folder: String) throws { for work in all { try work.measure(in: folder) } }

  private func path(in folder: String) -> String { "\(folder)/\(name).npz" }

  private func prepare(in folder: String) throws {
    let index = UInt64(points) + UInt64(1_000 * error)
    var stream = RandomStream(seed: 2, purpose: .simulation, index: index)
    let times = (0..<points).map { _ -> Double in
      let time = Double.random(in: 0..<duration, using: &stream)
      return isNightly ? time.rounded(.down) + .random(in: 0.3..<0.6, using: &stream) : time
    }
    .sorted()
    let errors = times.map { _ in error * .random(in: 0.7...1.3, using: &stream) }
    let values = zip(times, errors).map { time, error in
      var value = 15 + error * stream.normal()
      for (frequency, amplitude) in [(1.234567, 0.3), (0.87654, 0.2), (2.4681, 0.1)] {
        value += amplitude * cos(2 * .pi * frequency * time)
      }
      return value
    }
    var archive = NPZWriter()
    for (name, values) in [
      ("times", times), ("values", values), ("errors", errors), ("grid", [grid.first, grid.step]),
      ("levels", levels ?? []),
    ] {
      archive.add(name, NDArray(shape: [values.count], values: values))
    }
    archive.add("count", NDArray(shape: [1], values: [Int64(grid.count)]))
    try archive.write(to: path(in: folder))
  }

  private func measure(in folder: String) throws {
    let archive = try NPZArchive(path: path(in: folder))
    func numbers(_ name: String) throws -> [Double] {
      try archive.read(name, as: Double.self).values
    }
    let series = try TimeSeries(
      times: numbers("times"), values: numbers("values"), errors: numbers("errors"))
    let group = {
      let dictionary = SinusoidDictionary([series], grid: grid)
      return GroupLasso(dictionary, response: dictionary.response)
    }
    let single = {
      let dictionary = RawSinusoidDictionary(series, grid: grid, groupSize: 1, origin: 0)
      return GroupLasso(dictionary, response: dictionary.response)
    }
    guard let levels else {
      // Twenty λ down to 0.05 λmax.
      _ = try measure(name, setting: "matrix-free", group) { Array(GroupLassoPath($0)) }
      return
    }
    for level in levels {
      try measure("\(name)-group-\(level)", group, level: level, in: folder)
      try measure("\(name)-l1-\(level)", single, level: level, in: folder)
    }
  }

  /// One λ from a cold start, also with the columns in memory if they are few.
  private func measure<Dictionary: GroupDictionary>(
    _ work: String, _ begin: () -> GroupLasso<Dictionary>, level: Double, in folder: String
  ) throws {
    func solve<D: GroupDictionary>(_ problem: GroupLasso<D>) -> [GroupLassoSolution] {
      [problem.solve(penalty: level * problem.largestPenalty)]
    }
    let solution = try measure(work, setting: "matrix-free", begin, solve)[0]
    let problem = begin()
    let (dictionary, response) = (problem.dictionary, problem.response)
    try write(solution, of: dictionary, to: "\(folder)/solution-\(work).npz")
    guard points * grid.count < 1_000_000 else { return }
    let dense = DenseDictionary(
      columns: dictionary.columns(of: Array(0..<dictionary.groupCount)),
      groupSize: dictionary.groupSize, pointCount: points)
    _ = try measure(work, setting: "dense", { GroupLasso(dense, response: response) }, solve)
  }

  /// CPU and wall time of both parts, and CPU time of the first: geometry and λmax, which takes the
  /// certificates of all groups.
  private func measure<Dictionary: GroupDictionary>(
    _ work: String, setting: String, _ begin: () -> GroupLasso<Dictionary>,
    _ solve: (GroupLasso<Dictionary>) -> [GroupLassoSolution]
  ) throws -> [GroupLassoSolution] {
    let (seconds, solutions) = medianSeconds { solve(begin()) }
    let details = [
      "wall": medianSeconds(clock: wallSeconds) { solve(begin()) }.seconds,
      "start": medianSeconds { begin() }.seconds,
      "gap": solutions.map(\.relativeGap).max()!,
      "groups": Double(solutions.last!.groups.count),
    ]
    try Measurement(work, setting: setting, seconds: seconds, units: 1, details: details)
      .printLine()
    return solutions
  }

  /// X_g β_g of the groups that are not 0, whatever basis a peer has for them.
  private func write<Dictionary: GroupDictionary>(
    _ solution: GroupLassoSolution, of dictionary: Dictionary, to path: String
  ) throws {
    let columns = dictionary.columns(of: solution.groups)
    var fits = [Double](repeating: 0, count: solution.groups.count * points)
    for (k, coefficient) in solution.coefficients.enumerated() {
      for point in 0..<points {
        fits[k / solution.groupSize * points + point] += coefficient * columns[k * points + point]
      }
    }
    var archive = NPZWriter()
    let groups = solution.groups.map { Int64($0) }
    archive.add("groups", NDArray(shape: [groups.count], values: groups))
    archive.add("fits", NDArray(shape: [groups.count, points], values: fits))
    try archive.write(to: path)
  }
}

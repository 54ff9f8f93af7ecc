import Foundation
import Plotting
import Surrogates
import ThreeBody

/// What a report shows of predicted trajectories.
struct TrajectoryFigures {
  let rows: TrajectoryRows
  let prediction: Prediction
  let errors: RowErrors
  let scores: TrajectoryScores
  let lyapunov: LyapunovBins
  /// The mean error bar above which a row is refused.
  let limit: Double
  let system: SystemParameters

  /// Writes `coverage`, `lyapunov`, `map` and, of planar motion, `orbits` into a folder.
  func write(to folder: String) throws {
    try CoverageFigure(
      levels: TrajectoryScores.levels, coverage: scores.coverage, simulations: scores.systems,
      noun: "systems"
    ).write(to: "\(folder)/coverage")
    if !lyapunov.bins.isEmpty {
      try LyapunovFigure(
        bins: lyapunov.bins.map {
          LyapunovFigure.Bin(
            time: max($0.growth, 0.5), error: max($0.error, 1e-9), errorBar: max($0.errorBar, 1e-9),
            refused: $0.refusedShare)
        }
      ).write(to: "\(folder)/lyapunov")
    }
    let means = errors.means(of: rows.times.count)
    if rows.inputNames.count == 3 {
      try ParameterMapFigure(
        x: rows.parameters.map { $0[0] }, y: rows.parameters.map { $0[1] },
        values: means.map { max($0, 1e-9) }, xLabel: Label(rows.inputNames[1]),
        yLabel: Label(rows.inputNames[2]), label: "mean absolute error"
      ).write(to: "\(folder)/map")
    }
    if axes == 2 {
      try OrbitComparisonFigure(systems: try shown(means)).write(to: "\(folder)/orbits")
    }
  }

  private var axes: Int { rows.outputNames.contains { $0.hasPrefix("z") } ? 3 : 2 }

  /// Systems of small, usual and large errors, and those most often refused.
  private func shown(_ means: [Double]) throws -> [OrbitComparisonFigure.System] {
    let count = rows.times.count
    let refused = rows.parameters.indices.map { system in
      (system * count..<(system + 1) * count).count { errors.deviations[$0] > limit }
    }
    let order = means.indices.sorted { means[$0] < means[$1] }
    let picks = [0.1, 0.5, 0.9, 0.97].map { order[Int($0 * Double(order.count - 1))] }
    let worst = refused.indices.sorted { (refused[$0], means[$0]) > (refused[$1], means[$1]) }
    var chosen: [Int] = []
    for system in picks + worst.prefix(2) where !chosen.contains(system) { chosen.append(system) }
    return try chosen.map { system in
      let masses = try self.system.system(rows.parameters[system]).masses
      let part = prediction.mean[
        system * count * rows.outputNames.count..<(system + 1) * count * rows.outputNames.count]
      return OrbitComparisonFigure.System(
        title: String(
          format: "error %.2g, %.0f %% refused", means[system],
          100 * Double(refused[system]) / Double(count)),
        truth: paths(rows.positions[system], masses), predicted: paths(Array(part), masses))
    }
  }

  /// `[times · outputs]` by body; one that balances the others follows from theirs.
  private func paths(_ values: [Double], _ masses: [Double]) -> [[SIMD2<Double>]] {
    let outputs = rows.outputNames.count
    var paths = (0..<outputs / 2).map { body in
      stride(from: 2 * body, to: values.count, by: outputs).map {
        SIMD2(values[$0], values[$0 + 1])
      }
    }
    if system.balancesLast {
      let last = masses.last!
      paths.append(
        paths[0].indices.map { time in
          zip(paths, masses).reduce(SIMD2.zero) { $0 - ($1.1 / last) * $1.0[time] }
        })
    }
    return paths
  }
}

import Foundation
import NumericalMethods
import ThreeBody

/// How errors and refusals depend on how chaotic the motion was until then.
///
/// A small deviation from a system has grown by the factor exp(λt) at a time t, λ being the finite-time Lyapunov
/// exponent: λt is that time in Lyapunov times.
struct LyapunovBins: Codable, Sendable {
  /// Rows of similar λt.
  struct Bin: Codable, Sendable {
    /// The least λt, a whole number; of the first bin there is none.
    let low: Double
    let rows: Int
    /// Medians.
    let growth: Double
    let error: Double
    let errorBar: Double
    let refusedShare: Double
  }

  /// Each up to the next, the last without an end.
  let bins: [Bin]

  /// The mean error of as many rows as are answered, but of those of the least λt; nil where none is answered.
  let errorOfLeast: Double?

  /// Of the rows in a bin: close encounters give λt a long tail.
  private static let leastShare = 0.02

  /// - Parameters:
  ///   - growths: λt of each row; rows where it is not finite are left out.
  ///   - limit: of the mean error bar of a row; a row above it is refused.
  init(growths: [Double], errors: RowErrors, limit: Double) {
    let known = growths.indices.filter { growths[$0].isFinite }
    let answered = known.count { errors.deviations[$0] <= limit }
    let regular = known.sorted { growths[$0] < growths[$1] }.prefix(answered)
    errorOfLeast =
      regular.isEmpty
      ? nil : regular.reduce(0) { $0 + errors.absolute[$1] } / Double(regular.count)
    let rows = Dictionary(grouping: known) { max(growths[$0].rounded(.down), 0) }
    var parts: [(low: Double, rows: [Int])] = []
    let least = Int(Self.leastShare * Double(known.count))
    for low in rows.keys.sorted(by: >) {
      if let last = parts.last, last.rows.count < least {
        parts[parts.count - 1] = (low, rows[low]! + last.rows)
      } else {
        parts.append((low, rows[low]!))
      }
    }
    bins = parts.reversed().map { low, rows in
      func median(_ values: [Double]) -> Double {
        weightedQuantiles(rows.map { values[$0] }, at: [0.5])[0]
      }
      return Bin(
        low: low, rows: rows.count, growth: median(growths), error: median(errors.absolute),
        errorBar: median(errors.deviations),
        refusedShare: Double(rows.count { errors.deviations[$0] > limit }) / Double(rows.count))
    }
  }

  /// λt of each row, `[systems · times]`, by the variational equations in double precision, which lose their way
  /// only where λt is large anyway; NaN after an end before its time.
  ///
  /// - Throws: `GravityError`, `Interrupted`.
  static func growths(
    of rows: TrajectoryRows, _ simulator: GravitySimulator, monitor: WorkMonitor
  ) throws -> [Double] {
    var integration = simulator.integration
    (integration.precision, integration.findsLyapunovExponents) = (.double, true)
    let systems = try rows.parameters.map { try simulator.system.system($0) }
    return try integration.trajectories(of: systems, times: rows.times, monitor: monitor)
      .flatMap { zip($0.lyapunovExponents!, rows.times).map { $0 * $1 } }
  }
}

import Foundation
import Numerics

/// How far the amplitudes of a model are from those measured, through stations whose gains are known to a
/// factor.
///
/// ln|V| of all baselines of a time and channel differ from the model's by the sum of the stations' ln|g|,
/// normal with the scatter given, and by noise; the gains are integrated out, which leaves the covariance
/// diag(sigma²/|V|²) + B S Bᵀ, B the stations of each baseline. With no knowledge of the gains, it would be the
/// χ² of the log closure amplitudes. Amplitudes below three sigma, whose logarithms are not normal, are compared as they are,
/// debiased; against their noise gains do not matter.
///
/// References: Blackburn et al. (2020), ApJ 894, 31 (closures as the limit of unknown gains); Thompson, Moran
/// & Swenson (2017), §9.3 (bias).
public struct AmplitudeChiSquared: Sendable {
  private struct Group: Sendable {
    let rows: [Int]
    let logarithms: [Double]
    let factor: CovarianceFactor
  }

  private struct Faint: Sendable {
    let row: Int
    let amplitude: Double
    let weight: Double
  }

  /// Number of amplitudes.
  public let count: Int
  private let groups: [Group]
  private let faint: [Faint]
  private let rowCount: Int

  /// |V|/sigma from which logarithms are taken.
  private static let faintness = 3.0

  /// - Parameters:
  ///   - set: with stations; autocorrelations are left out.
  ///   - gainScatter: standard deviation of ln|g| of each of the set's stations, above zero.
  /// - Throws: ``DerivedDataError``.
  /// - Complexity: O(Σ *n*³) over times and channels of *n* baselines.
  public init(_ set: VisibilitySet, gainScatter: [Double]) throws(DerivedDataError) {
    try set.requireBaselines()
    precondition(gainScatter.count == set.stations.count && gainScatter.allSatisfy { $0 > 0 })
    let visibilities = set.visibilities
    var groups: [Group] = []
    var faint: [Faint] = []
    for all in set.simultaneous() {
      let rows = all.filter { visibilities[$0].station1 != visibilities[$0].station2 }
      let isFaint = { (row: Int) in
        visibilities[row].value.length < Self.faintness * visibilities[row].sigma
      }
      for row in rows where isFaint(row) {
        let (power, sigma) = (visibilities[row].value.lengthSquared, visibilities[row].sigma)
        faint.append(
          Faint(
            row: row, amplitude: max(0, power - sigma * sigma).squareRoot(),
            weight: 1 / (sigma * sigma)))
      }
      let bright = rows.filter { !isFaint($0) }
      if bright.isEmpty { continue }
      let covariance = bright.flatMap { i in
        bright.map { j in
          let (a, b) = (visibilities[i], visibilities[j])
          let shared = [a.station1, a.station2].reduce(0.0) { sum, station in
            [b.station1, b.station2].contains(station)
              ? sum + gainScatter[station] * gainScatter[station] : sum
          }
          return shared + (i == j ? a.sigma * a.sigma / a.value.lengthSquared : 0)
        }
      }
      groups.append(
        Group(
          rows: bright, logarithms: bright.map { log(visibilities[$0].value.length) },
          factor: CovarianceFactor(covariance, size: bright.count)))
    }
    self.groups = groups
    self.faint = faint
    count = groups.reduce(faint.count) { $0 + $1.rows.count }
    rowCount = visibilities.count
  }

  /// χ² of model visibilities, whose gradient is added to another.
  ///
  /// - Parameters:
  ///   - model: at the places of the set's visibilities, `[visibilities]`, none of them zero.
  ///   - gradient: of it, ∂χ²/∂Re V + i ∂χ²/∂Im V of each, `[visibilities]`.
  /// - Complexity: O(Σ *n*²).
  public func value(
    of model: [Complex<Double>], addingGradientTo gradient: inout [Complex<Double>]
  ) -> Double {
    precondition(model.count == rowCount && gradient.count == rowCount)
    var total = 0.0
    for group in groups {
      let residuals = zip(group.rows, group.logarithms).map { log(model[$0].length) - $1 }
      let weighted = group.factor.solve(residuals)
      for (k, row) in group.rows.enumerated() {
        total += residuals[k] * weighted[k]
        let v = model[row]
        gradient[row] += v.multiplied(by: 2 * weighted[k] / v.lengthSquared)
      }
    }
    for datum in faint {
      let v = model[datum.row]
      let length = v.length
      let residual = length - datum.amplitude
      total += datum.weight * residual * residual
      gradient[datum.row] += v.multiplied(by: 2 * datum.weight * residual / length)
    }
    return total
  }
}

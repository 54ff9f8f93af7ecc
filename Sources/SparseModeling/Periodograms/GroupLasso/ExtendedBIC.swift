import Foundation
import NumericalMethods

/// The extended Bayesian information criterion of the supports along a path, each fitted without penalty:
///
///     n ln(χ²/n) + k ln n + 2γ ln C(p, m)
///
/// for n points, m groups out of p with k columns that do not depend on each other. The noise level is left
/// free. Groups beside a larger one of the support, which split its peak, are not counted.
///
/// Reference: Chen & Chen (2008), Biometrika 95, 759, equation 1.
public struct ExtendedBIC: Sendable {
  /// 1 is consistent for any number of groups, 0 is BIC.
  public var gamma: Double
  /// p: of groups that differ.
  public var candidates: Double
  /// Groups nearer to each other in number than this are one.
  public var separation: Int

  public init(gamma: Double = 1, candidates: Double, separation: Int) {
    precondition((0...1).contains(gamma) && candidates >= 1 && separation >= 1)
    self.gamma = gamma
    self.candidates = candidates
    self.separation = separation
  }

  /// For sinusoids: frequencies 1/T apart differ, and those within a quarter of it are one.
  public init(gamma: Double = 1, for dictionary: SinusoidDictionary) {
    let duration = dictionary.bands.map(\.series.duration).max()!
    let grid = dictionary.grid
    self.init(
      gamma: gamma,
      candidates: min(Double(grid.count), max(1, (grid.last - grid.first) * duration)),
      separation: max(1, Int(min(0.25 / (duration * grid.step), Double(grid.count)))))
  }

  /// Infinite where the support leaves no degrees of freedom.
  public func value<Dictionary: GroupDictionary>(
    of solution: GroupLassoSolution, in dictionary: Dictionary, response: [Double]
  ) -> Double {
    let groups = peaks(of: solution)
    let points = Double(response.count)
    guard groups.count * dictionary.groupSize < response.count else { return .infinity }
    let columns = dictionary.columns(of: groups)
    let basis = OrthonormalColumns(
      spanning: stride(from: 0, to: columns.count, by: response.count).map {
        Array(columns[$0..<$0 + response.count])
      })
    let rest = basis.projectingOut(from: response)
    let square = dot(rest, rest)
    guard square > 0 else { return .infinity }
    let m = Double(groups.count)
    let choices = lgamma(candidates + 1) - lgamma(m + 1) - lgamma(max(1, candidates - m + 1))
    return points * log(square / points) + Double(basis.columns.count) * log(points)
      + 2 * gamma * max(0, choices)
  }

  /// The groups of the support that are the largest within `separation`.
  func peaks(of solution: GroupLassoSolution) -> [Int] {
    let groups = solution.groups
    return groups.indices.filter { k in
      var other = k - 1
      while other >= 0, groups[k] - groups[other] < separation {
        if solution.norms[other] >= solution.norms[k] { return false }
        other -= 1
      }
      other = k + 1
      while other < groups.count, groups[other] - groups[k] < separation {
        if solution.norms[other] > solution.norms[k] { return false }
        other += 1
      }
      return true
    }.map { groups[$0] }
  }
}

import Foundation
import NumericalMethods
import SparseModeling
import Testing

@Suite struct GroupLassoTests {
  /// Objectives found by two independent solvers to 1e-13, for the LASSO, the group LASSO of raw columns and
  /// the standardised one, without and with a dictionary in memory.
  @Test(arguments: KnownGroupLasso.names) func reachesMinimaFoundByOthers(name: String) throws {
    let known = try KnownGroupLasso(name)
    let points = Double(known.series.count)
    func check<D: GroupDictionary>(
      _ dictionary: D, _ response: [Double], _ penalty: Double, _ objective: Double
    ) {
      let problem = GroupLasso(
        dictionary, response: response, configuration: .init(tolerance: 1e-11))
      let solution = problem.solve(penalty: penalty)
      #expect(abs(solution.objective / objective - 1) < 1e-10)
    }
    for (prefix, size) in [("l1", 1), ("gl", 2)] {
      // Half the mean square there, half the sum of squares here.
      let penalty = try known.number("\(prefix)_alpha") * points
      let objective = try known.number("\(prefix)_obj") * points
      let raw = RawSinusoidDictionary(known.unweighted, grid: known.grid, groupSize: size)
      check(raw.dense, raw.response, penalty, objective)
      check(raw, raw.response, penalty, objective)
    }
    let pairs = SinusoidDictionary([known.series], grid: known.grid)
    let (penalty, objective) = (try known.number("sg_lam"), try known.number("sg_obj"))
    check(pairs.dense, pairs.response, penalty, objective)
    check(pairs, pairs.response, penalty, objective)
  }

  /// X_gᵀ r = λ β_g/‖β_g‖ in the support, and no longer than λ elsewhere; r = y − Xβ.
  @Test(arguments: [0.5, 0.2, 0.05]) func meetsOptimalityConditions(ratio: Double) throws {
    let known = try KnownGroupLasso("S6_seed4_F400_r0.2")
    let pairs = SinusoidDictionary([known.series], grid: known.grid)
    let problem = GroupLasso(
      pairs, response: pairs.response, configuration: .init(tolerance: 1e-11))
    let solution = problem.solve(penalty: ratio * problem.largestPenalty)
    #expect(solution.isConverged && !solution.groups.isEmpty)
    let columns = pairs.columns(of: solution.groups)
    let count = pairs.pointCount
    var rest = pairs.response
    for (k, coefficient) in solution.coefficients.enumerated() {
      let column = Array(columns[k * count..<(k + 1) * count])
      for point in rest.indices { rest[point] -= coefficient * column[point] }
      let product = dot(column, solution.residual)
      let expected = solution.penalty * coefficient / solution.norms[k / 2]
      #expect(abs(product - expected) < 1e-6 * solution.penalty)
    }
    #expect(zip(rest, solution.residual).allSatisfy { abs($0 - $1) < 1e-9 })
    let largest = pairs.dense.certificates(of: solution.residual).max()!
    #expect(largest < solution.penalty * (1 + 1e-8))
  }

  /// The gap bounds how far the objective is from the minimum, however early one stops.
  @Test(arguments: [0.3, 1e-2, 1e-4]) func gapBoundsTheError(tolerance: Double) throws {
    let known = try KnownGroupLasso("S5_seed3_F1500_r0.1")
    let pairs = SinusoidDictionary([known.series], grid: known.grid)
    let problem = GroupLasso(
      pairs, response: pairs.response, configuration: .init(tolerance: tolerance))
    let solution = problem.solve(penalty: try known.number("sg_lam"))
    let error = 1 - (try known.number("sg_obj")) / solution.objective
    #expect(solution.isConverged && solution.relativeGap <= tolerance)
    #expect(error <= solution.relativeGap + 1e-12 && error > -1e-12)
  }

  @Test func nothingIsLeftFromTheLargestPenaltyOn() throws {
    let known = try KnownGroupLasso("S1_seed0_F200_r0.3")
    let pairs = SinusoidDictionary([known.series], grid: known.grid)
    let problem = GroupLasso(pairs, response: pairs.response)
    #expect(
      abs(problem.largestPenalty / pairs.dense.certificates(of: pairs.response).max()! - 1) < 1e-9)
    for factor in [1, 1.5] {
      let solution = problem.solve(penalty: factor * problem.largestPenalty)
      #expect(solution.groups.isEmpty && solution.isConverged)
      #expect(abs(solution.objective / dot(pairs.response, pairs.response) - 0.5) < 1e-12)
    }
    #expect(!problem.solve(penalty: 0.99 * problem.largestPenalty).groups.isEmpty)
  }

  /// As λ falls, ½‖r‖² falls, Σ‖β_g‖ rises and so does the minimum over λ; each solution is that of a cold
  /// start.
  @Test func pathIsMonotonic() throws {
    let known = try KnownGroupLasso("S3_seed2_F1000_r0.1")
    let pairs = SinusoidDictionary([known.series], grid: known.grid)
    let configuration = GroupLasso<SinusoidDictionary>.Configuration(tolerance: 1e-9)
    let problem = GroupLasso(pairs, response: pairs.response, configuration: configuration)
    let path = Array(GroupLassoPath(problem, lowest: 0.1, count: 12))
    #expect(path.count == 12 && abs(path[11].penalty / problem.largestPenalty - 0.1) < 1e-12)
    for (one, next) in zip(path, path.dropFirst()) {
      #expect(dot(next.residual, next.residual) < dot(one.residual, one.residual))
      #expect(next.norms.reduce(0, +) > one.norms.reduce(0, +))
      #expect(next.objective < one.objective)
    }
    let cold = GroupLasso(pairs, response: pairs.response, configuration: configuration)
      .solve(penalty: path[11].penalty)
    #expect(abs(cold.objective / path[11].objective - 1) < 2e-9)
  }

  /// Orthonormal columns throughout: the minimum is known in closed form.
  @Test func orthonormalGroupsAreShrunkOneByOne() {
    let (groups, points) = (5, 12)
    var columns = [Double](repeating: 0, count: groups * 2 * points)
    for k in 0..<groups * 2 { columns[k * points + k] = 1 }
    let response = (0..<points).map { Double($0 * $0 % 7) - 2.5 }
    let problem = GroupLasso(
      DenseDictionary(columns: columns, groupSize: 2, pointCount: points), response: response,
      configuration: .init(tolerance: 1e-13))
    let solution = problem.solve(penalty: 2)
    for group in 0..<groups {
      let (a, b) = (response[2 * group], response[2 * group + 1])
      let factor = max(0, 1 - 2 / (a * a + b * b).squareRoot())
      let place = solution.groups.firstIndex(of: group)
      #expect((place != nil) == (factor > 0))
      guard let place else { continue }
      #expect(abs(solution.coefficients[2 * place] - factor * a) < 1e-9)
      #expect(abs(solution.coefficients[2 * place + 1] - factor * b) < 1e-9)
    }
  }

  /// Columns twice in the dictionary, and more of them than points.
  @Test func columnsThatAreAlikeAreNoTrouble() throws {
    let known = try KnownGroupLasso("S6_seed4_F400_r0.2")
    let pairs = SinusoidDictionary([known.series], grid: known.grid)
    let once = pairs.columns(of: Array(0..<pairs.groupCount))
    let twice = DenseDictionary(
      columns: once + once, groupSize: 2, pointCount: pairs.pointCount)
    let problem = GroupLasso(
      twice, response: pairs.response, configuration: .init(tolerance: 1e-10))
    let solution = problem.solve(penalty: try known.number("sg_lam"))
    #expect(abs(solution.objective / (try known.number("sg_obj")) - 1) < 1e-9)
    let small = problem.solve(penalty: 1e-3 * problem.largestPenalty)
    #expect(small.isConverged)
  }
}

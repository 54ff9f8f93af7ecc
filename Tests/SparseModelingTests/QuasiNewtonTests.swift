import Foundation
import NumericalMethods
import Numerics
import Observations
import SparseModeling
import Testing

@Suite struct QuasiNewtonTests {
  @Test(
    arguments: KnownMinimum.all.filter { $0.name.contains("0.1_l1") || $0.name.contains("tsv") })
  func findsTheMinimum(_ known: KnownMinimum) throws {
    let (problem, objective) = try known.read()
    let solution = QuasiNewtonSolver(StoppingRule(tolerance: 1e-8)).solve(problem, from: nil) {
      _, state in
      let (found, gap) = (state.objective, state.dualityGap)
      #expect(found - gap <= objective * (1 + 1e-12))
    }
    let hasConverged = solution.hasConverged
    #expect(hasConverged)
    let found = solution.state.objective
    #expect(abs(found / objective - 1) < 1e-8)
  }

  /// The image of the active set, wherever the source lies.
  @Test(arguments: [SIMD2(0, 0), SIMD2(-20, 14), SIMD2(27, -27)])
  func findsSourcesAnywhere(_ shift: SIMD2<Int>) throws {
    let image = SkyImage(width: 64, height: 64, pixelSize: 1e-6)
    var truth = image
    for (x, y) in [(0, 0), (1, 0), (1, 1), (2, 0), (-1, 2)] {
      truth.pixels[(32 + y + shift.y) * 64 + 32 + x + shift.x] = 1
    }
    let points = (0..<400).map { k in
      let (angle, length) = (Double(k), 4e5 * Double(k % 7 + 1) / 7)
      return SIMD2(length * sin(1.3 * angle), length * cos(1.7 * angle + 0.3))
    }
    let values = VisibilityOperator(image, at: points, tolerance: 1e-12).visibilities(
      of: truth.pixels)
    let data = points.indices.map { k in
      let noise = Complex(sin(Double(7 * k)), cos(Double(11 * k)))
      return Visibility(u: points[k].x, v: points[k].y, value: values[k] + noise, sigma: 1)
    }
    let problem = SparseImagingProblem(
      try VisibilityMisfit(data, like: image), quadratic: [TotalSquaredVariation(weight: 20)],
      separable: WeightedL1(weight: 60, isNonNegative: true))
    let solution = QuasiNewtonSolver(StoppingRule(tolerance: 1e-11)).solve(problem, from: nil) {
      _, _ in
    }
    let other = ActiveSetSolver(StoppingRule(tolerance: 1e-11)).solve(problem) { _, _ in }
    let (found, expected) = (solution.state, other.state)
    #expect(found.dualityGap < 1e-10 * found.objective)
    #expect(abs(found.objective / expected.objective - 1) < 1e-10)
    let furthest = solution.pixels.indices.map { abs(solution.pixels[$0] - other.pixels[$0]) }
      .max()!
    #expect(furthest < 1e-3)
  }

  /// Weights of l1: infinite ones leave a pixel empty, and the gap knows them.
  @Test func heavyPixelsStayEmpty() throws {
    let (problem, _) = try KnownMinimum.all[1].read()
    let weights = (0..<problem.count).map { $0 % 32 < 15 ? Double.infinity : 1 + Double($0 % 3) }
    var weighted = problem
    weighted.separable = WeightedL1(weight: 1e6, pixelWeights: weights, isNonNegative: true)
    let first = QuasiNewtonSolver(StoppingRule(tolerance: 1e-8)).solve(weighted, from: nil) {
      _, _ in
    }
    let second = ActiveSetSolver(StoppingRule(tolerance: 1e-8)).solve(weighted) { _, _ in }
    #expect(first.pixels.indices.allSatisfy { $0 % 32 >= 15 || first.pixels[$0] == 0 })
    let (found, expected) = (first.state, second.state)
    #expect(
      found.dualityGap <= 1e-8 * found.objective && expected.dualityGap <= 1e-8 * expected.objective
    )
    #expect(abs(found.objective / expected.objective - 1) < 1e-8)
  }
}

import ArrayFiles
import Foundation
import Numerics
import Observations
import SparseModeling
import Testing

@Suite struct ProximalGradientTests {
  /// Found by a solver independent of Sibyl, with isotropic total variation.
  private func isotropic() throws -> (problem: SparseImagingProblem, objective: Double) {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Data/ring_eht_N32_isoTV.npz").path
    let archive = try NPZArchive(path: path)
    func numbers(_ name: String) throws -> [Double] {
      try archive.read(name, as: Double.self).values
    }
    let (u, v, sigma) = (try numbers("u"), try numbers("v"), try numbers("sigma"))
    let values = zip(try numbers("re"), try numbers("im")).map { Complex($0, $1) }
    // Their rows run from north to south, to which differences to the next row are not indifferent.
    let visibilities = u.indices.map {
      Visibility(u: u[$0], v: -v[$0], value: values[$0], sigma: sigma[$0])
    }
    let image = SkyImage(width: 32, height: 32, pixelSize: try numbers("psize_rad")[0])
    let problem = SparseImagingProblem(
      try VisibilityMisfit(visibilities, like: image),
      separable: WeightedL1(weight: try numbers("lambda")[0], isNonNegative: true),
      variation: TotalVariation(weight: try numbers("lambda_tv")[0]))
    return (problem, try numbers("objective")[0])
  }

  @Test func findsTheMinimumWithTotalVariation() throws {
    let (problem, objective) = try isotropic()
    let solution = ProximalGradientSolver(StoppingRule(tolerance: 1e-8)).solve(problem, from: nil) {
      _, state in
      let (found, gap) = (state.objective, state.dualityGap)
      #expect(found - gap <= objective * (1 + 1e-9))
      #expect(found >= objective * (1 - 1e-9))
    }
    let (found, hasConverged) = (solution.state.objective, solution.hasConverged)
    #expect(hasConverged)
    #expect(abs(found / objective - 1) < 1e-8)
    #expect(solution.pixels.allSatisfy { $0 >= 0 })
    // Without acceleration and steps that grow it would be many thousand.
    #expect(solution.iterations < 2000)
  }

  @Test(arguments: KnownMinimum.all.prefix(6)) func findsTheMinimum(_ known: KnownMinimum) throws {
    let (problem, objective) = try known.read()
    let rule = StoppingRule(tolerance: 1e-4)
    let solution = ProximalGradientSolver(rule).solve(problem, from: nil) { _, _ in }
    let (found, gap, hasConverged) = (
      solution.state.objective, solution.state.dualityGap, solution.hasConverged
    )
    #expect(hasConverged)
    #expect(found >= objective * (1 - 1e-10) && found - gap <= objective * (1 + 1e-10))
    // From there on nothing is left to do.
    let again = ProximalGradientSolver(rule).solve(problem, from: solution.pixels) { _, _ in }
    #expect(again.iterations == 0)
  }

  /// Where the slope of the misfit is that of the entropy: b − Hβ = κ ln(β/m).
  @Test func findsTheMinimumWithEntropy() throws {
    let misfit = try KnownMinimum.all[0].read().problem.misfit
    let (weight, prior) = (5e3, 0.6 / Double(misfit.dirty.count))
    let problem = SparseImagingProblem(
      misfit, separable: MaximumEntropy(weight: weight, flux: 0.6, count: misfit.dirty.count))
    let solution = ProximalGradientSolver(StoppingRule(tolerance: 1e-10)).solve(problem, from: nil)
    {
      _, state in
      #expect(state.dualityGap >= 0 && state.dualityGap <= state.objective * (1 + 1e-12))
    }
    let hasConverged = solution.hasConverged
    #expect(hasConverged)
    let excess = zip(solution.pixels, solution.state.gradient).map {
      abs($1 / weight - log($0 / prior))
    }
    #expect(excess.max()! < 1e-3)
  }

  /// A penalty on any variation leaves one free value, which is (Σ b − n λ) / Σ H.
  @Test func withoutAnyVariationTheImageIsFlat() throws {
    let misfit = try isotropic().problem.misfit
    let problem = SparseImagingProblem(
      misfit, quadratic: [TotalSquaredVariation(weight: 10)],
      separable: WeightedL1(weight: 1e5, isNonNegative: false),
      variation: TotalVariation(weight: 1e9))
    let solution = ProximalGradientSolver(StoppingRule(tolerance: 1e-8)).solve(problem, from: nil) {
      _, _ in
    }
    let hasConverged = solution.hasConverged
    #expect(hasConverged)
    let ones = [Double](repeating: 1, count: problem.count)
    let value =
      (misfit.dirty.reduce(0, +) - 1e5 * Double(problem.count)) / problem.apply(ones).reduce(0, +)
    #expect(value > 0)
    #expect(solution.pixels.allSatisfy { abs($0 / value - 1) < 1e-6 })
  }
}

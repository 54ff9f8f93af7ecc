import ArrayFiles
import Foundation
import Numerics
import Observations
import SparseModeling
import Testing

/// A problem whose minimum others have found.
struct KnownMinimum: Sendable, CustomTestStringConvertible {
  var file: String
  var name: String

  static let all =
    ["0.1_l1", "0.01_l1", "0.01_tsv", "0.001_l1"].flatMap { name in
      ["signed", "nonneg"].map { KnownMinimum(file: "ring_eht_N32", name: "\($0)_l\(name)") }
    }
    + ["0.0001_l1", "1e-05_l1"].flatMap { name in
      ["signed", "nonneg"].map { KnownMinimum(file: "ring_eht_N32_lowlam", name: "\($0)_l\(name)") }
    }

  var testDescription: String { name }

  func read() throws -> (problem: SparseImagingProblem, objective: Double) {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Data/\(file).npz").path
    let archive = try NPZArchive(path: path)
    func numbers(_ name: String) throws -> [Double] {
      try archive.read(name, as: Double.self).values
    }
    let (u, v, sigma) = (try numbers("u"), try numbers("v"), try numbers("sigma"))
    let values = zip(try numbers("re"), try numbers("im")).map { Complex($0, $1) }
    let image = SkyImage(width: 32, height: 32, pixelSize: try numbers("psize_rad")[0])
    let tsv = try numbers("\(name)_mu")[0]
    let problem = SparseImagingProblem(
      try VisibilityMisfit(
        u.indices.map { Visibility(u: u[$0], v: v[$0], value: values[$0], sigma: sigma[$0]) },
        like: image),
      quadratic: tsv > 0 ? [TotalSquaredVariation(weight: tsv)] : [],
      separable: WeightedL1(
        weight: try numbers("\(name)_lambda")[0], isNonNegative: name.hasPrefix("nonneg")))
    return (problem, try numbers("\(name)_objective")[0])
  }
}

@Suite struct ActiveSetTests {
  @Test(arguments: KnownMinimum.all) func findsTheMinimum(_ known: KnownMinimum) throws {
    let (problem, objective) = try known.read()
    let solution = ActiveSetSolver(StoppingRule(tolerance: 1e-9)).solve(problem) { _, _ in }
    let hasConverged = solution.hasConverged
    #expect(hasConverged)
    let (found, gap) = (solution.state.objective, solution.state.dualityGap)
    #expect(abs(found / objective - 1) < 1e-10)
    #expect(gap < 1e-9 * objective)
  }

  /// No image has an objective below what the gap promises.
  @Test func theGapHoldsOnTheWay() throws {
    let (problem, objective) = try KnownMinimum.all[1].read()
    var objectives: [Double] = []
    _ = ActiveSetSolver(StoppingRule(tolerance: 1e-9)).solve(problem) { _, state in
      objectives.append(state.objective)
      let (found, gap) = (state.objective, state.dualityGap)
      #expect(found - gap <= objective * (1 + 1e-12))
      #expect(found >= objective * (1 - 1e-12))
    }
    #expect(zip(objectives, objectives.dropFirst()).allSatisfy { $0 >= $1 })
  }

  @Test func aboveTheLargestL1NothingIsLeft() throws {
    let (problem, _) = try KnownMinimum.all[0].read()
    let points = [SIMD2(1e9, 2e9), SIMD2(-3e9, 1e9), SIMD2(2e9, -2e9)]
    let data = points.map { Visibility(u: $0.x, v: $0.y, value: Complex(1, 0.5), sigma: 0.1) }
    let misfit = try VisibilityMisfit(data, like: problem.misfit.image)
    let largest = WeightedL1(weight: 0, isNonNegative: true).emptyingWeight(misfit.dirty)
    for (factor, isEmpty) in [(1.001, true), (0.999, false)] {
      let problem = SparseImagingProblem(
        misfit, separable: WeightedL1(weight: factor * largest, isNonNegative: true))
      let solvers: [any ImageSolver] = [
        ActiveSetSolver(StoppingRule()), QuasiNewtonSolver(StoppingRule()),
      ]
      for solver in solvers {
        let pixels = solver.solve(problem, from: nil) { _, _ in }.pixels
        #expect(pixels.allSatisfy { $0 == 0 } == isEmpty)
      }
    }
  }

  /// β H β = Σ w |Fβ|² + 2μ Σ (differences)², for visibilities without symmetry.
  @Test func theCurvatureIsThatOfTheVisibilities() throws {
    let image = SkyImage(width: 12, height: 9, pixelSize: 1e-6)
    let points = (0..<40).map { SIMD2(4e5 * sin(Double($0)), 4e5 * cos(1.7 * Double($0) + 0.3)) }
    let data = points.enumerated().map {
      Visibility(u: $1.x, v: $1.y, value: .zero, sigma: 0.5 + 0.01 * Double($0))
    }
    let problem = SparseImagingProblem(
      try VisibilityMisfit(data, like: image), quadratic: [TotalSquaredVariation(weight: 3)],
      separable: WeightedL1(weight: 1, isNonNegative: true))
    let pixels = (0..<problem.count).map { sin(Double($0 * $0 % 101)) }
    let seen = VisibilityOperator(image, at: points, tolerance: 1e-12).visibilities(of: pixels)
    var expected = zip(seen, data).reduce(0) { $0 + $1.0.lengthSquared / ($1.1.sigma * $1.1.sigma) }
    for row in 0..<9 {
      for column in 0..<12 {
        let value = pixels[row * 12 + column]
        if column < 11 { expected += 6 * pow(pixels[row * 12 + column + 1] - value, 2) }
        if row < 8 { expected += 6 * pow(pixels[row * 12 + column + 12] - value, 2) }
      }
    }
    let product = zip(pixels, problem.apply(pixels)).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(product / expected - 1) < 1e-10)
    for a in [0, 11, 50, 107] {
      let sum = pixels.indices.reduce(0) { $0 + problem.element(a, $1) * pixels[$1] }
      #expect(abs(sum - problem.apply(pixels)[a]) < 1e-9 * abs(problem.element(a, a)))
    }
  }
}

import Foundation
import NumericalMethods
import Numerics
import Observations
import Probability
import SparseModeling
import Testing

@Suite struct CrossValidationTests {
  private let image = SkyImage(width: 24, height: 24, pixelSize: 1e-6)

  /// A few bright points, or a broad source, with noise of sigma one.
  private func data(_ truth: [Double], seed: UInt64 = 5) -> [Visibility] {
    var stream = RandomStream(seed: seed, purpose: .noise)
    let points = (0..<500).map { _ in
      SIMD2(
        Double.random(in: -4e5...4e5, using: &stream), Double.random(in: 0...4e5, using: &stream))
    }
    let values = VisibilityOperator(image, at: points, tolerance: 1e-12).visibilities(of: truth)
    return zip(points, values).map { point, value in
      let (real, imaginary) = stream.normalPair()
      return Visibility(
        u: point.x, v: point.y, value: value + Complex(real, imaginary), sigma: 1)
    }
  }

  private func truth(_ brightness: (Double, Double) -> Double) -> [Double] {
    (0..<576).map { brightness(Double($0 % 24) - 11.5, Double($0 / 24) - 11.5) }
  }

  private func validation(_ data: [Visibility], threads: Int = 2) throws -> CrossValidation {
    let misfit = try VisibilityMisfit(data, like: image)
    let grid = PenaltyGrid(
      ["tsv", "l1"].map { PenaltyGrid.noiseLevel(of: $0, misfit, flux: 10, count: 5) })
    return try CrossValidation(
      data, like: image, grid: grid, .init(), monitor: WorkMonitor(threads: threads))
  }

  /// Held-out visibilities are predicted to their noise, not better; a broad source wants smoothness that
  /// points do not want.
  @Test func predictsToTheNoise() throws {
    let broad = try validation(data(truth { 0.2 * exp(-($0 * $0 + $1 * $1) / 30) }))
    let points = try validation(
      data(truth { abs($0) == 3.5 && $1 == 0.5 || $0 == 0.5 && $1 == -6.5 ? 5 : 0 }))
    for validation in [broad, points] {
      let chosen = validation.scores[validation.chosen]
      #expect(abs(chosen.chiSquared - 1) < 4 / (1000.0).squareRoot() + 0.05)
      #expect(chosen.excess <= chosen.excessError)
      #expect(validation.scores.allSatisfy { $0.excess >= 0 && $0.unfinished == 0 })
      #expect(validation.scores[validation.best].weights["l1"]! <= chosen.weights["l1"]!)
    }
    #expect(broad.scores[broad.best].weights["tsv"]! > points.scores[points.best].weights["tsv"]!)
  }

  /// A score is what solving without the fold and predicting it gives, without any kernel subtracted.
  @Test func scoresAreThoseOfImagesMadeWithoutTheFold() throws {
    let data = data(truth { exp(-($0 * $0 + $1 * $1) / 8) })
    let grid = PenaltyGrid([.init("tsv", [100]), .init("l1", [30])])
    var configuration = CrossValidation.Configuration()
    (configuration.folds, configuration.tolerance) = (4, 1e-9)
    let found = try CrossValidation(
      data, like: image, grid: grid, configuration, monitor: WorkMonitor())
    var stream = RandomStream(seed: configuration.seed, purpose: .split)
    let order = data.indices.shuffled(using: &stream)
    let expected = try (0..<4).map { fold in
      let held = order.indices.filter { $0 % 4 == fold }.map { data[order[$0]] }
      let others = order.indices.filter { $0 % 4 != fold }.map { data[order[$0]] }
      let problem = SparseImagingProblem(
        try VisibilityMisfit(others, like: image), quadratic: [TotalSquaredVariation(weight: 100)],
        separable: WeightedL1(weight: 30, isNonNegative: true))
      let pixels = ActiveSetSolver(StoppingRule(tolerance: 1e-9)).solve(problem) { _, _ in }.pixels
      let model = VisibilityOperator(image, at: held.map { SIMD2($0.u, $0.v) }, tolerance: 1e-12)
        .visibilities(of: pixels)
      return zip(held, model).reduce(0) { $0 + ($1.0.value - $1.1).lengthSquared }
        / Double(2 * held.count)
    }
    let mean = expected.reduce(0, +) / 4
    #expect(abs(found.scores[0].chiSquared / mean - 1) < 1e-6)
    let deviation = expected.reduce(0) { $0 + pow($1 - mean, 2) } / 12
    #expect(abs(found.scores[0].standardError / deviation.squareRoot() - 1) < 1e-4)
  }

  @Test(arguments: ["l1", "tsv", "entropy"]) func dataOfNothingMakeAnEmptyImage(
    _ name: String
  ) throws {
    let nothing = data(truth { _, _ in 0 }).map { visibility in
      var visibility = visibility
      visibility.value = .zero
      return visibility
    }
    var settings = ImageReconstruction.Settings()
    settings.weights = [name: nil]
    let image = try ImageReconstruction(
      nothing, like: image, settings, monitor: WorkMonitor()
    ).image
    #expect(image.pixels.allSatisfy { $0 == 0 })
  }

  @Test func threadsChangeNoBit() throws {
    let data = data(truth { exp(-($0 * $0 + $1 * $1) / 8) })
    let scores = try [1, 2].map { try validation(data, threads: $0).scores.map(\.chiSquared) }
    #expect(scores[0] == scores[1])
  }

  @Test func fewerVisibilitiesThanFoldsAreAnError() {
    #expect(throws: ImagingError.fewVisibilities(3, folds: 10)) {
      try validation(Array(data(truth { _, _ in 0 }).prefix(3)))
    }
  }

  /// The deviation of the bootstrap is that of the noise where the image is a sum of the data: one bright
  /// point, of which the error of the flux is known.
  @Test func bootstrapKnowsTheNoise() throws {
    var point = [Double](repeating: 0, count: 576)
    point[300] = 20
    let data = data(point)
    var settings = ImageReconstruction.Settings()
    settings.weights = ["l1": 1e-3]
    let bootstrap = try ImageBootstrap(
      data, like: image, pixelWeights: point.map { $0 > 0 ? 1 : .infinity }, settings,
      replicates: 400, seed: 3, monitor: WorkMonitor(threads: 2))
    // Noise drawn anew on top of the data's own: √2 times 1/√Σw.
    let expected = (2.0 / 500).squareRoot()
    #expect(abs(bootstrap.deviation.pixels[300] / expected - 1) < 0.15)
    #expect(abs(bootstrap.mean.pixels[300] - 20) < 0.25)
    #expect(bootstrap.deviation.pixels.enumerated().allSatisfy { $0 == 300 || $1 == 0 })
  }
}

import DensityEstimators
import Foundation
import NeuralNetworks
import Probability
import Testing

/// A circle has no ends: a posterior around ±π is one mode.
@Suite struct CircularPosteriorTests {
  @Test(arguments: EstimatorCase.all.filter { $0.coordinates.contains(.circle) })
  func densityIsContinuousAcrossTheCut(_ item: EstimatorCase) {
    let model = WeightedEstimator(item)
    let (z, context) = (
      priorCases(40, item.coordinates, seed: 1), normalCases(40, item.contextCount, seed: 2)
    )
    func density(at angle: Double) -> [Double] {
      let moved = z.map { zip($0, item.coordinates).map { $1 == .circle ? angle : $0 } }
      return model.logDensity(moved, context: context)
    }
    for (below, above) in zip(density(at: .pi - 1e-5), density(at: -.pi + 1e-5)) {
      #expect(abs(below - above) < 5e-3)
    }
  }

  /// z is von Mises around the direction that the context points to.
  @Test(arguments: NeuralSplineFlow.Kind.allCases)
  func trainingFindsAModeAcrossTheCut(_ kind: NeuralSplineFlow.Kind) {
    let concentration = 4.0
    let item = EstimatorCase(testDescription: "", coordinates: [.circle], contextCount: 2) {
      layout in
      var configuration = NeuralSplineFlow.Configuration()
      configuration.kind = kind
      (configuration.transforms, configuration.width) = (2, 32)
      return NeuralSplineFlow(
        "flow", coordinates: [.circle], contextCount: 2, configuration: configuration,
        layout: &layout)
    }
    var model = WeightedEstimator(untrained: item)
    var adam = AdamW(model.layout)
    var stream = RandomStream(seed: 3, purpose: .simulation)
    for step in 0..<800 {
      let directions = (0..<512).map { _ in 2 * .pi * stream.uniform() }
      let z = directions.map { [vonMises(around: $0, concentration, using: &stream)] }
      let gradient = model.gradient(z, context: directions.map { [cos($0), sin($0)] })
      _ = adam.step(
        &model.weights, gradient: gradient.parameters.map { -$0 / 512 },
        learningRate: 5e-3 * Float(1 - Double(step) / 800), maximumNorm: 5)
    }
    let z = model.sample(10_000, context: [[-1, 0]], seed: 4).z.map { $0[0] }
    #expect(z.allSatisfy { abs($0) < .pi + 1e-5 })
    let (c, s) = (mean(z.map(cos)), mean(z.map(sin)))
    #expect(abs(difference(atan2(s, c), .pi, .circle)) < 0.05)
    // The mean resultant length I₁(κ) / I₀(κ) at κ = 4 (Mardia & Jupp 2000, table 3.1).
    #expect(abs((c * c + s * s).squareRoot() - 0.8635) < 0.015)
    // I₀(4) = 11.30192 (Abramowitz & Stegun 1964, table 9.8).
    let cell = 2 * Double.pi / 400
    let grid: [[Double]] = (0..<400).map { [cell * (Double($0) + 0.5) - Double.pi] }
    var divergence = 0.0
    for (z, found) in zip(grid, model.logDensity(grid, context: [[-1, 0]])) {
      let expected: Double = -concentration * cos(z[0]) - log(2 * .pi * 11.30192)
      divergence += exp(expected) * (expected - found) * cell
    }
    #expect(divergence < 0.01, "\(divergence)")
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// By rejection from the uniform law.
  private func vonMises(
    around centre: Double, _ concentration: Double, using stream: inout RandomStream
  ) -> Double {
    while true {
      let angle = 2 * .pi * stream.uniform()
      if log(stream.uniform()) < concentration * (cos(angle - centre) - 1) {
        return difference(angle, 0, .circle)
      }
    }
  }
}

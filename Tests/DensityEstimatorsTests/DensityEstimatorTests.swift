import DensityEstimators
import Foundation
import Probability
import Testing

/// What holds for every density estimator.
@Suite struct DensityEstimatorTests {
  @Test(arguments: EstimatorCase.all, [1, 5, 64])
  func samplesHaveTheDensityTheyClaim(_ item: EstimatorCase, count: Int) {
    let model = WeightedEstimator(item)
    let context = normalCases(count, item.contextCount, seed: 2)
    let samples = model.sample(count, context: context, seed: 3)
    let again = model.logDensity(samples.z, context: context)
    for (claimed, found) in zip(samples.logDensity, again) {
      #expect(abs(claimed - found) < 1e-3)
    }
  }

  /// The mass is one, and means over samples are those over a grid.
  @Test(arguments: EstimatorCase.plane)
  func densityIsNormalizedAndThatOfTheSamples(_ item: EstimatorCase) {
    // Mild weights, whose density the grid resolves.
    let model = WeightedEstimator(item, scale: 0.5)
    let context = normalCases(1, item.contextCount, seed: 30)
    let samples = model.sample(20_000, context: context, seed: 31).z
    let panels = item.coordinates.count == 1 ? 8_000 : 600
    let axes = item.coordinates.enumerated().map { k, coordinate in
      var range = (low: -Double.pi, high: Double.pi)
      if coordinate == .line {
        let (low, high) = (samples.map { $0[k] }.min()!, samples.map { $0[k] }.max()!)
        // As far as samples reach, and as much again.
        range = (low - (high - low) / 2, high + (high - low) / 2)
      }
      let width = (range.high - range.low) / Double(panels)
      return (0..<panels).map { range.low + width * (Double($0) + 0.5) }
    }
    let cell = axes.reduce(1) { $0 * ($1[1] - $1[0]) }
    var mass = 0.0
    var means = functions([0, 0]).map { _ in 0.0 }
    for a in axes[0] {
      let line = item.coordinates.count == 1 ? [[a]] : axes[1].map { [a, $0] }
      for (z, logDensity) in zip(line, model.logDensity(line, context: context)) {
        let weight = exp(logDensity) * cell
        mass += weight
        for (k, value) in functions(z).enumerated() { means[k] += weight * value }
      }
    }
    #expect(abs(mass - 1) < 3e-3)
    for (k, mean) in means.enumerated() {
      let sampled = samples.reduce(0) { $0 + functions($1)[k] } / Double(samples.count)
      // Five standard errors of a function within ±1, and the grid's.
      #expect(abs(sampled - mean) < 5 / Double(samples.count).squareRoot() + 3e-3)
    }
  }

  /// Functions within ±1, continuous on lines and circles.
  private func functions(_ z: [Double]) -> [Double] {
    let last = z[z.count - 1]
    return [sin(z[0]), cos(z[0]), sin(2 * z[0]), sin(last), cos(last), sin(z[0] + last)]
  }

  /// Before training every estimator is the prior, whatever the context.
  @Test(arguments: EstimatorCase.all) func untrainedIsThePrior(_ item: EstimatorCase) {
    let model = WeightedEstimator(untrained: item)
    let z = priorCases(7, item.coordinates, seed: 40)
    let found = model.logDensity(z, context: normalCases(7, item.contextCount, seed: 41))
    for (z, value) in zip(z, found) {
      let expected = zip(z, item.coordinates).reduce(0) { sum, pair in
        sum - (pair.1 == .line ? 0.5 * (pair.0 * pair.0 + log(2 * .pi)) : log(2 * .pi))
      }
      #expect(abs(value - expected) < item.priorTolerance)
    }
  }

  /// Weights that saturate every scale still give numbers, in both directions.
  @Test(arguments: EstimatorCase.all, [3.0, 8])
  func extremeWeightsStayFinite(_ item: EstimatorCase, scale: Double) {
    let model = WeightedEstimator(item, scale: scale)
    let context = normalCases(200, item.contextCount, seed: 50).map { $0.map { 10 * $0 } }
    let samples = model.sample(200, context: context, seed: 51)
    #expect(samples.z.joined().allSatisfy { $0.isFinite })
    #expect(samples.logDensity.allSatisfy { $0.isFinite })
    let z = priorCases(200, item.coordinates, seed: 52)
    #expect(model.logDensity(z, context: context).allSatisfy { $0.isFinite })
    let gradient = model.gradient(z, context: context)
    #expect(gradient.parameters.allSatisfy { $0.isFinite })
    #expect(gradient.context.joined().allSatisfy { $0.isFinite })
  }

  /// What is not a number has no density, and is not mistaken for one; other cases do not suffer.
  @Test(arguments: EstimatorCase.all) func notANumberStaysSo(_ item: EstimatorCase) {
    let model = WeightedEstimator(item)
    let context = normalCases(3, item.contextCount, seed: 55)
    for k in item.coordinates.indices {
      var z = priorCases(3, item.coordinates, seed: 56)
      z[1][k] = .nan
      let found = model.logDensity(z, context: context)
      #expect(found.map(\.isNaN) == [false, true, false])
    }
  }

  /// A case's density and gradients are its own, whatever else is in the batch.
  @Test(arguments: EstimatorCase.all, [6, 16, 21])
  func casesAreIndependent(_ item: EstimatorCase, count: Int) {
    let model = WeightedEstimator(item)
    let z = priorCases(count, item.coordinates, seed: 60)
    let context = normalCases(count, item.contextCount, seed: 61)
    let together = model.logDensity(z, context: context)
    let gradient = model.gradient(z, context: context)
    var sum = [Double](repeating: 0, count: model.weights.count)
    var size = sum
    for index in z.indices {
      #expect(model.logDensity([z[index]], context: [context[index]])[0] == together[index])
      let alone = model.gradient([z[index]], context: [context[index]])
      #expect(alone.context[0] == gradient.context[index])
      for (place, value) in alone.parameters.enumerated() {
        sum[place] += Double(value)
        size[place] += Double(abs(value))
      }
    }
    for (place, value) in gradient.parameters.enumerated() {
      #expect(abs(Double(value) - sum[place]) <= 1e-5 * size[place])
    }
  }

  @Test(arguments: EstimatorCase.all) func oneContextServesAll(_ item: EstimatorCase) {
    let model = WeightedEstimator(item)
    let z = priorCases(37, item.coordinates, seed: 70)
    let context = normalCases(1, item.contextCount, seed: 71)
    let repeated = Cases(repeating: context[0], count: z.count)
    let densities = model.logDensity(z, context: context)
    for (one, many) in zip(densities, model.logDensity(z, context: repeated)) {
      #expect(abs(one - many) < 1e-5 * max(1, abs(many)))
    }
    let one = model.sample(37, context: context, seed: 72)
    let many = model.sample(37, context: repeated, seed: 72)
    for (a, b) in zip(one.z, many.z) {
      for (k, coordinate) in item.coordinates.enumerated() {
        #expect(abs(difference(a[k], b[k], coordinate)) < 1e-4)
      }
    }
  }

  /// The gradient of the whole density: case by case, since sums over cases have kinks everywhere.
  @Test(arguments: EstimatorCase.all) func gradientsAreDerivatives(_ item: EstimatorCase) {
    var model = WeightedEstimator(item)
    let weights = model.weights
    var comparison = DerivativeComparison()
    for index: UInt64 in 0..<21 {
      let z = priorCases(1, item.coordinates, seed: 80 + index)
      let context = normalCases(1, item.contextCount, seed: 110 + index)
      let gradient = model.gradient(z, context: context)
      let move = normalCases(1, item.contextCount, seed: 140 + index)[0]
      let products = zip(gradient.context[0], move).map { $0 * $1 }
      comparison.compare(products.reduce(0, +), size: dot(products, products).squareRoot()) {
        step in
        model.logDensity(z, context: [zip(context[0], move).map { $0 + step * $1 }])[0]
      }
      let direction = model.direction(scale: 1, seed: 170 + index)
      let terms = zip(gradient.parameters, direction).map { Double($0 * $1) }
      comparison.compare(terms.reduce(0, +), size: dot(terms, terms).squareRoot()) { step in
        model.weights = zip(weights, direction).map { $0 + Float(step) * $1 }
        return model.logDensity(z, context: context)[0]
      }
      model.weights = weights
    }
    #expect(comparison.passes, "\(comparison)")
  }
}

import DensityEstimators
import Foundation
import Testing

/// What holds for every density estimator.
@Suite struct DensityEstimatorTests {
  @Test(arguments: EstimatorCase.all, [1, 5, 64])
  func samplesHaveTheDensityTheyClaim(_ item: EstimatorCase, rows: Int) {
    let model = WeightedEstimator(item)
    let context = normalRows(rows, item.contextCount, seed: 2)
    let samples = model.transform(normalRows(rows, item.dimensions, seed: 3), context: context)
    let again = model.logDensity(samples.z, context: context)
    for (claimed, found) in zip(samples.logDensity, again) {
      #expect(abs(claimed - found) < 1e-3)
    }
  }

  /// ln q(T(u)) = ln N(u) − ln |det dT/du|, the determinant from differences of T alone.
  @Test(arguments: EstimatorCase.all) func densityFollowsFromTheJacobian(_ item: EstimatorCase) {
    let model = WeightedEstimator(item)
    for seed: UInt64 in 10..<16 {
      let u = normalRows(1, item.dimensions, seed: seed)
      let context = normalRows(1, item.contextCount, seed: seed + 100)
      let jacobian = jacobian(of: model, at: u[0], context: context[0])
      let base = u[0].reduce(0) { $0 - 0.5 * ($1 * $1 + log(2 * .pi)) }
      let expected = base - log(abs(determinant(jacobian)))
      let claimed = model.transform(u, context: context).logDensity[0]
      #expect(abs(claimed - expected) < 2e-3)
    }
  }

  @Test(arguments: EstimatorCase.all, [1, 6, 13])
  func gradientsAreDerivatives(_ item: EstimatorCase, rows: Int) {
    var model = WeightedEstimator(item)
    let context = normalRows(rows, item.contextCount, seed: 20)
    let z = normalRows(rows, item.dimensions, seed: 21)
    let gradient = model.gradient(z, context: context)
    for (a, b) in zip(gradient.logDensity, model.logDensity(z, context: context)) {
      #expect(abs(a - b) < 1e-5)
    }
    // The context's, row by row: a row's density depends on its own context alone.
    let move = normalRows(rows, item.contextCount, seed: 22)
    for row in 0..<rows {
      let analytic = zip(gradient.context[row], move[row]).reduce(0) { $0 + $1.0 * $1.1 }
      let size = gradient.context[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
      let numerical = richardson { step in
        let moved = zip(context[row], move[row]).map { $0 + step * $1 }
        return -model.logDensity([z[row]], context: [moved])[0]
      }
      #expect(abs(numerical - analytic) < 5e-3 * (size + 0.1))
    }
    let weights = model.weights
    for seed: UInt64 in 23..<27 {
      let direction = model.direction(scale: 1, seed: seed)
      let analytic = zip(gradient.parameters, direction).reduce(0) {
        $0 + Double($1.0) * Double($1.1)
      }
      let size = zip(gradient.parameters, direction).reduce(0) {
        $0 + Double($1.0 * $1.0 * $1.1 * $1.1)
      }.squareRoot()
      let numerical = richardson { step in
        model.weights = zip(weights, direction).map { $0 + Float(step) * $1 }
        return -model.logDensity(z, context: context).reduce(0, +)
      }
      model.weights = weights
      #expect(abs(numerical - analytic) < 5e-3 * (size + 0.1))
    }
  }

  @Test(arguments: EstimatorCase.all.filter { $0.dimensions <= 2 })
  func densityIntegratesToOne(_ item: EstimatorCase) {
    let model = WeightedEstimator(item)
    let context = normalRows(1, item.contextCount, seed: 30)[0]
    // As far as samples reach, and the same again.
    let samples = model.transform(
      normalRows(4_000, item.dimensions, seed: 31),
      context: [[Double]](repeating: context, count: 4_000)
    ).z
    let panels = item.dimensions == 1 ? 4_000 : 500
    let axes = (0..<item.dimensions).map { i in
      let (low, high) = (samples.map { $0[i] }.min()!, samples.map { $0[i] }.max()!)
      let (first, width) = (low - (high - low), 3 * (high - low))
      return (0..<panels).map { first + width * (Double($0) + 0.5) / Double(panels) }
    }
    let cell = axes.reduce(1) { $0 * ($1[1] - $1[0]) }
    var sum = 0.0
    for a in axes[0] {
      let line = item.dimensions == 1 ? [[a]] : axes[1].map { [a, $0] }
      let contexts = [[Double]](repeating: context, count: line.count)
      sum += model.logDensity(line, context: contexts).reduce(0) { $0 + exp($1) } * cell
    }
    #expect(abs(sum - 1) < 2e-3)
  }

  /// Before training every estimator is the prior, a standard normal, whatever the context.
  @Test(arguments: EstimatorCase.all) func untrainedIsTheStandardNormal(_ item: EstimatorCase) {
    var model = WeightedEstimator(item)
    var stream = RandomStreamSource.initialization
    model.weights = model.layout.initialValues(using: &stream)
    let z = normalRows(7, item.dimensions, seed: 40)
    let found = model.logDensity(z, context: normalRows(7, item.contextCount, seed: 41))
    for (row, value) in zip(z, found) {
      #expect(abs(value - row.reduce(0) { $0 - 0.5 * ($1 * $1 + log(2 * .pi)) }) < 1e-5)
    }
  }

  /// Weights that saturate every scale still give numbers, in both directions.
  @Test(arguments: EstimatorCase.all, [3.0, 8])
  func extremeWeightsStayFinite(_ item: EstimatorCase, scale: Double) {
    let model = WeightedEstimator(item, scale: scale)
    let context = normalRows(200, item.contextCount, seed: 50).map { $0.map { 10 * $0 } }
    let samples = model.transform(normalRows(200, item.dimensions, seed: 51), context: context)
    #expect(samples.z.joined().allSatisfy { $0.isFinite })
    #expect(samples.logDensity.allSatisfy { $0.isFinite })
    let z = normalRows(200, item.dimensions, seed: 52)
    let gradient = model.gradient(z, context: context)
    #expect(gradient.parameters.allSatisfy { $0.isFinite })
  }
}

import DensityEstimators
import Foundation
import NeuralNetworks
import Probability
import Testing

/// Mixtures against Bishop (1994), eqs. 22–23, in double precision.
///
/// With weights 0 the biases of the last layer are the mixture's parameters, whatever the context.
@Suite struct MixtureDensityNetworkTests {
  private struct Component {
    var weight: Double
    var mean: [Double]
    /// Row by row.
    var precision: [[Double]]
    /// Lower triangular A with AAᵀ the covariance.
    var factor: [[Double]]
  }

  /// A mixture with random parameters, its components known from the definition of the parameters.
  private func mixture(
    components: Int, dimensions: Int
  ) -> (model: WeightedEstimator, components: [Component]) {
    var model = WeightedEstimator(
      EstimatorCase(
        testDescription: "", coordinates: [Coordinate](repeating: .line, count: dimensions)
      ) { layout in
        var configuration = MixtureDensityNetwork.Configuration()
        (configuration.components, configuration.width) = (components, 3)
        return MixtureDensityNetwork(
          "mixture", coordinates: lines(dimensions), contextCount: 3, configuration: configuration,
          layout: &layout)
      }, scale: 0)
    let block = model.layout.blocks.first { $0.name == "mixture.output.bias" }!
    var stream = RandomStream(seed: 5, purpose: .initialization)
    let parameters = (0..<block.columns).map { _ in Double(Float(stream.normal())) }
    model.layout.store(parameters.map { Float($0) }, as: block, in: &model.weights)

    let weights = parameters.prefix(components).map { exp($0) }
    var rest = parameters.dropFirst(components)
    func next() -> Double { rest.removeFirst() }
    let spread = components == 1 ? 0 : 0.1
    let result = (0..<components).map { k in
      var component = Component(
        weight: weights[k] / weights.reduce(0, +), mean: [], precision: [], factor: [])
      for i in 0..<dimensions {
        let frequency = Double(1 + (components == 1 ? 0 : i % (components - 1)))
        let angle = .pi * frequency * (Double(k) + 0.5) / Double(components)
        component.mean.append(next() + spread * 2.0.squareRoot() * cos(angle))
      }
      let scales = (0..<dimensions).map { _ in
        exp(7 * tanh(next() / 7)) / (1 - spread * spread).squareRoot()
      }
      // L = diag(scales) T.
      let lower = (0..<dimensions).map { i in
        (0..<dimensions).map { j in
          j > i ? 0 : scales[i] * (i == j ? 1 : next())
        }
      }
      component.precision = (0..<dimensions).map { i in
        (0..<dimensions).map { j in (0..<dimensions).reduce(0) { $0 + lower[$1][i] * lower[$1][j] }
        }
      }
      component.factor = inverse(lower)
      return component
    }
    #expect(rest.isEmpty)
    return (model, result)
  }

  /// Of a lower triangular matrix.
  private func inverse(_ lower: [[Double]]) -> [[Double]] {
    var result = lower.map { $0.map { _ in 0.0 } }
    for column in lower.indices {
      for row in column..<lower.count {
        let sum = (column..<row).reduce(0) { $0 + lower[row][$1] * result[$1][column] }
        result[row][column] = ((row == column ? 1 : 0) - sum) / lower[row][row]
      }
    }
    return result
  }

  @Test(arguments: [1, 2, 10], [1, 2, 5])
  func densityIsThatOfTheMixture(components: Int, dimensions: Int) {
    let (model, mixture) = mixture(components: components, dimensions: dimensions)
    let z = normalCases(40, dimensions, seed: 90).map { $0.map { 2 * $0 } }
    let found = model.logDensity(z, context: normalCases(40, 3, seed: 91))
    for (z, value) in zip(z, found) {
      let density = mixture.reduce(0) { sum, component in
        let difference = zip(z, component.mean).map { $0 - $1 }
        let square = dot(difference, component.precision.map { dot($0, difference) })
        let normalization =
          (determinant(component.precision) / pow(2 * .pi, Double(dimensions))).squareRoot()
        return sum + component.weight * normalization * exp(-square / 2)
      }
      // Single precision of squares.
      let expected = log(density)
      #expect(abs(value - expected) < 1e-5 * max(1, abs(expected)))
    }
  }

  /// Mean and covariance of 40,000 samples, within five standard errors.
  @Test(arguments: [1, 3], [1, 3])
  func samplesHaveTheMixturesMoments(components: Int, dimensions: Int) {
    let (model, mixture) = mixture(components: components, dimensions: dimensions)
    let count = 40_000
    let samples = model.sample(count, context: normalCases(1, 3, seed: 92), seed: 93).z
    func expect(_ function: ([Double]) -> Double, _ expected: Double) {
      let values = samples.map(function)
      let mean = values.reduce(0, +) / Double(count)
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      #expect(abs(mean - expected) < 5 * (square / Double(count)).squareRoot())
    }
    for i in 0..<dimensions {
      expect({ $0[i] }, mixture.reduce(0) { $0 + $1.weight * $1.mean[i] })
      for j in 0...i {
        expect(
          { $0[i] * $0[j] },
          mixture.reduce(0) {
            $0 + $1.weight * ($1.mean[i] * $1.mean[j] + dot($1.factor[i], $1.factor[j]))
          })
      }
    }
  }
}

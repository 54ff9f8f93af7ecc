import DensityEstimators
import Foundation
import Probability
import Testing

/// Splines against the published formulae in double precision, evaluated the plain way.
///
/// Reference: Durkan, Bekasov, Murray & Papamakarios (2019), arXiv:1906.04032, eqs. 4–5.
@Suite struct SplineReferenceTests {
  private static let bins = 6

  /// Units of the hidden layers, whose root divides all parameters but the rotation.
  private static let width = 16

  /// A flow of one spline whose parameters, the last layer's biases, do not depend on anything.
  private func spline(_ coordinate: Coordinate, _ parameters: [Double]) -> WeightedEstimator {
    let item = EstimatorCase(testDescription: "", coordinates: [coordinate]) { layout in
      var configuration = NeuralSplineFlow.Configuration()
      (configuration.transforms, configuration.bins) = (1, Self.bins)
      configuration.width = Self.width
      return NeuralSplineFlow(
        "flow", coordinates: [coordinate], contextCount: 3, configuration: configuration,
        layout: &layout)
    }
    var model = WeightedEstimator(item, scale: 0)
    let bias = model.layout.blocks.first { $0.name.hasSuffix("output.bias") }!
    let biases = parameters.enumerated().map { index, value in
      Float(index == 3 * Self.bins ? value : value * Double(Self.width).squareRoot())
    }
    model.layout.store(biases, as: bias, in: &model.weights)
    return model
  }

  private func parameterCount(_ coordinate: Coordinate) -> Int {
    3 * Self.bins + (coordinate == .line ? -1 : 1)
  }

  @Test(arguments: [Coordinate.line, .circle], [0.3, 1, 3])
  func valuesAndDerivativesAreThePublishedOnes(_ coordinate: Coordinate, scale: Double) {
    for seed: UInt64 in 1..<20 {
      let parameters = normalCases(1, parameterCount(coordinate), seed: seed)[0].map { scale * $0 }
      let model = spline(coordinate, parameters)
      let z = priorCases(64, [coordinate], seed: seed + 100).map { [$0[0] * 1.5] }
      let found = model.forward(model.transforms[0], z, context: [[0, 0, 0]])
      for (index, z) in z.enumerated() {
        // Rounding z to single precision moves the result by what the slope makes of it.
        let (value, slope, change) = reference(coordinate, parameters, Double(Float(z[0])))
        let error = abs(difference(found.u[index][0], value, coordinate))
        #expect(error < 2e-6 * (1 + slope), "\(error) where the slope is \(slope)")
        #expect(abs(found.logDeterminant[index] - log(slope)) < 1e-5 + 2e-6 * change)
      }
    }
  }

  /// u, du/dz, and how fast ln du/dz varies.
  private func reference(
    _ coordinate: Coordinate, _ parameters: [Double], _ z: Double
  ) -> (value: Double, slope: Double, change: Double) {
    let k = Self.bins
    let bound = coordinate == .line ? 3 : Double.pi
    var z = z
    if coordinate == .circle { z = (z - parameters[3 * k]).remainder(dividingBy: 2 * .pi) }
    if abs(z) >= bound { return (z, 1, 0) }
    let x = knots(Array(parameters[0..<k]), bound)
    let y = knots(Array(parameters[k..<2 * k]), bound)
    let one = log(exp(1 - 1e-3) - 1)
    var slopes = parameters[(2 * k)...].prefix(coordinate == .line ? k - 1 : k).map {
      1e-3 + log(1 + exp($0 + one))
    }
    slopes = coordinate == .line ? [1] + slopes + [1] : slopes + [slopes[0]]
    let bin = (0..<k).last { x[$0] <= z }!
    func evaluate(_ z: Double) -> (value: Double, slope: Double) {
      let (width, height) = (x[bin + 1] - x[bin], y[bin + 1] - y[bin])
      let s = height / width
      let t = (z - x[bin]) / width
      let denominator = s + (slopes[bin + 1] + slopes[bin] - 2 * s) * t * (1 - t)
      let value = y[bin] + height * (s * t * t + slopes[bin] * t * (1 - t)) / denominator
      let shape = slopes[bin + 1] * t * t + 2 * s * t * (1 - t) + slopes[bin] * (1 - t) * (1 - t)
      return (value, s * s * shape / (denominator * denominator))
    }
    let (value, slope) = evaluate(z)
    let change = (log(evaluate(z + 1e-6).slope) - log(evaluate(z - 1e-6).slope)) / 2e-6
    return (value, slope, abs(change))
  }

  private func knots(_ parameters: [Double], _ bound: Double) -> [Double] {
    let total = parameters.reduce(0) { $0 + exp($1) }
    var knots = [-bound]
    for parameter in parameters {
      let part = 1e-3 + (1 - 1e-3 * Double(parameters.count)) * exp(parameter) / total
      knots.append(knots.last! + 2 * bound * part)
    }
    return knots
  }

  /// Steep bins next to flat ones: what samples claim is what is found, and they return to the base.
  @Test(arguments: [Coordinate.line, .circle], [0.3, 1, 3])
  func samplesOfSteepSplinesKeepTheirDensity(_ coordinate: Coordinate, scale: Double) {
    for seed: UInt64 in 1..<20 {
      let parameters = normalCases(1, parameterCount(coordinate), seed: seed)[0].map { scale * $0 }
      let model = spline(coordinate, parameters)
      let samples = model.sample(256, context: [[0, 0, 0]], seed: seed)
      let found = model.logDensity(samples.z, context: [[0, 0, 0]])
      for (claimed, found) in zip(samples.logDensity, found) {
        #expect(abs(claimed - found) < 1e-3)
      }
    }
  }
}

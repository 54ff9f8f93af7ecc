import DensityEstimators
import NeuralNetworks
import Probability
import Testing

/// A density estimator with random weights; a new kind is tested by a line in `all`.
struct EstimatorCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let dimensions: Int
  let contextCount = 3
  let make: @Sendable (inout ParameterLayout) -> any DensityEstimator

  static let all: [EstimatorCase] = [1, 2, 7].map(maskedAutoregressiveFlow)

  static func maskedAutoregressiveFlow(_ dimensions: Int) -> EstimatorCase {
    EstimatorCase(
      testDescription: "MaskedAutoregressiveFlow in \(dimensions) dimensions",
      dimensions: dimensions
    ) { layout in
      var configuration = MaskedAutoregressiveFlow.Configuration()
      (configuration.transforms, configuration.width) = (3, 17)
      return MaskedAutoregressiveFlow(
        "flow", dimensions: dimensions, contextCount: 3, configuration: configuration,
        layout: &layout)
    }
  }
}

/// An estimator with its weights.
struct WeightedEstimator {
  let estimator: any DensityEstimator
  let layout: ParameterLayout
  var weights: [Float]
  let pass = Pass()

  /// Weights are normal with deviation `scale` / √inputs, zero where masked.
  init(
    scale: Double, seed: UInt64, _ make: (inout ParameterLayout) -> any DensityEstimator
  ) {
    var layout = ParameterLayout()
    estimator = make(&layout)
    self.layout = layout
    weights = [Float](repeating: 0, count: layout.storedCount)
    weights = direction(scale: scale, seed: seed)
  }

  init(_ item: EstimatorCase, scale: Double = 0.7, seed: UInt64 = 1) {
    self.init(scale: scale, seed: seed, item.make)
  }

  /// A random arena that respects masks and padding.
  func direction(scale: Double, seed: UInt64) -> [Float] {
    var stream = RandomStream(seed: seed, purpose: .initialization)
    var values = [Float](repeating: 0, count: layout.storedCount)
    for block in layout.blocks {
      let deviation = scale / Double(block.rows).squareRoot()
      let entries = (0..<block.rows * block.columns).map { index in
        block.mask?[index] == false ? 0 : Float(deviation * stream.normal())
      }
      layout.store(entries, as: block, in: &values)
    }
    return values
  }

  /// ln q of rows.
  func logDensity(_ z: [[Double]], context: [[Double]]) -> [Double] {
    var weights = weights
    return weights.withUnsafeMutableBufferPointer { weights in
      pass.begin(parameters: weights.baseAddress!)
      return estimator.logDensity(matrix(z), context: matrix(context), pass).map(Double.init)
    }
  }

  /// Samples and their ln q from standard normal rows.
  func transform(
    _ noise: [[Double]], context: [[Double]]
  ) -> (z: [[Double]], logDensity: [Double]) {
    var weights = weights
    return weights.withUnsafeMutableBufferPointer { weights in
      pass.begin(parameters: weights.baseAddress!)
      let rows = matrix(noise)
      let logDensity = estimator.transform(rows, context: matrix(context), pass)
      return (rows.rowValues, logDensity.map(Double.init))
    }
  }

  /// ln q and the gradients of −Σ ln q, of the context and of the parameters.
  func gradient(
    _ z: [[Double]], context: [[Double]]
  ) -> (logDensity: [Double], context: [[Double]], parameters: [Float]) {
    var weights = weights
    var gradients = [Float](repeating: 0, count: weights.count)
    let (logDensity, contextGradient) = weights.withUnsafeMutableBufferPointer { weights in
      gradients.withUnsafeMutableBufferPointer { gradients in
        pass.begin(parameters: weights.baseAddress!, gradients: gradients.baseAddress!)
        let result = estimator.logDensityWithGradient(
          matrix(z), context: matrix(context), pass)
        return (result.logDensity.map(Double.init), result.contextGradient.rowValues)
      }
    }
    return (logDensity, contextGradient, gradients)
  }

  private func matrix(_ rows: [[Double]]) -> Matrix {
    let matrix = pass.matrix(rows: rows.count, columns: rows[0].count)
    matrix.fill(0)
    for (row, values) in rows.enumerated() {
      for (column, value) in values.enumerated() { matrix[row, column] = Float(value) }
    }
    return matrix
  }
}

extension Matrix {
  var rowValues: [[Double]] {
    (0..<rows).map { row in (0..<columns).map { Double(self[row, $0]) } }
  }
}

/// Standard normal rows.
func normalRows(_ rows: Int, _ columns: Int, seed: UInt64) -> [[Double]] {
  var stream = RandomStream(seed: seed, purpose: .noise)
  return (0..<rows).map { _ in (0..<columns).map { _ in stream.normal() } }
}

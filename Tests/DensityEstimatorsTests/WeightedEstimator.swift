import DensityEstimators
import NeuralNetworks
import Probability

/// An estimator with its weights; takes and gives cases `[cases][features]`.
///
/// A single context serves all cases.
struct WeightedEstimator {
  let estimator: any DensityEstimator
  let layout: ParameterLayout
  var weights: [Float]
  private let pass = Pass()

  /// Weights are normal with deviation `scale` / √inputs, zero where masked, and biases with `scale`.
  init(_ item: EstimatorCase, scale: Double = 0.7, seed: UInt64 = 1) {
    var layout = ParameterLayout()
    estimator = item.make(&layout)
    self.layout = layout
    weights = []
    weights = direction(scale: scale, seed: seed)
  }

  /// Weights before any training.
  init(untrained item: EstimatorCase) {
    self.init(item)
    var stream = RandomStream(seed: 99, purpose: .initialization)
    weights = layout.initialValues(using: &stream)
  }

  var transforms: [any Transform] { (estimator as? any FlowEstimator)?.flow.transforms ?? [] }

  /// A random arena that respects masks and padding.
  func direction(scale: Double, seed: UInt64) -> [Float] {
    var stream = RandomStream(seed: seed, purpose: .initialization)
    var values = [Float](repeating: 0, count: layout.storedCount)
    for block in layout.blocks {
      let deviation = block.isBias ? scale : scale / Double(block.columns).squareRoot()
      let entries = (0..<block.rows * block.columns).map { index in
        block.mask?[index] == false ? 0 : Float(deviation * stream.normal())
      }
      layout.store(entries, as: block, in: &values)
    }
    return values
  }

  func logDensity(_ z: Cases, context: Cases) -> [Double] {
    evaluate { pass in
      estimator.logDensity(matrix(z), context: matrix(context), pass).cases.map { $0[0] }
    }
  }

  func sample(
    _ count: Int, context: Cases, seed: UInt64
  ) -> (z: Cases, logDensity: [Double]) {
    evaluate { pass in
      var stream = RandomStream(seed: seed, purpose: .posterior)
      let result = estimator.sample(count, context: matrix(context), using: &stream, pass)
      return (result.z.cases, result.logDensity.cases.map { $0[0] })
    }
  }

  /// The gradients of Σ ln q, of the contexts and of the parameters.
  func gradient(_ z: Cases, context: Cases) -> (context: Cases, parameters: [Float]) {
    evaluateGradient { pass in
      let logDensity = estimator.logDensity(matrix(z), context: matrix(context), pass)
      precondition(logDensity.columns == z.count)
      let contextGradient = matrix(context.map { $0.map { _ in 0 } })
      estimator.backward(
        matrix(z.map { _ in [1] }), contextGradient: contextGradient, pass)
      return contextGradient.cases
    }
  }

  /// u and ln |det du/dz| of one transform of a flow.
  func forward(
    _ transform: any Transform, _ z: Cases, context: Cases
  ) -> (u: Cases, logDeterminant: [Double]) {
    evaluate { pass in
      let logDeterminant = matrix(z.map { _ in [0] })
      let u = transform.forward(
        matrix(z), context: matrix(context), logDeterminant: logDeterminant, pass)
      return (u.cases, logDeterminant.cases.map { $0[0] })
    }
  }

  /// z and ln |det du/dz|.
  func inverse(
    _ transform: any Transform, _ u: Cases, context: Cases
  ) -> (z: Cases, logDeterminant: [Double]) {
    evaluate { pass in
      let logDeterminant = matrix(u.map { _ in [0] })
      let z = transform.inverse(
        matrix(u), context: matrix(context), logDeterminant: logDeterminant, pass)
      return (z.cases, logDeterminant.cases.map { $0[0] })
    }
  }

  /// The gradients of Σ (slopes · u + ln |det du/dz|), of z, contexts and parameters.
  func gradient(
    _ transform: any Transform, _ z: Cases, context: Cases, slopes: Cases
  ) -> (z: Cases, context: Cases, parameters: [Float]) {
    let result = evaluateGradient { pass in
      let logDeterminant = matrix(z.map { _ in [0] })
      _ = transform.forward(
        matrix(z), context: matrix(context), logDeterminant: logDeterminant, pass)
      let contextGradient = matrix(context.map { $0.map { _ in 0 } })
      let gradient = transform.backward(
        matrix(slopes), logDeterminantGradient: matrix(z.map { _ in [1] }),
        contextGradient: contextGradient, pass)
      return (gradient.cases, contextGradient.cases)
    }
    return (result.0.0, result.0.1, result.parameters)
  }

  private func evaluate<Result>(_ body: (Pass) -> Result) -> Result {
    var weights = weights
    return weights.withUnsafeMutableBufferPointer { weights in
      pass.begin(parameters: weights.baseAddress!)
      return body(pass)
    }
  }

  private func evaluateGradient<Result>(
    _ body: (Pass) -> Result
  ) -> (Result, parameters: [Float]) {
    var weights = weights
    var gradients = [Float](repeating: 0, count: weights.count)
    let result = weights.withUnsafeMutableBufferPointer { weights in
      gradients.withUnsafeMutableBufferPointer { gradients in
        pass.begin(parameters: weights.baseAddress!, gradients: gradients.baseAddress!)
        return body(pass)
      }
    }
    return (result, gradients)
  }

  private func matrix(_ cases: Cases) -> Matrix {
    let matrix = pass.matrix(rows: cases[0].count, columns: cases.count)
    matrix.fill(0)
    for (column, values) in cases.enumerated() {
      for (row, value) in values.enumerated() { matrix[row, column] = Float(value) }
    }
    return matrix
  }
}

extension Matrix {
  /// `[features, batch]` as cases.
  fileprivate var cases: Cases {
    (0..<columns).map { column in (0..<rows).map { Double(self[$0, column]) } }
  }
}

/// As many coordinates on the line.
func lines(_ count: Int) -> [Coordinate] { [Coordinate](repeating: .line, count: count) }

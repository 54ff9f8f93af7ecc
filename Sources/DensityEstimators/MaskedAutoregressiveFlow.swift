import Foundation
import NeuralNetworks

/// A stack of affine autoregressive transforms with the order of dimensions reversed between them.
///
/// Each maps zᵢ → (zᵢ − μᵢ) exp(−αᵢ), with μᵢ and αᵢ functions of z of lower degree and of the context;
/// |α| is held below a bound, so that no scale overflows or vanishes.
///
/// Reference: Papamakarios, Pavlakou & Murray (2017), NeurIPS, arXiv:1705.07057, eqs. 2–5.
public struct MaskedAutoregressiveFlow: DensityEstimator {
  public struct Configuration: Codable, Sendable, Equatable {
    public var transforms = 5
    /// Units of each hidden layer of a transform's network.
    public var width = 64
    public var hiddenLayers = 2

    public init() {}
  }

  /// The largest |α| of one transform: scales between e⁻⁴ and e⁴.
  private static let scaleBound: Float = 4

  public let dimensions: Int
  public let contextCount: Int
  private let conditioners: [MaskedConditioner]
  private let orders: [[Int]]

  public init(
    _ name: String, dimensions: Int, contextCount: Int, configuration: Configuration,
    layout: inout ParameterLayout
  ) {
    precondition(dimensions > 0 && contextCount > 0 && configuration.transforms > 0)
    self.dimensions = dimensions
    self.contextCount = contextCount
    let forward = Array(0..<dimensions)
    orders = (0..<configuration.transforms).map { $0 % 2 == 0 ? forward : forward.reversed() }
    conditioners = orders.indices.map { index in
      var degrees = [Int](repeating: 0, count: dimensions)
      for (place, dimension) in (index % 2 == 0 ? forward : forward.reversed()).enumerated() {
        degrees[dimension] = place + 1
      }
      return MaskedConditioner(
        "\(name).transform\(index)", degrees: degrees, contextCount: contextCount,
        width: configuration.width, hiddenLayers: configuration.hiddenLayers,
        outputsPerDimension: 2, layout: &layout)
    }
  }

  public func logDensity(_ z: Matrix, context: Matrix, _ pass: Pass) -> [Float] {
    var logDensity = [Float](repeating: 0, count: z.rows)
    var current = z
    for conditioner in conditioners {
      current = step(conditioner, current, context, &logDensity, pass).output
    }
    addBase(current, to: &logDensity)
    return logDensity
  }

  public func logDensityWithGradient(
    _ z: Matrix, context: Matrix, _ pass: Pass
  ) -> (logDensity: [Float], contextGradient: Matrix) {
    var logDensity = [Float](repeating: 0, count: z.rows)
    var current = z
    var steps: [(conditioned: Matrix, output: Matrix)] = []
    for conditioner in conditioners {
      let result = step(conditioner, current, context, &logDensity, pass)
      steps.append(result)
      current = result.output
    }
    addBase(current, to: &logDensity)

    let contextGradient = pass.matrix(rows: z.rows, columns: contextCount)
    contextGradient.fill(0)
    // −ln N(u) has gradient u.
    let gradient = pass.matrix(rows: z.rows, columns: dimensions)
    gradient.elements.update(from: current.elements, count: current.storedCount)
    for (conditioner, (conditioned, output)) in zip(conditioners, steps).reversed() {
      let outputGradient = pass.matrix(rows: z.rows, columns: 2 * dimensions)
      outputGradient.fill(0)
      for row in 0..<z.rows {
        for i in 0..<dimensions {
          let (shape, derivative) = Self.logScale(conditioned[row, dimensions + i])
          let scale = exp(-shape)
          let g = gradient[row, i]
          // u = (z − μ) e^{−α}; the loss holds +α from the log-determinant.
          outputGradient[row, i] = -g * scale
          outputGradient[row, dimensions + i] = (1 - g * output[row, i]) * derivative
          gradient[row, i] = g * scale
        }
      }
      let (fromConditioner, context) = conditioner.backward(outputGradient, pass)
      gradient.add(fromConditioner)
      contextGradient.add(context)
    }
    return (logDensity, contextGradient)
  }

  public func transform(_ noise: Matrix, context: Matrix, _ pass: Pass) -> [Float] {
    var logDensity = [Float](repeating: 0, count: noise.rows)
    addBase(noise, to: &logDensity)
    for (conditioner, order) in zip(conditioners, orders).reversed() {
      let contextTerm = conditioner.contextTerm(context, pass)
      // `noise` turns from u to z one dimension at a time, in autoregressive order; what the network
      // sees of the dimensions still to come is masked out.
      for i in order {
        let conditioned = conditioner.forward(noise, contextTerm: contextTerm, pass)
        for row in 0..<noise.rows {
          let shape = Self.logScale(conditioned[row, dimensions + i]).value
          noise[row, i] = noise[row, i] * exp(shape) + conditioned[row, i]
          logDensity[row] -= shape
        }
      }
    }
    return logDensity
  }

  private func step(
    _ conditioner: MaskedConditioner, _ z: Matrix, _ context: Matrix, _ logDensity: inout [Float],
    _ pass: Pass
  ) -> (conditioned: Matrix, output: Matrix) {
    let contextTerm = conditioner.contextTerm(context, pass)
    let conditioned = conditioner.forward(z, contextTerm: contextTerm, pass)
    let output = pass.matrix(rows: z.rows, columns: dimensions)
    output.fill(0)
    for row in 0..<z.rows {
      for i in 0..<dimensions {
        let shape = Self.logScale(conditioned[row, dimensions + i]).value
        output[row, i] = (z[row, i] - conditioned[row, i]) * exp(-shape)
        logDensity[row] -= shape
      }
    }
    return (conditioned, output)
  }

  /// α = b tanh(a / b) of the network's raw output a, and dα/da.
  private static func logScale(_ raw: Float) -> (value: Float, derivative: Float) {
    let t = tanh(raw / scaleBound)
    return (scaleBound * t, 1 - t * t)
  }

  private func addBase(_ u: Matrix, to logDensity: inout [Float]) {
    let normalization = Float(dimensions) * 0.5 * log(2 * Float.pi)
    for row in 0..<u.rows {
      var sum: Float = 0
      for i in 0..<dimensions { sum += u[row, i] * u[row, i] }
      logDensity[row] -= 0.5 * sum + normalization
    }
  }
}

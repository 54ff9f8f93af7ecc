import ArrayFiles
import NeuralNetworks
import NumericalMethods

/// Trained networks: the mean and variance of the mixture of their laws.
///
/// Reference: Lakshminarayanan, Pritzel & Blundell (2017), arXiv:1612.01474, §2.4.
public struct NeuralEnsembleFit: FittedSurrogate {
  public static let knowsItsErrors = true

  /// Rows that are evaluated together: few enough to stay in cache.
  private static let blockSize = 128
  /// Inputs beyond so many standard deviations are taken for these: Float must hold what layers make of them.
  private static let farthest = 1e6

  private let network: EnsembleNetwork
  /// Of each member, in the layout of the network.
  private let weights: [[Float]]
  /// The variance of an output is what members say it is, and these of their spread.
  private var spread: [SpreadVariance]

  init(_ network: EnsembleNetwork, weights: [[Float]]) {
    (self.network, self.weights) = (network, weights)
    spread = [SpreadVariance](repeating: SpreadVariance(), count: network.outputs)
  }

  var outputCount: Int { network.outputs }

  /// Weights and biases of a member.
  public var parameterCount: Int { network.layout.blocks.reduce(0) { $0 + $1.rows * $1.columns } }

  /// With what the errors of rows not trained on say of networks without an opinion of their own.
  func calibratingSpread(on data: RegressionData, threads: Int) -> NeuralEnsembleFit {
    let prediction = predict(data.x, threads: threads)
    var fit = self
    fit.spread = (0..<data.outputCount).map { output in
      let places = stride(from: output, to: data.y.count, by: data.outputCount)
      return SpreadVariance(
        squares: places.map {
          (prediction.mean[$0] - data.y[$0]) * (prediction.mean[$0] - data.y[$0])
        },
        spreads: places.map { prediction.standardDeviation[$0] * prediction.standardDeviation[$0] })
    }
    return fit
  }

  public func predict(_ x: [Double], threads: Int) -> Prediction {
    let rows = x.count / network.features
    let size = Self.blockSize
    var prediction = Prediction(
      mean: [Double](repeating: 0, count: rows * network.outputs),
      standardDeviation: [Double](repeating: 0, count: rows * network.outputs))
    x.withUnsafeBufferPointer { x in
      prediction.mean.withUnsafeMutableBufferPointer { mean in
        prediction.standardDeviation.withUnsafeMutableBufferPointer { deviation in
          // Blocks do not overlap.
          nonisolated(unsafe) let (x, mean, deviation) = (x, mean, deviation)
          parallelFor((rows + size - 1) / size, threads: threads) { block in
            let range = block * size..<min((block + 1) * size, rows)
            predict(x, range, mean, deviation)
          }
        }
      }
    }
    return prediction
  }

  /// The mixture of the members at some rows.
  private func predict(
    _ x: UnsafeBufferPointer<Double>, _ rows: Range<Int>,
    _ mean: UnsafeMutableBufferPointer<Double>, _ deviation: UnsafeMutableBufferPointer<Double>
  ) {
    let (features, outputs) = (network.features, network.outputs)
    let pass = Pass()
    // Sums over members of their own variances; those of their squared differences are in `deviation`.
    var own = [Double](repeating: 0, count: rows.count * outputs)
    for (member, weights) in weights.enumerated() {
      weights.withUnsafeBufferPointer { buffer in
        // Evaluation without a gradient never writes to the parameters.
        pass.begin(parameters: UnsafeMutablePointer(mutating: buffer.baseAddress!))
        let input = pass.matrix(rows: features, columns: rows.count)
        input.fill(0)
        for (place, row) in rows.enumerated() {
          for feature in 0..<features {
            let value = x[row * features + feature]
            input.elements[feature * input.stride + place] = Float(
              min(max(value, -Self.farthest), Self.farthest))
          }
        }
        let result = network.body.forward(input, pass)
        let share = 1 / Double(member + 1)
        for output in 0..<outputs {
          let centres = result.row(output)
          for (place, row) in rows.enumerated() {
            // Welford (1962): no difference of large sums.
            let (index, centre) = (row * outputs + output, Double(centres[place]))
            let difference = centre - mean[index]
            mean[index] += difference * share
            deviation[index] += difference * (centre - mean[index])
          }
        }
        guard network.loss.hasSpread else { return }
        let variances = network.loss.variances(result, pass)
        for output in 0..<outputs {
          let values = variances.row(output)
          for place in 0..<rows.count { own[place * outputs + output] += Double(values[place]) }
        }
      }
    }
    let share = 1 / Double(weights.count)
    for (place, row) in rows.enumerated() {
      for output in 0..<outputs {
        let index = row * outputs + output
        let variance = spread[output].variance(ofSpread: deviation[index] * share)
        deviation[index] = (variance + own[place * outputs + output] * share).squareRoot()
      }
    }
  }
}

// MARK: - Files

extension NeuralEnsembleFit {
  public func write(to archive: inout NPZWriter) { write(to: &archive, prefix: "") }

  /// - Parameter prefix: of the names of the arrays, where there are several ensembles.
  func write(to archive: inout NPZWriter, prefix: String) {
    for (member, weights) in weights.enumerated() {
      for tensor in network.layout.tensors(of: weights, prefix: "") {
        archive.add(
          prefix + Self.name(tensor.name, member),
          NDArray(shape: tensor.shape, values: tensor.values))
      }
    }
    archive.add(
      prefix + "spread_factors", NDArray(shape: [spread.count], values: spread.map(\.factor)))
    archive.add(
      prefix + "spread_constants", NDArray(shape: [spread.count], values: spread.map(\.constant)))
  }

  /// What `write` has written, of networks of these settings. Throws `FileError`.
  init(_ method: NeuralEnsemble, _ archive: NPZArchive, prefix: String = "") throws {
    let factors = try archive.read(prefix + "spread_factors", as: Double.self).values
    let constants = try archive.read(prefix + "spread_constants", as: Double.self).values
    let first = try archive.shape(of: prefix + Self.name("layer.0.weight", 0))
    guard !factors.isEmpty, factors.count == constants.count, first.count == 2, first[1] > 0 else {
      throw FileError(
        path: archive.path, column: prefix + "spread_factors", problem: "does not fit the networks")
    }
    network = EnsembleNetwork(method, features: first[1], outputs: factors.count)
    spread = zip(factors, constants).map { SpreadVariance(factor: $0, constant: $1) }
    let layout = network.layout
    weights = try (0..<method.members).map { member in
      var values = [Float](repeating: 0, count: layout.storedCount)
      for tensor in layout.tensors(of: values, prefix: "") {
        let name = prefix + Self.name(tensor.name, member)
        let array = try archive.read(name, as: Float.self)
        guard array.shape == tensor.shape else {
          throw FileError(
            path: archive.path, column: name,
            problem: "has shape \(array.shape), expected \(tensor.shape)")
        }
        layout.store(
          array.values, as: layout.blocks.first { $0.name == tensor.name }!, in: &values)
      }
      return values
    }
  }

  private static func name(_ block: String, _ member: Int) -> String { "member\(member).\(block)" }
}

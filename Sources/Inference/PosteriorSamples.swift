import Foundation
import NeuralNetworks
import NumericalMethods
import Probability

/// Samples of one posterior.
public struct PosteriorSamples: Sendable {
  public let names: [String]
  /// `[samples][parameters]`, in the parameters' own units.
  public let theta: [[Double]]
  /// ln q(theta | x) of each sample, per unit of theta.
  public let logDensity: [Double]

  public init(names: [String], theta: [[Double]], logDensity: [Double]) {
    self.names = names
    self.theta = theta
    self.logDensity = logDensity
  }

  public func column(_ name: String) -> [Double] {
    let index = names.firstIndex(of: name)!
    return theta.map { $0[index] }
  }
}

extension PosteriorModel {
  /// Rows per network evaluation; also the unit of the random streams, so never a matter of threads.
  private static var blockSize: Int { 1024 }

  /// `count` samples of q(theta | observation) `[observationCount]`.
  ///
  /// Block b of the samples uses the stream (seed, purpose, index·2³² + b). All lie inside the prior.
  ///
  /// - Complexity: O(count · parameters) evaluations of the estimator; the embedding runs once.
  public func sample(
    _ observation: [Float], count: Int, seed: UInt64, purpose: RandomPurpose = .posterior,
    index: Int = 0, threads: Int = 1
  ) -> PosteriorSamples {
    precondition(observation.count == description.observationCount)
    let context = context(of: observation)
    let size = Self.blockSize
    let blocks = parallelMap((count + size - 1) / size, threads: threads) { block in
      let rows = min(size, count - block * size)
      var stream = RandomStream(
        seed: seed, purpose: purpose, index: UInt64(index) << 32 + UInt64(block))
      return sampleBlock(context, rows, &stream)
    }
    return PosteriorSamples(
      names: prior.names, theta: blocks.flatMap(\.theta), logDensity: blocks.flatMap(\.logDensity))
  }

  /// ln q(theta | observation) of each theta, per unit of theta; −∞ outside the prior.
  public func logDensity(of theta: [[Double]], observation: [Float]) -> [Double] {
    let context = context(of: observation)
    let z = theta.map { prior.unbounded($0) }
    let logDensity: [Float] = evaluate(context, rows: theta.count) { pass, contexts in
      let matrix = pass.matrix(rows: theta.count, columns: prior.count)
      matrix.fill(0)
      for (row, values) in z.enumerated() {
        for (column, value) in values.enumerated() { matrix[row, column] = Float(value) }
      }
      return network.logDensity(matrix, context: contexts, pass)
    }
    return theta.indices.map { row in
      // Outside the prior z may have no value at all.
      guard prior.logDensity(theta[row]) > -.infinity else { return -.infinity }
      return Double(logDensity[row]) + prior.logJacobian(theta: theta[row], z: z[row])
    }
  }

  private func context(of observation: [Float]) -> [Float] {
    evaluate([], rows: 0) { pass, _ in
      let x = pass.matrix(rows: 1, columns: observation.count)
      x.fill(0)
      x.elements.update(from: observation, count: observation.count)
      description.standardization.apply(to: x.elements)
      let context = network.context(x, pass)
      return (0..<context.columns).map { context[0, $0] }
    }
  }

  private func sampleBlock(
    _ context: [Float], _ rows: Int, _ stream: inout RandomStream
  ) -> (theta: [[Double]], logDensity: [Double]) {
    var draws: [Float] = []
    for _ in 0..<rows * prior.count { draws.append(Float(stream.normal())) }
    return evaluate(context, rows: rows) { pass, contexts in
      let noise = pass.matrix(rows: rows, columns: prior.count)
      noise.fill(0)
      for row in 0..<rows {
        for column in 0..<prior.count {
          noise[row, column] = draws[row * prior.count + column]
        }
      }
      let logDensity = network.transform(noise, context: contexts, pass)
      let z = (0..<rows).map { row in (0..<prior.count).map { Double(noise[row, $0]) } }
      let theta = z.map { prior.bounded($0) }
      return (
        theta,
        theta.indices.map {
          Double(logDensity[$0]) + prior.logJacobian(theta: theta[$0], z: z[$0])
        }
      )
    }
  }

  /// Runs `body` with the weights and `rows` copies of a context.
  private func evaluate<Result>(
    _ context: [Float], rows: Int, _ body: (Pass, Matrix) -> Result
  ) -> Result {
    weights.withUnsafeBufferPointer { buffer in
      let pass = Pass()
      // Evaluation without a gradient never writes to the parameters.
      pass.begin(parameters: UnsafeMutablePointer(mutating: buffer.baseAddress!))
      let contexts = pass.matrix(rows: rows, columns: max(context.count, 1))
      contexts.fill(0)
      for row in 0..<rows { contexts.row(row).update(from: context, count: context.count) }
      return body(pass, contexts)
    }
  }
}

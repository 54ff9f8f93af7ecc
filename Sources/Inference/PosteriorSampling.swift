import Foundation
import NeuralNetworks
import NumericalMethods
import Probability

extension PosteriorModel {
  /// Samples per network evaluation; also the unit of the random streams, so never a matter of threads.
  private static var blockSize: Int { 512 }

  /// `count` samples of q(theta | observation) for each observation `[observationCount]`.
  ///
  /// Block b of observation k uses the stream (seed, purpose, (index + k)·2³² + b). All samples lie
  /// inside the prior; none is drawn and thrown away.
  ///
  /// - Complexity: O(observations · count) evaluations of the estimator; the embedding runs once for
  ///   each observation.
  public func sample(
    _ observations: [[Float]], count: Int, seed: UInt64, purpose: RandomPurpose = .posterior,
    index: Int = 0, threads: Int = 1
  ) -> [PosteriorSamples] {
    let contexts = contexts(of: observations, threads: threads)
    let perObservation = (count + Self.blockSize - 1) / Self.blockSize
    let blocks = parallelMap(observations.count * perObservation, threads: threads) { task in
      let (observation, block) = (task / perObservation, task % perObservation)
      var stream = RandomStream(
        seed: seed, purpose: purpose,
        index: UInt64(index + observation) << 32 + UInt64(block))
      let size = min(Self.blockSize, count - block * Self.blockSize)
      return samples(from: sampleMixture(size, contexts[observation], &stream, Pass()))
    }
    return observations.indices.map { observation in
      let own = blocks[observation * perObservation..<(observation + 1) * perObservation]
      return PosteriorSamples(
        names: prior.names,
        columns: prior.names.indices.map { parameter in own.flatMap { $0.columns[parameter] } },
        logDensity: own.flatMap(\.logDensity))
    }
  }

  /// `count` samples of q(theta | observation) of one observation.
  public func sample(
    _ observation: [Float], count: Int, seed: UInt64, purpose: RandomPurpose = .posterior,
    index: Int = 0, threads: Int = 1
  ) -> PosteriorSamples {
    sample(
      [observation], count: count, seed: seed, purpose: purpose, index: index, threads: threads)[0]
  }

  /// ln q(theta | observation) of each theta, per unit of theta; −∞ outside the prior.
  public func logDensity(
    of theta: [[Double]], observation: [Float], threads: Int = 1
  ) -> [Double] {
    let contexts = contexts(of: [observation], threads: 1)
    return logDensity(of: theta, threads: threads) { _ in contexts }
  }

  /// ln q(theta | x) of pairs of theta and observation, as many of one as of the other.
  public func logDensity(
    of theta: [[Double]], observations: [[Float]], threads: Int = 1
  ) -> [Double] {
    precondition(theta.count == observations.count)
    let contexts = contexts(of: observations, threads: threads)
    return logDensity(of: theta, threads: threads) { Array(contexts[$0]) }
  }

  private func logDensity(
    of theta: [[Double]], threads: Int, contexts: @Sendable (Range<Int>) -> [Contexts]
  ) -> [Double] {
    let size = Self.blockSize
    return parallelMap((theta.count + size - 1) / size, threads: threads) { block -> [Double] in
      let rows = block * size..<min((block + 1) * size, theta.count)
      // Outside the prior a theta has no z; any other keeps its place.
      let isInside = rows.map { prior.logDensity(theta[$0]) > -.infinity }
      let latent = zip(rows, isInside).map { row, isInside in
        isInside ? latentSpace.latent(theta[row]) : [Double](repeating: 0, count: prior.count)
      }
      let z = prior.names.indices.flatMap { k in latent.map { Float($0[k]) } }
      let densities = mixtureLogDensity(z, count: rows.count, contexts(rows), Pass())
      return rows.enumerated().map { place, row in
        guard isInside[place] else { return -.infinity }
        return Double(densities[place])
          + latentSpace.logJacobian(theta: theta[row], z: latent[place])
      }
    }.flatMap { $0 }
  }

  /// Samples in the parameters' own units.
  private func samples(from latent: LatentSamples) -> PosteriorSamples {
    var logDensity = latent.logDensity.map(Double.init)
    let columns = prior.names.indices.map { parameter in
      latent.z[parameter * latent.count..<(parameter + 1) * latent.count].enumerated().map {
        place, value in
        let z = Double(value)
        let theta = latentSpace.value(z, parameter: parameter)
        logDensity[place] += latentSpace.logJacobian(theta, z: z, parameter: parameter)
        return theta
      }
    }
    return PosteriorSamples(names: prior.names, columns: columns, logDensity: logDensity)
  }
}

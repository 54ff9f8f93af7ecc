import NumericalMethods
import Probability

extension PosteriorModel {
  /// The most probable theta (maximum a posteriori) given an observation, and ln q there, per unit of
  /// theta.
  ///
  /// The likeliest of `count` samples are climbed from by a simplex, in latent space, where every
  /// point is inside the prior. A density that grows without bound towards the prior's edge has its
  /// mode there.
  ///
  /// - Complexity: `count` samples and some hundred evaluations for each of `starts`.
  public func mode(
    _ observation: [Float], count: Int = 2_000, starts: Int = 5, seed: UInt64, threads: Int = 1
  ) -> (theta: [Double], logDensity: Double) {
    precondition(count > 0 && starts > 0)
    let samples = sample(observation, count: count, seed: seed, threads: threads)
    let likeliest = (0..<count).sorted { samples.logDensity[$0] > samples.logDensity[$1] }
    let space = latentSpace
    let climbed = parallelMap(min(starts, count), threads: threads) {
      start -> (theta: [Double], logDensity: Double) in
      let theta = samples[likeliest[start]]
      let best = try? SimplexMinimum.find(
        start: space.latent(theta), step: 0.1, tolerance: 1e-4, maximumIterations: 1_000
      ) { z in
        -logDensity(of: [space.theta(z)], observation: observation)[0]
      }
      return best.map { (theta: space.theta($0.point), logDensity: -$0.value) }
        ?? (theta, samples.logDensity[likeliest[start]])
    }
    return climbed.max { $0.logDensity < $1.logDensity }!
  }
}

import Foundation
import Probability
import Testing

@Suite struct JointPriorTests {
  private let prior = JointPrior([
    .init(name: "q", distribution: .logUniform(low: 1e-4, high: 1)),
    .init(name: "u0", distribution: .uniform(low: 0, high: 2)),
    .init(name: "tE", distribution: .logNormal(median: 30, sigma: 2)),
  ])

  @Test func columnsFollowTheSimulatorsOrder() throws {
    #expect(try prior.columns(of: ["tE", "q", "u0"]) == [2, 0, 1])
  }

  @Test func columnsNameWhatDoesNotMatch() throws {
    let surplus = try #require(throws: PriorError.self) { try prior.columns(of: ["q", "u0"]) }
    #expect(surplus.description.contains("'tE'"))
    let missing = try #require(throws: PriorError.self) {
      try prior.columns(of: ["q", "u0", "tE", "rho"])
    }
    #expect(missing.description.contains("'rho'"))
  }

  @Test func densityIsTheProductOfItsParts() {
    let theta = [0.01, 1.5, 12]
    let expected = zip(prior.parameters, theta).reduce(0) {
      $0 + $1.0.distribution.logDensity($1.1)
    }
    #expect(abs(prior.logDensity(theta) - expected) < 1e-12)
    #expect(prior.logDensity([0.01, 2.5, 12]) == -.infinity)
  }

  @Test func bijectionIsColumnByColumn() {
    var stream = RandomStream(seed: 1, purpose: .simulation)
    for _ in 0..<100 {
      let theta = prior.sample(using: &stream)
      let z = prior.unbounded(theta)
      #expect(z == zip(prior.parameters, theta).map { $0.distribution.unbounded($1) })
      for (back, value) in zip(prior.bounded(z), theta) {
        #expect(abs(back - value) <= 1e-12 * abs(value))
      }
    }
  }

  /// q(θ) = N(z) |dz/dθ| is the prior itself, also where it is zero.
  @Test func jacobianTurnsTheNormalIntoThePrior() {
    for theta in [[0.01, 1.5, 12], [0.9, 0.001, 900]] {
      let z = prior.unbounded(theta)
      let normal = z.reduce(0) { $0 - 0.5 * ($1 * $1 + log(2 * .pi)) }
      #expect(
        abs(normal + prior.logJacobian(theta: theta, z: z) - prior.logDensity(theta)) < 1e-12)
    }
  }
}

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
}

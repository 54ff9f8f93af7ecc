import Foundation
import Probability
import Testing

@Suite struct LatentSpaceTests {
  private static let prior = JointPrior([
    .init(name: "q", distribution: .logUniform(low: 1e-4, high: 1)),
    .init(name: "alpha", distribution: .periodic(low: 0, high: 360)),
    .init(name: "tE", distribution: .logNormal(median: 30, sigma: 0.8)),
  ])
  private static let thetas = [[0.01, 10, 12], [0.9, 359.999, 900], [1e-4, 0, 30], [1, 180, 1]]

  @Test(arguments: [false, true], thetas) func thereAndBack(circles: Bool, theta: [Double]) {
    let space = LatentSpace(Self.prior, circles: circles)
    #expect(space.coordinates == [.line, circles ? .circle : .line, .line])
    for (back, value) in zip(space.theta(space.latent(theta)), theta) {
      #expect(abs(back - value) <= 1e-12 * (abs(value) + 360))
    }
  }

  /// q(θ) = p(z) |dz/dθ| is the prior itself.
  @Test(arguments: [false, true], thetas) func jacobianTurnsOnePriorIntoTheOther(
    circles: Bool, theta: [Double]
  ) {
    let space = LatentSpace(Self.prior, circles: circles)
    let z = space.latent(theta)
    let latent = zip(space.coordinates, z).reduce(0) { $0 + $1.0.logPriorDensity($1.1) }
    let found = latent + space.logJacobian(theta: theta, z: z)
    #expect(abs(found - Self.prior.logDensity(theta)) < 1e-10)
  }

  /// ln |dz/dθ| against differences of z itself.
  @Test(arguments: [false, true]) func jacobianIsTheSlope(circles: Bool) {
    let space = LatentSpace(Self.prior, circles: circles)
    let theta = [0.01, 100, 12]
    let z = space.latent(theta)
    for parameter in 0..<3 {
      let step = 1e-5 * theta[parameter]
      let slope =
        (space.latent(theta[parameter] + step, parameter: parameter)
          - space.latent(theta[parameter] - step, parameter: parameter)) / (2 * step)
      let found = space.logJacobian(theta[parameter], z: z[parameter], parameter: parameter)
      #expect(abs(found - log(slope)) < 1e-6)
    }
  }

  /// Turning once more changes nothing, and the two ends of the range meet.
  @Test func circlesHaveNoEnds() {
    let space = LatentSpace(Self.prior, circles: true)
    for z in [-3.0, -0.1, 0, 2.5] {
      let value = space.value(z, parameter: 1)
      #expect(abs(space.value(z + 2 * .pi, parameter: 1) - value) < 1e-9)
      #expect(abs(space.value(z - 4 * .pi, parameter: 1) - value) < 1e-9)
    }
    let below = space.value(.pi - 1e-6, parameter: 1)
    let above = space.value(.pi + 1e-6, parameter: 1)
    #expect(below > 359.99 && above < 0.01)
  }
}

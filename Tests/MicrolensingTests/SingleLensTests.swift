import Foundation
import Microlensing
import Testing

@Suite struct SingleLensTests {
  @Test func pointSourceAtTheEinsteinRing() {
    // A(1) = 3/√5.
    #expect(abs(SingleLens.magnification(u: 1) - 3 / 5.0.squareRoot()) < 1e-15)
    #expect(abs(SingleLens.magnification(u: 1e-6) * 1e-6 - 1) < 1e-11)
    #expect(SingleLens.magnification(u: 1e5) >= 1)
  }

  /// A disc centred on the lens: A = √(1 + 4/ρ²) (Witt & Mao 1994, equation 11).
  @Test(arguments: [1e-4, 0.01, 0.3, 1, 5])
  func centredDisc(rho: Double) {
    let expected = (1 + 4 / (rho * rho)).squareRoot()
    #expect(abs(SingleLens.magnification(u: 0, rho: rho) / expected - 1) < 1e-5)
  }

  /// A disc with its limb on the lens: Witt & Mao 1994, equation 12.
  @Test(arguments: [1e-3, 0.1, 1, 3])
  func limbOnTheLens(rho: Double) {
    let squared = rho * rho
    let angle = 0.5 * .pi + asin((squared - 1) / (squared + 1))
    let expected = (2 / rho + (1 + squared) / squared * angle) / .pi
    #expect(abs(SingleLens.magnification(u: rho, rho: rho) / expected - 1) < 1e-5)
  }

  /// The mean of the point-source magnification over the disc.
  @Test(arguments: [(0.5, 0.2), (0.2, 0.19), (0.1, 0.3), (0.3, 0.1), (2.0, 0.9), (0.02, 0.004)])
  func discIsTheMean(u: Double, rho: Double) {
    // In polar coordinates about the lens the integrand r A(r) is smooth.
    let steps = 200_000
    var sum = 0.0
    let (low, high) = (abs(u - rho), u + rho)
    if rho > u {
      let full = rho - u
      sum += 0.5 * full * (full * full + 4).squareRoot() * 2 * Double.pi
    }
    for k in 0..<steps {
      // r = (high + low)/2 − (high − low)/2 cos p takes the square roots out of the ends.
      let p = (Double(k) + 0.5) / Double(steps) * Double.pi
      let r = 0.5 * (high + low) - 0.5 * (high - low) * cos(p)
      let cosine = (u * u + r * r - rho * rho) / (2 * u * r)
      let arc = 2 * acos(min(1, max(-1, cosine)))
      sum +=
        SingleLens.magnification(u: r) * r * arc * 0.5 * (high - low) * sin(p)
        * Double.pi / Double(steps)
    }
    let expected = sum / (Double.pi * rho * rho)
    #expect(abs(SingleLens.magnification(u: u, rho: rho) / expected - 1) < 1e-4)
    #expect(abs(SingleLens.magnification(u: u, rho: rho, tolerance: 1e-8) / expected - 1) < 1e-7)
  }
}

import Foundation
import Interferometry
import Numerics
import Observations
import Testing

struct NoiseTests {
  /// What eht-imaging gives baselines of 70 and 4900 Jy in 60 s of 1.856 GHz.
  @Test func sigmaAgreesWithEHTImaging() {
    let sigma = ThermalNoise.sigma(sefd1: 70, sefd2: 4900, bandwidth: 1.856e9, integration: 60)
    #expect(abs(sigma / 9.971713867e-4 - 1) < 1e-7)
    let single = ThermalNoise.sigma(
      sefd1: 70, sefd2: 4900, bandwidth: 1.856e9, integration: 60, polarizations: 1)
    #expect(abs(single / sigma - 2.0.squareRoot()) < 1e-14)
  }

  @Test func residualsHaveTheStatedVariance() {
    let count = 50_000
    let exact = (0..<count).map {
      Visibility(u: 0, v: 0, value: Complex(3, -2), sigma: 0.01 * Double(1 + $0 % 7))
    }
    var noisy = exact
    ThermalNoise.add(to: &noisy, seed: 20)
    var (chi2, mixed, mean) = (0.0, 0.0, Complex<Double>.zero)
    for (noisy, exact) in zip(noisy, exact) {
      let residual = (noisy.value - exact.value) / Complex(exact.sigma)
      chi2 += residual.lengthSquared
      mixed += residual.real * residual.imaginary
      mean += residual
    }
    // Five standard deviations each.
    let n = Double(count)
    #expect(abs(chi2 - 2 * n) < 5 * (4 * n).squareRoot())
    #expect(abs(mixed) < 5 * n.squareRoot())
    #expect(abs(mean.real) < 5 * n.squareRoot() && abs(mean.imaginary) < 5 * n.squareRoot())
  }

  @Test func noiseDependsOnSeedAndIndexOnly() {
    var all = (0..<100).map { Visibility(u: Double($0), v: 0, value: .zero, sigma: 1) }
    var few = Array(all[..<10])
    var otherwise = few
    ThermalNoise.add(to: &all, seed: 4)
    ThermalNoise.add(to: &few, seed: 4)
    ThermalNoise.add(to: &otherwise, seed: 5)
    #expect(Array(all[..<10]) == few)
    #expect(few != otherwise)
  }
}

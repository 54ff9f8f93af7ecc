import Foundation
import Numerics
import Observations
import Probability

/// The noise of receivers and atmosphere: Gaussian, independent from visibility to visibility.
public enum ThermalNoise {
  /// Of a signal sampled with two bits, 0.88 of the ideal signal-to-noise ratio.
  ///
  /// Reference: Thompson, Moran & Swenson (2017), Interferometry and Synthesis in Radio Astronomy,
  /// 3rd edition, section 8.3; Event Horizon Telescope Collaboration (2019), Paper III, ApJ 875, L3.
  public static let twoBitEfficiency = 0.88

  /// Standard deviation of the real and of the imaginary part each of a visibility, Jy:
  /// √(SEFD₁ SEFD₂ / (2 Δν t)) / η in one polarisation, 1/√2 of it in Stokes I, the mean of two.
  ///
  /// Reference: Thompson, Moran & Swenson (2017), section 6.2; eht-imaging uses the same.
  /// - Parameters:
  ///   - bandwidth: Hz.
  ///   - integration: s.
  public static func sigma(
    sefd1: Double, sefd2: Double, bandwidth: Double, integration: Double, polarizations: Int = 2,
    efficiency: Double = twoBitEfficiency
  ) -> Double {
    let samples = 2 * bandwidth * integration * Double(polarizations)
    return (sefd1 * sefd2 / samples).squareRoot() / efficiency
  }

  /// Adds noise of each visibility's own sigma to its value.
  ///
  /// The noise depends on the seed and on the visibility's index only.
  public static func add(to visibilities: inout [Visibility], seed: UInt64) {
    for index in visibilities.indices {
      var stream = RandomStream(seed: seed, purpose: .noise, index: UInt64(index))
      let (real, imaginary) = stream.normalPair()
      let sigma = visibilities[index].sigma
      visibilities[index].value += Complex(sigma * real, sigma * imaginary)
    }
  }
}

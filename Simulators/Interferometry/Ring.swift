import Foundation
import Numerics

/// A ring whose brightness may vary along it (an m-ring) and which may be blurred by a Gaussian.
///
/// The thin ring has flux/(2π) (1 + 2 Σₖ Re(βₖ e^{ikφ})) per radian of position angle φ, from north
/// through east. It is nowhere negative if 2 Σ |βₖ| ≤ 1; β₁ = ½ e^{-iφ₀} is a crescent, brightest at
/// φ₀ and dark opposite.
///
/// Reference: Johnson et al. (2020), Science Advances 6, eaaz1310, doi:10.1126/sciadv.aaz1310.
public struct Ring: ResolvedSkyModel {
  /// Jy.
  public var flux: Double
  /// Radians.
  public var diameter: Double
  /// Full width at half maximum of the Gaussian, radians; 0 leaves the ring infinitely thin.
  public var width: Double
  /// β₁, β₂, …; β₀ is 1.
  public var modulation: [Complex<Double>]

  public init(
    flux: Double, diameter: Double, width: Double = 0, modulation: [Complex<Double>] = []
  ) {
    precondition(diameter > 0 && width >= 0)
    self.flux = flux
    self.diameter = diameter
    self.width = width
    self.modulation = modulation
  }

  /// Σₖ iᵏ βₖ Jₖ(πdρ) e^{ikφ} over all integers k, with β₋ₖ = βₖ*, at ρ, φ of (u, v), times the
  /// Gaussian's transform.
  public func visibility(u: Double, v: Double) -> Complex<Double> {
    let radius = hypot(u, v)
    let z = .pi * diameter * radius
    var sum = Complex(j0(z))
    if radius > 0 {
      // i e^{iφ}: J₋ₖ = (-1)ᵏ Jₖ makes the terms of k and -k equal up to conjugating βₖ e^{ikφ}.
      let direction = Complex(v / radius, u / radius)
      var turn = Complex<Double>(1)
      for (index, beta) in modulation.enumerated() {
        turn *= direction
        let order = index + 1
        let term = 2 * (beta * turn).real * jn(Int32(order), z)
        sum += Ring.powerOfI(order) * Complex(term)
      }
    }
    let blur = exp(-Double.pi * .pi / (4 * log(2)) * (width * radius) * (width * radius))
    return sum * Complex(flux * blur)
  }

  private static func powerOfI(_ exponent: Int) -> Complex<Double> {
    switch exponent % 4 {
    case 0: Complex(1, 0)
    case 1: Complex(0, 1)
    case 2: Complex(-1, 0)
    default: Complex(0, -1)
    }
  }

  /// The Gaussian summed over points of the ring; `width` must not be 0.
  ///
  /// The rule is exact but for terms e^{-n²/(2z)}, z = ρR/σ², of n points on the circle.
  /// - Complexity: O(√z)
  public func brightness(x: Double, y: Double) -> Double {
    precondition(width > 0, "an infinitely thin ring has no brightness")
    let radius = diameter / 2
    let variance = width * width / (8 * log(2))
    let spread = hypot(x, y) * radius / variance
    let count = 32 + 2 * modulation.count + Int(9 * spread.squareRoot())
    var sum = 0.0
    for point in 0..<count {
      let angle = 2 * Double.pi * Double(point) / Double(count)
      let (sine, cosine) = (sin(angle), cos(angle))
      let (dx, dy) = (x - radius * sine, y - radius * cosine)
      var profile = 1.0
      let step = Complex(cosine, sine)
      var turn = Complex<Double>(1)
      for beta in modulation {
        turn *= step
        profile += 2 * (beta * turn).real
      }
      sum += profile * exp(-(dx * dx + dy * dy) / (2 * variance))
    }
    return flux * sum / (Double(count) * 2 * .pi * variance)
  }
}

import Foundation
import Numerics

/// A round disc of one brightness.
public struct UniformDisc: ResolvedSkyModel {
  /// Jy.
  public var flux: Double
  /// Radians.
  public var diameter: Double

  public init(flux: Double, diameter: Double) {
    precondition(diameter > 0)
    self.flux = flux
    self.diameter = diameter
  }

  /// 2 J₁(z)/z at z = πd√(u² + v²), times the flux.
  public func visibility(u: Double, v: Double) -> Complex<Double> {
    let z = .pi * diameter * hypot(u, v)
    // J₁(z) = z/2 - z³/16 + …
    return Complex(flux * (z < 1e-8 ? 1 : 2 * j1(z) / z))
  }

  public func brightness(x: Double, y: Double) -> Double {
    hypot(x, y) <= diameter / 2 ? flux * 4 / (.pi * diameter * diameter) : 0
  }
}

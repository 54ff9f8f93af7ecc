import Foundation
import Numerics
import Observations

/// A Gaussian whose contours are ellipses.
public struct EllipticalGaussian: ResolvedSkyModel {
  /// Jy.
  public var flux: Double
  /// Full widths at half maximum and the position angle of the major axis.
  public var shape: Beam

  public init(flux: Double, shape: Beam) {
    precondition(shape.majorAxis > 0 && shape.minorAxis > 0)
    self.flux = flux
    self.shape = shape
  }

  /// A round one, of the given full width at half maximum in radians.
  public init(flux: Double, width: Double) {
    self.init(flux: flux, shape: Beam(majorAxis: width, minorAxis: width, positionAngle: 0))
  }

  public func visibility(u: Double, v: Double) -> Complex<Double> {
    let along = shape.components(x: u, y: v)
    let (p, q) = (along.major * shape.majorAxis, along.minor * shape.minorAxis)
    return Complex(flux * exp(-Double.pi * .pi / (4 * log(2)) * (p * p + q * q)))
  }

  public func brightness(x: Double, y: Double) -> Double {
    let along = shape.components(x: x, y: y)
    let (p, q) = (along.major / shape.majorAxis, along.minor / shape.minorAxis)
    let peak = flux * 4 * log(2) / (.pi * shape.majorAxis * shape.minorAxis)
    return peak * exp(-4 * log(2) * (p * p + q * q))
  }
}

extension Beam {
  /// A vector's components along the major and the minor axis.
  fileprivate func components(x: Double, y: Double) -> (major: Double, minor: Double) {
    let (sine, cosine) = (sin(positionAngle), cos(positionAngle))
    return (x * sine + y * cosine, x * cosine - y * sine)
  }
}

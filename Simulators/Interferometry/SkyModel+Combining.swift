import Foundation
import Numerics

/// A model moved across the sky.
public struct Shifted<Model: SkyModel>: SkyModel {
  public var model: Model
  /// To the east (x) and to the north (y), radians.
  public var offset: SIMD2<Double>

  public var flux: Double { model.flux }

  public func visibility(u: Double, v: Double) -> Complex<Double> {
    let phase = 2 * .pi * (u * offset.x + v * offset.y)
    return model.visibility(u: u, v: v) * Complex(cos(phase), sin(phase))
  }
}

extension Shifted: ResolvedSkyModel where Model: ResolvedSkyModel {
  public func brightness(x: Double, y: Double) -> Double {
    model.brightness(x: x - offset.x, y: y - offset.y)
  }
}

extension SkyModel {
  /// The model moved by x to the east and y to the north, radians.
  public func shifted(x: Double, y: Double) -> Shifted<Self> {
    Shifted(model: self, offset: SIMD2(x, y))
  }
}

/// Several models on one sky.
public struct ModelSum: SkyModel {
  public var models: [any SkyModel]

  public init(_ models: [any SkyModel]) { self.models = models }

  public var flux: Double { models.reduce(0) { $0 + $1.flux } }

  public func visibility(u: Double, v: Double) -> Complex<Double> {
    models.reduce(Complex.zero) { $0 + $1.visibility(u: u, v: v) }
  }
}

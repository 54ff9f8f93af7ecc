import Numerics

/// An unresolved source at the phase centre; `shifted` puts it elsewhere.
public struct PointSource: SkyModel {
  /// Jy.
  public var flux: Double

  public init(flux: Double) { self.flux = flux }

  public func visibility(u: Double, v: Double) -> Complex<Double> { Complex(flux) }
}

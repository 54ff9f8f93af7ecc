import Numerics

/// A brightness distribution whose visibilities are known exactly.
public protocol SkyModel: Sendable {
  /// ∫ I exp(+2πi(ux + vy)), Jy, at u and v in wavelengths.
  func visibility(u: Double, v: Double) -> Complex<Double>
}

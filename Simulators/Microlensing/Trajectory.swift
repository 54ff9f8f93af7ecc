import Foundation

/// A straight track of the source with a binary lens.
///
/// With τ = (t − t0)/tE the source is at x = u0 sin α − τ cos α, y = −u0 cos α − τ sin α, relative to
/// the centre of mass, the lighter mass at positive x. This is MulensModel 3's convention.
public struct BinaryLensParameters: Sendable, Equatable {
  /// Time of closest approach to the centre of mass, days.
  public let t0: Double
  /// Closest approach to the centre of mass, Einstein radii.
  public let u0: Double
  /// Time to cross one Einstein radius, days.
  public let tE: Double
  /// Source radius, Einstein radii; 0 for a point.
  public let rho: Double
  /// Separation of the masses, Einstein radii.
  public let s: Double
  /// Mass ratio.
  public let q: Double
  /// Angle of the track, radians.
  public let alpha: Double

  /// - Throws: `MicrolensingError.invalidParameter` for a value outside its domain: `tE`, `s` and `q`
  ///   positive, `rho` zero or more, all finite.
  public init(
    t0: Double, u0: Double, tE: Double, rho: Double, s: Double, q: Double, alpha: Double
  ) throws(MicrolensingError) {
    try MicrolensingError.requireFinite(t0, "t0")
    try MicrolensingError.requireFinite(u0, "u0")
    try MicrolensingError.requirePositive(tE, "tE")
    try MicrolensingError.requireNonNegative(rho, "rho")
    try MicrolensingError.requirePositive(s, "s")
    try MicrolensingError.requirePositive(q, "q")
    try MicrolensingError.requireFinite(alpha, "alpha")
    self.t0 = t0
    self.u0 = u0
    self.tE = tE
    self.rho = rho
    self.s = s
    self.q = q
    self.alpha = alpha
  }

  /// Position of the source at a time in days.
  public func sourcePosition(at time: Double) -> (x: Double, y: Double) {
    let tau = (time - t0) / tE
    let (sine, cosine) = (sin(alpha), cos(alpha))
    return (u0 * sine - tau * cosine, -u0 * cosine - tau * sine)
  }

  /// Positions `[epochs]` of the source at `times` (days).
  public func sourcePositions(at times: [Double]) -> (x: [Double], y: [Double]) {
    let (sine, cosine) = (sin(alpha), cos(alpha))
    var x = [Double](repeating: 0, count: times.count)
    var y = x
    for epoch in times.indices {
      let tau = (times[epoch] - t0) / tE
      x[epoch] = u0 * sine - tau * cosine
      y[epoch] = -u0 * cosine - tau * sine
    }
    return (x, y)
  }

  /// Magnifications `[epochs]` of the uniform source at `times` (days), one lens for all.
  ///
  /// - Parameter tolerance: relative error aimed at.
  public func magnifications(times: [Double], tolerance: Double = 1e-3) -> [Double] {
    magnifications(times: times, bands: [.uniform], tolerance: tolerance)[0]
  }

  /// Magnifications `[bands][epochs]` at `times` (days), one lens and one set of discs for all.
  ///
  /// - Parameter tolerance: relative error aimed at, 1e-2 … 1e-7.
  public func magnifications(
    times: [Double], bands: [LimbDarkening], tolerance: Double
  ) -> [[Double]] {
    let (x, y) = sourcePositions(at: times)
    return BinaryLens(validS: s, validQ: q).magnifications(
      x: x, y: y, rho: rho, bands: bands, tolerance: tolerance
    ).map { $0.map(\.value) }
  }
}

/// A straight track of a point source with a single lens.
public struct SingleLensParameters: Sendable, Equatable {
  /// Time of closest approach, days.
  public let t0: Double
  /// Closest approach, Einstein radii.
  public let u0: Double
  /// Time to cross one Einstein radius, days.
  public let tE: Double

  /// - Throws: `MicrolensingError.invalidParameter` unless all are finite, `tE` positive.
  public init(t0: Double, u0: Double, tE: Double) throws(MicrolensingError) {
    try MicrolensingError.requireFinite(t0, "t0")
    try MicrolensingError.requireFinite(u0, "u0")
    try MicrolensingError.requirePositive(tE, "tE")
    self.t0 = t0
    self.u0 = u0
    self.tE = tE
  }

  /// Position of the source at a time in days, x along the track.
  public func sourcePosition(at time: Double) -> (x: Double, y: Double) { ((time - t0) / tE, u0) }

  /// Magnifications `[epochs]` at `times` (days); exact, so `tolerance` has no effect.
  public func magnifications(times: [Double], tolerance: Double = 1e-3) -> [Double] {
    times.map { time in
      let tau = (time - t0) / tE
      return SingleLens.magnification(u: (u0 * u0 + tau * tau).squareRoot())
    }
  }
}

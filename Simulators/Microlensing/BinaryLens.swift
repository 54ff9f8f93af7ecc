/// Magnification by two point masses.
///
/// Frame: total mass 1, lengths in Einstein radii of the total mass, origin at the centre of mass,
/// the mass 1/(1+q) at x = −q s/(1+q) and the mass q/(1+q) at x = s/(1+q).
public struct BinaryLens: Sendable {
  /// Separation of the masses.
  public let s: Double
  /// Mass ratio.
  public let q: Double
  let lens: LensEquation
  private let caustics: CausticCache

  var network: CausticNetwork { caustics.network }

  /// - Throws: `MicrolensingError.invalidParameter` unless `s` and `q` are positive and finite.
  public init(s: Double, q: Double) throws(MicrolensingError) {
    try MicrolensingError.requirePositive(s, "s")
    try MicrolensingError.requirePositive(q, "q")
    self.init(validS: s, validQ: q)
  }

  /// For parameters that were checked before.
  init(validS s: Double, validQ q: Double) {
    self.s = s
    self.q = q
    lens = LensEquation(s: s, q: q)
    caustics = CausticCache(lens: lens)
  }

  /// Magnification of a point source at (`x`, `y`), solved afresh with every safeguard.
  public func magnification(x: Double, y: Double) -> Double {
    max(1, lens.images(x: x, y: y).magnification)
  }

  /// Magnification of a disc of radius `rho` (0 for a point) at (`x`, `y`).
  ///
  /// - Parameter tolerance: relative error aimed at, 1e-2 … 1e-7.
  public func magnification(
    x: Double, y: Double, rho: Double, limbDarkening: LimbDarkening = .uniform,
    tolerance: Double = 1e-3
  ) -> Magnification {
    magnifications(x: [x], y: [y], rho: rho, limbDarkening: limbDarkening, tolerance: tolerance)[0]
  }

  /// Magnifications `[epochs]` of a disc of radius `rho` (0 for a point) at many positions.
  ///
  /// Fastest when neighbouring positions are close together, as along a track.
  ///
  /// - Parameters:
  ///   - x, y: `[epochs]`, Einstein radii from the centre of mass.
  ///   - tolerance: relative error aimed at, 1e-2 … 1e-7.
  public func magnifications(
    x: [Double], y: [Double], rho: Double, limbDarkening: LimbDarkening = .uniform,
    tolerance: Double = 1e-3
  ) -> [Magnification] {
    magnifications(x: x, y: y, rho: rho, bands: [limbDarkening], tolerance: tolerance)[0]
  }

  /// Positions of the images of a point source at (`x`, `y`), with their signed magnifications.
  public func images(x: Double, y: Double) -> [(x: Double, y: Double, magnification: Double)] {
    let found = lens.images(x: x, y: y)
    return (0..<found.count).map { k in
      let position = lens.publicFrame(found.images[k].position)
      return (position.x, position.y, 1 / found.images[k].determinant)
    }
  }
}

import Foundation
import Numerics

/// A uniform disc with a round, dark hole that need not be in its middle.
///
/// Reference: Kamruddin & Dexter (2013), MNRAS 434, 765, doi:10.1093/mnras/stt1068.
public struct Crescent: ResolvedSkyModel {
  /// Jy.
  public var flux: Double
  /// Of the disc, which is centred on the phase centre, radians.
  public var outerDiameter: Double
  /// Of the hole, radians.
  public var innerDiameter: Double
  /// Where the hole's centre is: (x, y), radians.
  public var holeOffset: SIMD2<Double>

  /// Makes a crescent whose hole lies within the disc.
  public init(
    flux: Double, outerDiameter: Double, innerDiameter: Double, holeOffset: SIMD2<Double> = .zero
  ) {
    precondition(
      innerDiameter > 0
        && 2 * hypot(holeOffset.x, holeOffset.y) + innerDiameter <= outerDiameter * (1 + 1e-12)
        && innerDiameter < outerDiameter, "the hole must lie within the disc")
    self.flux = flux
    self.outerDiameter = outerDiameter
    self.innerDiameter = innerDiameter
    self.holeOffset = holeOffset
  }

  /// The whole disc, and what the hole takes away from it.
  private var discs: (whole: UniformDisc, hole: UniformDisc) {
    let ratio = (innerDiameter / outerDiameter) * (innerDiameter / outerDiameter)
    let whole = flux / (1 - ratio)
    return (
      UniformDisc(flux: whole, diameter: outerDiameter),
      UniformDisc(flux: whole * ratio, diameter: innerDiameter)
    )
  }

  public func visibility(u: Double, v: Double) -> Complex<Double> {
    let discs = discs
    return discs.whole.visibility(u: u, v: v)
      - discs.hole.shifted(x: holeOffset.x, y: holeOffset.y).visibility(u: u, v: v)
  }

  public func brightness(x: Double, y: Double) -> Double {
    let discs = discs
    return hypot(x - holeOffset.x, y - holeOffset.y) < innerDiameter / 2
      ? 0 : discs.whole.brightness(x: x, y: y)
  }
}

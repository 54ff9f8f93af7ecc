import Foundation

/// How the caustics of a binary lens hang together.
///
/// Reference: Schneider & Weiß 1986, A&A 164, 237; Erdl & Schneider 1993, A&A 268, 453.
public enum CausticTopology: String, Sendable {
  /// A central caustic with four cusps and two triangular ones.
  case close
  /// One caustic with six cusps.
  case resonant
  /// Two caustics with four cusps each.
  case wide
}

extension BinaryLens {
  /// The topology of the caustics; a separation at a limit, to 13 digits, counts as resonant.
  public var topology: CausticTopology { CriticalSaddles(lens: lens).topology }

  /// The separations between which a lens of mass ratio `q` has a single caustic.
  ///
  /// With mᵢ = μᵢ³ they are (μ1² − μ1μ2 + μ2²)^¾ and (μ1 + μ2)^(3/2).
  ///
  /// Reference: Erdl & Schneider 1993, A&A 268, 453, who give the lower limit as the root of
  /// s⁸ = (1 + q)² (1 − s⁴)³ / 27q (as in Cassan 2008, A&A 491, 587).
  public static func resonantSeparations(q: Double) -> ClosedRange<Double> {
    let ratio = q > 1 ? 1 / q : q
    let heavier = cbrt(1 / (1 + ratio))
    let lighter = cbrt(ratio / (1 + ratio))
    let (sum, squares) = (heavier + lighter, heavier * heavier + lighter * lighter)
    let lower = (squares - heavier * lighter).squareRoot()
    return lower * lower.squareRoot()...sum * sum.squareRoot()
  }
}

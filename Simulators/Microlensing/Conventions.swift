/// Conversions to the conventions of other codes.
public enum MicrolensingConventions {
  /// The angle α (radians) of MulensModel 2, which is 180° from ours (and MulensModel 3's), in [0, 2π).
  public static func mulensModel2Alpha(_ alpha: Double) -> Double {
    let turned = (alpha + .pi).truncatingRemainder(dividingBy: 2 * .pi)
    return turned < 0 ? turned + 2 * .pi : turned
  }

  /// Source position (y1, y2) of VBMicrolensing's `BinaryMag2(s, q, y1, y2, rho)`.
  ///
  /// The frames agree for q ≤ 1. VBMicrolensing keeps the heavier mass on the left: for q > 1 the
  /// frame is turned by 180° and its mass ratio is 1/q.
  public static func vbMicrolensing(
    x: Double, y: Double, q: Double
  ) -> (y1: Double, y2: Double, q: Double) {
    q <= 1 ? (x, y, q) : (-x, -y, 1 / q)
  }
}

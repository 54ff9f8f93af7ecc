/// A way in which an image is not a ring.
///
/// At the EHT's resolution of 20 µas a uniform ring of 40 µas keeps its peaks on a circle. A Gaussian or a
/// double has no peak at a distance in many directions; a disc has, at its overshooting rim, but no hole.
public enum RingFlaw: String, Codable, Sendable, CaseIterable {
  /// f_C of 0.6 or more: a thin ring of 40 µas has 0.38 when blurred by a Gaussian of 20 µas, a disc 1 or
  /// more; artefacts move either towards the other.
  case filled
  /// In more than a tenth of all directions the image is not brightest near the ring: the ridge is not
  /// closed.
  case open
  /// In some direction the ridge is fainter than a twentieth of its brightest part, below which REx takes
  /// images to be empty.
  case broken
  /// The mean of the ridge is below 0.45 of its brightest part: for 1 + a cos θ, which is nowhere negative,
  /// it is half or more, a tenth of which noise may take. A source that faint structure completes to a
  /// circle is brighter.
  case uneven
  /// σ_d/d above a quarter: an ellipse twice as long as wide has 0.247.
  case irregular
  /// A radius below two pixels, which interpolation alone can make.
  case unresolved

  func applies(to ring: RingMeasure, radiusInPixels: Double) -> Bool {
    switch self {
    case .filled: ring.centralBrightness >= 0.6
    case .open: ring.ridgeCompleteness < 0.9
    case .broken: ring.ridgeContrast < 0.05
    case .uneven: ring.ridgeUniformity < 0.45
    case .irregular: ring.diameterDispersionUas > 0.25 * ring.diameterUas
    case .unresolved: radiusInPixels < 2
    }
  }
}

import Foundation

/// Whether the phases of visibilities can be those of a sky that fits into a field of view, or hold
/// phases of the stations.
///
/// A sky of flux F within a field of width w changes its visibilities by no more than F π w |Δu| over a
/// distance Δu in the plane of baselines. Phases of visibilities that are neighbours there may differ by
/// that and their noise; phases of the stations, of which closure phases are free, make them differ by
/// more.
public struct PhaseCalibration: Sendable, Equatable {
  /// Which visibilities are neighbours.
  public enum Neighbours: Sendable, Equatable {
    /// A baseline's in successive integrations of one scan.
    case integrations
    /// A baseline's in successive scans.
    case scans
    /// Those of different baselines that meet, and of a short baseline and its conjugate, whose phases
    /// meet at zero.
    case baselines
  }

  /// Differences of phase of many pairs; pairs count by the certainty of their difference.
  public struct Comparison: Sendable, Equatable {
    public var neighbours: Neighbours
    public var pairs: Int
    /// (Σ weight)² / Σ weight².
    public var effectivePairs: Double
    /// Median difference, radians.
    public var difference: Double
    /// Median of what noise and sky allow, radians.
    public var allowed: Double
    /// Median ratio of the two: at most 0.674 if noise and sky is all there is.
    public var ratio: Double

    /// Half of the pairs differ by twice what noise and sky explain, which chance does not achieve.
    ///
    /// If a difference exceeds the median ratio with probability p, half of n do with a probability of
    /// less than (4p(1-p))^(n/2): Chernoff (1952), Ann. Math. Statist. 23, 493.
    var isExcessive: Bool {
      guard pairs >= Self.fewestPairs, ratio > 2 * Self.medianOfNoise else { return false }
      let p = erfc(ratio / 2.0.squareRoot())
      return pow(4 * p * (1 - p), effectivePairs / 2) < 1e-6
    }

    /// One bad scan must not decide.
    private static let fewestPairs = 5
    /// Of |x| for a normal x.
    private static let medianOfNoise = 0.6745
  }

  /// Of the sky that phases are compared with, radians.
  public var fieldOfView: Double
  /// Those for which there are pairs.
  public var comparisons: [Comparison]
  /// Median sigma/|V| of single visibilities, radians.
  public var phaseNoise: Double
  /// A field, radians, wide enough for a sky to have these phases: `fieldOfView` times the least power of
  /// two; nil if a thousand times the width is too narrow.
  public var sufficientField: Double?

  /// Where phases differ most from those of a sky within the field, by more than they are uncertain.
  public var contradiction: Comparison? {
    comparisons
      .filter { $0.isExcessive && $0.difference > phaseNoise }
      .max { $0.difference < $1.difference }
  }

  /// One line for whoever is about to make an image of the visibilities; nil if nothing is wrong.
  public var warning: String? {
    guard let contradiction else { return nil }
    func degrees(_ angle: Double) -> String {
      let value = angle * 180 / .pi
      return String(format: value < 10 ? "%.1f°" : "%.0f°", value)
    }
    let place =
      switch contradiction.neighbours {
      case .integrations: "from one integration to the next"
      case .scans: "from scan to scan"
      case .baselines: "between baselines that meet, or from 0 on short ones"
      }
    // The phases are beyond a sky of half the sufficient width.
    let unless = sufficientField.map { field in
      let factor = Int((field / fieldOfView / 2).rounded())
      return
        ", unless the source is \(factor > 1 ? "\(factor) times " : "")wider than the field of view"
    }
    return "the visibilities are not phase-calibrated\(unless ?? ""): phases differ by typically "
      + "\(degrees(contradiction.difference)) \(place), where noise and a sky within the field of view "
      + "allow \(degrees(contradiction.allowed)); the image will be wrong"
  }
}

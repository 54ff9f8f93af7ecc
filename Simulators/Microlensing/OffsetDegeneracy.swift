import Foundation

/// The offset degeneracy: a planet of the same mass ratio at another separation that gives nearly the
/// same light curve.
///
/// Two lenses of small mass ratio and separations sA, sB magnify alike where their residual vanishes,
/// on the axis at x0 = ½(sA − 1/sA + sB − 1/sB) from the primary. A track that crosses the axis there
/// cannot tell them apart. x0 = 0 is the close–wide degeneracy, sB = 1/sA; sA = sB is the track
/// through the planetary caustic, which has no other twin.
///
/// The tracks of both solutions are the same relative to the primary. `u0` and `t0` differ, because
/// they refer to the centre of mass, which lies q s/(1 + q) from the primary.
///
/// Reference: Zhang, Gaudi & Bloom 2022, Nature Astronomy 6, 782, arXiv:2111.13696.
public struct OffsetDegeneracy: Sendable, Equatable {
  public let solution: BinaryLensParameters
  /// The degenerate solution: `tE`, `rho`, `q` and `alpha` are kept, `u0` may be negative.
  public let twin: BinaryLensParameters

  /// - Throws: `MicrolensingError.invalidParameter` when the track runs along the axis of the masses:
  ///   then it does not cross it.
  public init(of solution: BinaryLensParameters) throws(MicrolensingError) {
    guard abs(sin(solution.alpha)) > 1e-9 else {
      throw .invalidParameter(
        name: "alpha in degrees", value: solution.alpha * 180 / .pi,
        requirement: "such that the track crosses the axis of the masses, not 0° or 180°")
    }
    self.solution = solution
    let separation = Self.twinSeparation(of: solution.s, crossing: Self.crossing(of: solution))
    let offset = Self.offset(q: solution.q, from: solution.s, to: separation)
    twin = try BinaryLensParameters(
      t0: solution.t0 + solution.tE * offset * cos(solution.alpha),
      u0: solution.u0 + offset * sin(solution.alpha), tE: solution.tE, rho: solution.rho,
      s: separation, q: solution.q, alpha: solution.alpha)
  }

  /// Where the track crosses the axis of the masses, Einstein radii from the primary towards the
  /// planet; infinite for a track along the axis.
  public static func crossing(of parameters: BinaryLensParameters) -> Double {
    parameters.u0 / sin(parameters.alpha) + parameters.q * parameters.s / (1 + parameters.q)
  }

  /// x0 of two separations.
  public static func crossing(separations a: Double, _ b: Double) -> Double {
    0.5 * (a - 1 / a + b - 1 / b)
  }

  /// sB of sA and x0, always positive.
  public static func twinSeparation(of s: Double, crossing x0: Double) -> Double {
    let difference = 2 * x0 - (s - 1 / s)
    let root = (difference * difference + 4).squareRoot()
    // The root of s² − Ds − 1 = 0 without cancellation.
    return difference > 0 ? 0.5 * (difference + root) : 2 / (root - difference)
  }

  /// What a position relative to the centre of mass gains in x when the separation changes and the
  /// primary stays.
  private static func offset(q: Double, from s: Double, to other: Double) -> Double {
    q * (s - other) / (1 + q)
  }

  /// (A − A_twin)/A `[epochs]` along the track at `times` (days).
  public func residuals(
    times: [Double], limbDarkening: LimbDarkening = .uniform, tolerance: Double = 1e-4
  ) -> [Double] {
    let (x, y) = solution.sourcePositions(at: times)
    return residuals(x: x, y: y, limbDarkening: limbDarkening, tolerance: tolerance)
  }

  /// (A − A_twin)/A of the source at (`x`, `y`), Einstein radii from the solution's centre of mass.
  ///
  /// - Parameters:
  ///   - x, y: `[positions]`.
  ///   - tolerance: relative error of both magnifications, 1e-2 … 1e-7.
  public func residuals(
    x: [Double], y: [Double], limbDarkening: LimbDarkening = .uniform, tolerance: Double = 1e-4
  ) -> [Double] {
    let offset = Self.offset(q: solution.q, from: solution.s, to: twin.s)
    func magnifications(_ lens: BinaryLensParameters, _ x: [Double]) -> [Magnification] {
      BinaryLens(validS: lens.s, validQ: lens.q).magnifications(
        x: x, y: y, rho: lens.rho, limbDarkening: limbDarkening, tolerance: tolerance)
    }
    return zip(magnifications(solution, x), magnifications(twin, x.map { $0 + offset })).map {
      ($0.value - $1.value) / $0.value
    }
  }
}

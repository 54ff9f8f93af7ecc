import Foundation
import Microlensing
import NumericalMethods
import Observations

/// A least-squares solution of an event: original error bars, fluxes solved linearly per data set.
public struct BestFit: Sendable {
  public let parameters: BinaryLensParameters
  public let chi2: Double

  /// Refines a start by Levenberg–Marquardt; never worse than the start.
  ///
  /// - Throws: `NumericalError` when the least-squares library gives up, `MicrolensingError` when the
  ///   photometry cannot be solved for fluxes.
  /// - Complexity: about 8 light curves per iteration.
  public init(from start: BinaryLensParameters, of lightCurves: [LightCurve]) throws {
    let count = lightCurves.reduce(0) { $0 + $1.times.count }
    // Offsets from the start in units of what matters, around one, because steps of numerical
    // derivatives are relative.
    let minimum = try LeastSquares.minimize(
      start: [Double](repeating: 1, count: 7), count: count, maximumIterations: 40,
      differenceStep: 1e-4
    ) { values, residuals in
      guard let parameters = try? Self.moved(start, values),
        (try? Self.residuals(parameters, lightCurves, into: residuals)) != nil
      else {
        residuals.update(repeating: 1e6)
        return
      }
    }
    let refined = try minimum.parameters.withUnsafeBufferPointer { try Self.moved(start, $0) }
    let startChi2 = try Self.chi2(start, lightCurves)
    let refinedChi2 = try Self.chi2(refined, lightCurves)
    (parameters, chi2) =
      refinedChi2 < startChi2 ? (refined, refinedChi2) : (start, startChi2)
  }

  private static func moved(
    _ start: BinaryLensParameters, _ values: UnsafeBufferPointer<Double>
  ) throws(MicrolensingError) -> BinaryLensParameters {
    try BinaryLensParameters(
      t0: start.t0 + (values[0] - 1) * 0.1 * start.tE,
      u0: start.u0 + (values[1] - 1) * 0.1,
      tE: start.tE * exp(values[2] - 1),
      rho: start.rho * exp(min(max(values[3] - 1, -3), 3)),
      s: start.s * exp(0.3 * (values[4] - 1)),
      q: start.q * exp(values[5] - 1),
      alpha: start.alpha + 0.3 * (values[6] - 1))
  }

  private static func residuals(
    _ parameters: BinaryLensParameters, _ lightCurves: [LightCurve],
    into residuals: UnsafeMutableBufferPointer<Double>
  ) throws {
    let magnifications = parameters.magnifications(of: lightCurves, tolerance: 1e-4)
    var next = 0
    for (curve, magnifications) in zip(lightCurves, magnifications) {
      let fluxes = try SourceBlendFluxes(
        magnifications: magnifications, flux: curve.flux, fluxErrors: curve.fluxError)
      for i in curve.times.indices {
        let model = fluxes.blendFlux + fluxes.sourceFlux * magnifications[i]
        residuals[next] = (curve.flux[i] - model) / curve.fluxError[i]
        next += 1
      }
    }
  }

  static func chi2(
    _ parameters: BinaryLensParameters, _ lightCurves: [LightCurve]
  ) throws -> Double {
    let magnifications = parameters.magnifications(of: lightCurves, tolerance: 1e-4)
    return try zip(lightCurves, magnifications).reduce(0) { sum, pair in
      let (curve, magnifications) = pair
      return try sum
        + SourceBlendFluxes(
          magnifications: magnifications, flux: curve.flux, fluxErrors: curve.fluxError
        ).chi2
    }
  }
}

import Foundation
import Microlensing
import Observations

/// Why an event cannot be analysed.
public struct EventError: Error, CustomStringConvertible, Sendable {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// The point-source point-lens curve through all data of an event: where it is in time, and how bright.
public struct PointLensFit: Sendable {
  /// t0 in full JD.
  public let solution: PointLensSolution
  /// χ² of constant flux.
  public let flatChi2: Double
  /// One per data set.
  public let references: [FluxReference]

  /// Searches a grid of t0, tE and u0, refining each start by least squares.
  ///
  /// - Throws: `EventError` when no data set brightens significantly.
  public init(_ lightCurves: [LightCurve]) throws {
    let count = lightCurves.reduce(0) { $0 + $1.times.count }
    guard count >= 10 else {
      throw EventError("the event has \(count) points; at least 10 are needed")
    }
    let solver = PointLensSolver(
      times: lightCurves.map(\.times), errors: lightCurves.map(\.fluxError))
    let flux = lightCurves.map(\.flux)
    let best = Self.search(lightCurves, solver, flux)
    solution = solver.solve(flux, t0: best.t0, u0: best.u0, tE: best.tE, iterations: 100)
    flatChi2 = lightCurves.reduce(0) { $0 + Self.flatChi2($1) }
    let gain = flatChi2 - solution.chi2
    guard gain > 100 else {
      throw EventError(
        String(
          format: "no microlensing event found: a point lens improves χ² by only %.0f over "
            + "constant flux (100 needed)", gain))
    }
    let scatter = max(1, (solution.chi2 / Double(count)).squareRoot())
    references = zip(solution.lines, lightCurves).map { line, curve in
      let median = curve.fluxError.sorted()[curve.fluxError.count / 2]
      let source = line.sourceFlux > 0 ? line.sourceFlux : median
      return FluxReference(
        sourceFlux: source, baseline: line.baseline,
        baselineError: 3 * scatter * line.baselineError + 0.05 * source)
    }
  }

  private static func search(
    _ curves: [LightCurve], _ solver: PointLensSolver, _ flux: [[Double]]
  ) -> PointLensSolution {
    let first = curves.map { $0.times.first! }.min()!
    let last = curves.map { $0.times.last! }.max()!
    var best: PointLensSolution?
    for tE in [3.0, 6, 12, 24, 48, 96, 192] {
      for t0 in stride(from: first, through: last, by: 0.4 * tE) {
        // A hypothesis without points near its peak is no hypothesis.
        let near = curves.reduce(0) { sum, curve in
          sum + curve.times.count { abs($0 - t0) < tE }
        }
        guard near >= 5 else { continue }
        for u0 in [0.05, 0.5] {
          let fit = solver.solve(flux, t0: t0, u0: u0, tE: tE, iterations: 2)
          // A dip is no event.
          guard fit.lines.contains(where: { $0.sourceFlux > 0 }) else { continue }
          if fit.chi2 < best?.chi2 ?? .infinity { best = fit }
        }
      }
    }
    return best ?? solver.solve(flux, t0: first, u0: 1, tE: last - first, iterations: 0)
  }

  private static func flatChi2(_ curve: LightCurve) -> Double {
    let weights = curve.fluxError.map { 1 / ($0 * $0) }
    let mean = zip(weights, curve.flux).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    return zip(weights, curve.flux).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
  }
}

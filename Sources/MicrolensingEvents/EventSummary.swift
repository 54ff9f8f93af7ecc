import Foundation
import Inference
import Microlensing
import Observations

/// `summary.json` of an event.
public struct EventSummary: Codable, Sendable {
  public struct Mode: Codable, Sendable {
    public let label: String
    /// Share of the posterior.
    public let mass: Double
    /// Medians of its samples.
    public let parameters: [String: Double]
    /// The best χ² among its samples.
    public let chi2: Double
  }

  public struct DataSet: Codable, Sendable {
    public let name: String
    public let points: Int
    public let sourceFlux: Double
    public let blendFlux: Double
    public let errorScale: Double
  }

  public struct Refinement: Codable, Sendable {
    /// What tables and figures show: the "amortized posterior", or its "importance weights".
    public let method: String
    public let effectiveSampleSize: Double
    public let samples: Int
    public let likelihoodCalls: Int
  }

  /// Added to the times of the first file to get full JD; t0 is in that file's system.
  public let timeOffset: Double
  public let points: Int
  public let parameters: [String: ParameterSummary]
  public let modes: [Mode]
  public let bestFit: [String: Double]
  /// All points, original error bars.
  public let chi2Best: Double
  /// With the errors of each data set multiplied by its error scale.
  public let chi2Renormalised: Double
  public let chi2PointLens: Double
  public let dataSets: [DataSet]
  public let refinement: Refinement
  /// Where the exact likelihood contradicts the network's posterior.
  public let warnings: [String]

  init(_ posterior: EventPosterior, event: MicrolensingEvent) throws {
    timeOffset = event.timeOffset
    points = event.pointCount
    let names = posterior.samples.names
    let offset = event.timeOffset
    func column(_ name: String) -> [Double] {
      posterior.samples.column(name).map { name == "t0" ? $0 - offset : $0 }
    }
    parameters = Dictionary(
      uniqueKeysWithValues: names.map { name in
        (name, ParameterSummary(name, column(name), weights: posterior.effectiveWeights))
      })
    modes = try Self.modes(posterior, event, names: names, column: column)
    let best = posterior.bestFit
    bestFit = Self.table(best.parameters, timeOffset: offset)
    chi2Best = best.chi2
    chi2PointLens = event.location.solution.chi2
    let magnifications = best.parameters.magnifications(of: event.lightCurves, tolerance: 1e-4)
    let solutions = event.likelihood.evaluate(magnifications).solutions
    chi2Renormalised = try event.lightCurves.indices.reduce(0) { sum, index in
      let curve = event.lightCurves[index]
      let fluxes = try SourceBlendFluxes(
        magnifications: magnifications[index], flux: curve.flux, fluxErrors: curve.fluxError)
      return sum + fluxes.chi2 / (solutions[index].errorScale * solutions[index].errorScale)
    }
    dataSets = zip(event.lightCurves, solutions).map { curve, solution in
      DataSet(
        name: curve.name, points: curve.times.count, sourceFlux: solution.sourceFlux,
        blendFlux: solution.blendFlux, errorScale: solution.errorScale)
    }
    refinement = Refinement(
      method: posterior.isWeighted ? "importance weights" : "amortized posterior",
      effectiveSampleSize: posterior.weights.effectiveSampleSize,
      samples: posterior.samples.count, likelihoodCalls: posterior.evaluations.count)
    warnings = Self.warnings(posterior, parameters: parameters, bestFit: bestFit)
  }

  private static func warnings(
    _ posterior: EventPosterior, parameters: [String: ParameterSummary], bestFit: [String: Double]
  ) -> [String] {
    guard !posterior.isWeighted else { return [] }
    var warnings = [
      String(
        format: "under the exact likelihood the network's %d samples are worth %.1f: its intervals "
          + "are not those of the exact posterior",
        posterior.samples.count, posterior.weights.effectiveSampleSize)
    ]
    let outside = parameters.keys.sorted().filter { name in
      guard let value = bestFit[name], let row = parameters[name] else { return false }
      return value < row.lower95 || value > row.upper95
    }
    if !outside.isEmpty {
      warnings.append(
        "the best fit lies outside the 95 % interval of \(outside.joined(separator: ", ")): prefer it, "
          + "or train with more simulations or a narrower prior")
    }
    return warnings
  }

  /// Solutions with the companion inside and outside the Einstein ring, where both have weight.
  private static func modes(
    _ posterior: EventPosterior, _ event: MicrolensingEvent, names: [String],
    column: (String) -> [Double]
  ) throws -> [Mode] {
    let count = posterior.samples.count
    let weights = posterior.effectiveWeights ?? [Double](repeating: 1 / Double(count), count: count)
    let separations = posterior.samples.column("s")
    let columns = names.map { (name: $0, values: column($0)) }
    var modes: [Mode] = []
    for isWide in [false, true] {
      let members = separations.indices.filter { (separations[$0] >= 1) == isWide }
      let memberWeights = members.map { weights[$0] }
      let mass = memberWeights.reduce(0, +)
      guard mass >= 0.01 else { continue }
      let best = members.max {
        posterior.evaluations[$0].logLikelihood < posterior.evaluations[$1].logLikelihood
      }!
      var medians: [String: Double] = [:]
      for (name, values) in columns {
        medians[name] =
          ParameterSummary(name, members.map { values[$0] }, weights: memberWeights).median
      }
      modes.append(
        Mode(
          label: isWide ? "wide (s ≥ 1)" : "close (s < 1)", mass: mass, parameters: medians,
          chi2: try BestFit.chi2(posterior.evaluations[best].parameters, event.lightCurves)))
    }
    return modes.sorted { $0.mass > $1.mass }
  }

  static func table(
    _ parameters: BinaryLensParameters, timeOffset: Double
  ) -> [String: Double] {
    [
      "t0": parameters.t0 - timeOffset, "u0": parameters.u0, "tE": parameters.tE,
      "rho": parameters.rho, "s": parameters.s, "q": parameters.q,
      "alpha": (parameters.alpha * 180 / .pi).truncatingRemainder(dividingBy: 360),
    ]
  }
}

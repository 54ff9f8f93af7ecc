import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Plotting
import Probability

/// The files that answer for an event: `samples.npz`, `summary.json`, and figures.
public enum EventAnswer {
  /// Weighs the samples with the exact likelihood and writes all files into `folder`.
  ///
  /// - Throws: `FileError`, `PlottingError`, `EventError`, `Interrupted`.
  public static func write(
    _ samples: PosteriorSamples, of event: MicrolensingEvent, prior: JointPrior,
    to folder: String, monitor: WorkMonitor
  ) throws -> EventSummary {
    let posterior = try EventPosterior(samples, event: event, prior: prior, monitor: monitor)
    let summary = try EventSummary(posterior, event: event)
    try writeSamples(posterior, event, to: "\(folder)/samples.npz")
    let figures = EventFigures(event: event, posterior: posterior)
    try figures.corner().write(to: "\(folder)/corner")
    try figures.lightCurve().write(to: "\(folder)/light_curve")
    // Last: a folder with a summary is complete.
    try JSONFile.write(summary, to: "\(folder)/summary.json")
    for warning in summary.warnings { monitor.note("note: \(warning)") }
    return summary
  }

  private static func writeSamples(
    _ posterior: EventPosterior, _ event: MicrolensingEvent, to path: String
  ) throws {
    var writer = NPZWriter()
    func add(_ name: String, _ values: [Double]) {
      writer.add(name, NDArray(shape: [values.count], values: values))
    }
    for name in posterior.samples.names {
      let offset = name == "t0" ? event.timeOffset : 0
      add(name, posterior.samples.column(name).map { $0 - offset })
    }
    for index in event.lightCurves.indices {
      add(
        "source_flux_\(index + 1)",
        posterior.evaluations.map { $0.solutions[index].sourceFlux })
      add(
        "blend_flux_\(index + 1)", posterior.evaluations.map { $0.solutions[index].blendFlux })
    }
    add("weight", posterior.weights.weights)
    add("log_prob", posterior.samples.logDensity)
    add("log_likelihood", posterior.evaluations.map(\.logLikelihood))
    try writer.write(to: path)
  }

  /// Adds what `write` left in `folder` to a report.
  public static func describe(_ folder: String, in report: inout Report) throws {
    let summary = try JSONFile.read(EventSummary.self, "\(folder)/summary.json")
    report.section("Posterior")
    for warning in summary.warnings { report.addWarning(warning) }
    try report.addFigure(
      pngPath: "\(folder)/light_curve.png",
      caption: "Photometry aligned to one system, the best fit, and the posterior's 68 and 95 % "
        + "bands; residuals of the best fit below.")
    let order = ["t0", "u0", "tE", "rho", "s", "q", "alpha"]
    report.addTable(
      headers: ["parameter", "median", "−1σ", "+1σ", "95 % interval", "best fit"],
      rows: order.compactMap { name in
        guard let row = summary.parameters[name] else { return nil }
        let digits = decimals(row)
        func text(_ value: Double) -> String { String(format: "%.\(digits)f", value) }
        return [
          name + (name == "tE" ? " (days)" : name == "alpha" ? " (degrees)" : ""),
          text(row.median), text(row.median - row.p16), text(row.p84 - row.median),
          "\(text(row.lower95)) … \(text(row.upper95))", summary.bestFit[name].map(text) ?? "",
        ]
      }, caption: "Parameters in MulensModel's names and convention.")
    try report.addFigure(
      pngPath: "\(folder)/corner.png",
      caption: "Posterior samples; lines mark the best fit.")
    report.addKeyValues([
      (
        "χ² of the best fit",
        String(
          format: "%.1f for %d points (a point lens: %.1f)", summary.chi2Best, summary.points,
          summary.chi2PointLens)
      ),
      ("χ² with renormalised errors", String(format: "%.1f", summary.chi2Renormalised)),
      (
        "Exact likelihood",
        String(
          format: "effective sample size %.1f of %d samples; tables and figures show the %@",
          summary.refinement.effectiveSampleSize, summary.refinement.samples,
          summary.refinement.method)
      ),
      (
        "Solutions",
        summary.modes.map { String(format: "%@: %.1f %%", $0.label, 100 * $0.mass) }
          .joined(separator: ", ")
      ),
    ])
    report.addTable(
      headers: ["data set", "points", "source flux", "blend flux", "error scale"],
      rows: summary.dataSets.map {
        [
          $0.name, "\($0.points)", String(format: "%.4g", $0.sourceFlux),
          String(format: "%.4g", $0.blendFlux), String(format: "%.2f", $0.errorScale),
        ]
      }, caption: "Fluxes of the best fit; magnitudes are on zero point 22.")
  }

  /// Digits after the point that show an interval to two significant figures.
  private static func decimals(_ summary: ParameterSummary) -> Int {
    let width = summary.p84 - summary.p16
    guard width > 0 else { return 4 }
    return min(max(1 - Int(floor(log10(width / 2))), 0), 8)
  }
}

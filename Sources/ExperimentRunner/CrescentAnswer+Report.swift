import ArrayFiles
import Foundation
import Inference
import Plotting

extension CrescentAnswer {
  private static let units = [
    "diameter": "µas", "peak_diameter": "µas", "width": "of the diameter",
    "orientation": "° east of north",
    "second_mode_angle": "° east of north",
    "flux": "Jy", "extended_flux": "Jy",
  ]

  /// Adds what `write` left in `folder` to a report.
  static func describe(_ folder: String, in report: inout Report) throws {
    let summary = try JSONFile.read(Summary.self, "\(folder)/summary.json")
    report.section("Posterior")
    if let warning = summary.warning { report.addWarning(warning) }
    report.addTable(
      headers: ["parameter", "unit", "median", "16 %", "84 %"],
      rows: summary.parameters.filter { !$0.name.hasPrefix("gaussian") }.map { row in
        [row.name, units[row.name] ?? ""]
          + [row.median, row.p16, row.p84].map {
            String(format: abs($0) < 10 ? "%.3f" : "%.1f", $0)
          }
      },
      caption: "Marginal quantiles. The diameter is that of the thin ring that is blurred, the "
        + "peak diameter that of the circle on which the blurred ring is the brightest, which an "
        + "image of perfect resolution would show. The orientation is that of the brightest place "
        + "of the first mode; the second one is |β₂| (Johnson et al. 2020) and makes the ring "
        + "brighter on two opposite sides.")
    try report.addFigure(
      pngPath: "\(folder)/image.png",
      caption: "Mean of the posterior's skies, without extended flux.")
    try report.addFigure(pngPath: "\(folder)/corner.png", caption: "Posterior samples.")
    report.section("Closures")
    let metrics = summary.metrics
    var rows = [
      (
        "χ² per closure",
        String(
          format: "%.2f (median of the posterior), %.2f (best of %d samples: %.2f for %d phases, "
            + "%.2f for %d log amplitudes)", summary.chi2PerClosure.median,
          metrics["chi2_per_closure_best"]!, summary.skies, metrics["chi2_per_phase_best"]!,
          summary.phases, metrics["chi2_per_log_amplitude_best"]!, summary.logAmplitudes)
      )
    ]
    if !summary.replicas.isEmpty {
      rows.append(
        (
          "χ² per closure of replicas",
          String(
            format: "%.2f (median of %d crescents drawn from the posterior, then observed and "
              + "inferred from as the data were); %.0f %% are larger than that of the data",
            metrics["replica_chi2_per_closure_median"]!, summary.replicas.count,
            100 * summary.worseReplicas)
        ))
    }
    if let distance = summary.distance, let limit = summary.distanceP999 {
      rows.append(
        (
          "Distance from the simulations",
          String(format: "%.2f, where 99.9 %% of simulations are below %.2f", distance, limit)
        ))
    }
    report.addKeyValues(rows)
    try report.addFigure(
      pngPath: "\(folder)/closures.png",
      caption: "Closures through different sites with one standard deviation, and what the "
        + "posterior's skies have in their place. Visibilities below three sigma are left out.")
  }
}

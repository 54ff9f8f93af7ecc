import ArrayFiles
import Foundation
import Inference
import Observations
import Plotting
import SparseModeling

/// What `sibyl image` answers: numbers, images, figures and a report.
struct ImageAnswer {
  let result: ImageResult
  let warnings: [String]
  /// Why the image is not what was asked for, where it is not.
  let failure: NotConverged?
  let ring: RingAnswer?
  private let set: VisibilitySet
  private let reconstruction: ImageReconstruction
  private let bootstrap: ImageBootstrap?
  private let tolerance: Double

  init(
    _ set: VisibilitySet, _ reconstruction: ImageReconstruction, _ bootstrap: ImageBootstrap?,
    ring: RingAnswer?, warnings: [String], seconds: Double, tolerance: Double
  ) {
    (self.set, self.reconstruction, self.bootstrap) = (set, reconstruction, bootstrap)
    (self.tolerance, self.ring) = (tolerance, ring)
    let image = reconstruction.image
    var warnings = warnings
    if image.pixels.allSatisfy({ $0 == 0 }) {
      warnings.append("λ is so large that the image is empty; a smaller one shows something")
    } else if image.edgeFraction > 0.1 {
      warnings.append(
        String(
          format: "%.0f %% of the flux lies on the image's edge: the field of view is too small",
          100 * image.edgeFraction))
    }
    failure =
      reconstruction.hasConverged
      ? nil : NotConverged(gap: reconstruction.state.relativeGap, tolerance: tolerance)
    if let failure { warnings.append(failure.description) }
    self.warnings = warnings
    let state = reconstruction.state
    result = ImageResult(
      objective: state.objective, dualityGap: state.dualityGap, chi2: state.chiSquared,
      weights: reconstruction.weights,
      l1Norm: image.pixels.reduce(0) { $0 + abs($1) }, iterations: reconstruction.iterations,
      seconds: seconds, visibilities: set.visibilities.count,
      nonZeroPixels: image.pixels.count { $0 != 0 }, fluxJy: image.flux,
      hasConverged: reconstruction.hasConverged, warnings: warnings,
      crossValidation: reconstruction.crossValidation?.scores)
  }

  /// Writes all files; `title` names the data.
  func write(to folder: String, title: String) throws {
    let image = reconstruction.image
    try image.write(to: "\(folder)/image.fits")
    try JSONFile.write(
      RingAnswer.Result(image: result, ring: ring?.measure), to: "\(folder)/result.json")
    var figures = [(name: "image", caption: "The image.")]
    try SkyImageFigure(image).write(to: "\(folder)/image")
    if image.pixels.contains(where: { $0 > 0 }) {
      try SkyImageFigure(image, scale: .logarithmic).write(to: "\(folder)/image_log")
      figures.append(("image_log", "The image over three decades of brightness."))
    }
    if let bootstrap {
      try bootstrap.mean.write(to: "\(folder)/mean.fits")
      try bootstrap.deviation.write(to: "\(folder)/deviation.fits")
      try ImageUncertaintyFigure(
        mean: SkyImageFigure(bootstrap.mean, of: "mean"),
        deviation: SkyImageFigure(bootstrap.deviation, of: "standard deviation")
      ).write(to: "\(folder)/uncertainty")
      figures.append(
        ("uncertainty", "Mean and standard deviation over baselines and noise drawn anew."))
    }
    try ResidualFigure(set.visibilities, image).write(to: "\(folder)/residuals")
    figures.append(
      ("residuals", "Residuals by baseline, their distribution, and the image they make."))
    if let figure = reconstruction.crossValidation.flatMap({ CrossValidationFigure($0) }) {
      try figure.write(to: "\(folder)/cross_validation")
      figures.append(
        ("cross_validation", "How well penalties predict left-out data."))
    }
    try ConvergenceFigure(
      phases: reconstruction.phases.map {
        .init(
          name: $0.solver, seconds: $0.seconds, iterations: $0.iterations.map(Double.init),
          gaps: $0.gaps)
      }, tolerance: tolerance
    ).write(to: "\(folder)/convergence")
    figures.append(("convergence", "How far the objective is from its minimum at most."))
    var report = Report(title: "Sparse image", subtitle: title)
    for warning in warnings { report.addWarning(warning) }
    report.addKeyValues(result.pairs + (ring?.pairs ?? []))
    try ring?.write(image, to: folder, in: &report)
    for figure in figures {
      try report.addFigure(pngPath: "\(folder)/\(figure.name).png", caption: figure.caption)
    }
    try report.write(to: "\(folder)/report.html")
  }
}

/// The image is not at the gap that was asked for.
struct NotConverged: Error, CustomStringConvertible {
  let gap: Double
  let tolerance: Double

  var description: String {
    String(
      format:
        "the image is at a gap of %.1e, not at the %.1e asked for: iterations ended, or rounding "
        + "does not let it fall further",
      gap, tolerance)
  }
}

/// What `result.json` holds.
struct ImageResult: Encodable {
  let objective: Double
  let dualityGap: Double
  let chi2: Double
  /// Of penalties, by name.
  let weights: [String: Double]
  let l1Norm: Double
  let iterations: Int
  let seconds: Double
  let visibilities: Int
  let nonZeroPixels: Int
  let fluxJy: Double
  let hasConverged: Bool
  let warnings: [String]
  let crossValidation: [CrossValidation.Score]?

  var pairs: [(key: String, value: String)] {
    [
      (
        "objective",
        String(
          format: "%.10g, at most %.2g above the minimum%@", objective, dualityGap,
          hasConverged ? "" : " (not converged)")
      ),
      ("chi2", String(format: "%.6g for %d numbers", chi2, 2 * visibilities)),
      ("image", String(format: "%d pixels, %.5g Jy", nonZeroPixels, fluxJy)),
      (
        "penalties",
        weights.sorted { $0.key < $1.key }.map { String(format: "%@ %.6g", $0.key, $0.value) }
          .joined(separator: ", ") + (crossValidation == nil ? "" : ", by cross-validation")
      ),
      ("time", String(format: "%.2f s, %d iterations", seconds, iterations)),
    ]
  }
}

extension SkyImage {
  /// The part of the flux in the pixels of the edge.
  fileprivate var edgeFraction: Double {
    var (edge, all) = (0.0, 0.0)
    for row in 0..<height {
      for column in 0..<width {
        let value = abs(pixels[row * width + column])
        all += value
        if row == 0 || column == 0 || row == height - 1 || column == width - 1 { edge += value }
      }
    }
    return all > 0 ? edge / all : 0
  }
}

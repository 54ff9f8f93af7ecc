import ArrayFiles
import Foundation
import Inference
import Observations
import Plotting
import SparseModeling

/// What `sibyl image --closure` answers: numbers, an image, figures and a report.
struct ClosureAnswer {
  let result: ClosureResult
  let ring: RingAnswer?
  private let image: SkyImage
  private let calibration: SelfCalibration?
  private let set: VisibilitySet

  init(
    _ set: VisibilitySet, _ imaging: ClosureImaging, _ calibration: SelfCalibration?,
    ring: RingAnswer?, warnings: [String], seconds: Double
  ) {
    image = (calibration?.imaging ?? imaging).image
    (self.calibration, self.set) = (calibration, set)
    self.ring = ring
    var warnings = warnings
    let others = imaging.attempts.dropFirst().filter {
      $0.correlation < 0.9 && $0.objective < imaging.objective * 1.02
    }
    if !others.isEmpty {
      warnings.append(
        "\(others.count) of \(imaging.attempts.count) starts led to other images that fit as well "
          + "(correlation \(String(format: "%.2f", others[0].correlation))): the data leave it open"
      )
    }
    result = ClosureResult(
      objective: imaging.objective, misfits: imaging.misfits, weights: imaging.weights,
      priorWidthUas: imaging.priorWidth / ImagingOptions.microarcsecond,
      fluxJy: image.flux, fluxPriorJy: imaging.flux,
      starts: imaging.attempts.map { .init(objective: $0.objective, correlation: $0.correlation) },
      seconds: seconds, visibilities: set.visibilities.count,
      heldOut: imaging.selection?.scores, selfCalibration: calibration?.rounds, warnings: warnings)
  }

  /// Writes all files; `title` names the data.
  func write(to folder: String, title: String) throws {
    try image.write(to: "\(folder)/image.fits")
    try SkyImageFigure(image).write(to: "\(folder)/image")
    try SkyImageFigure(image, scale: .logarithmic).write(to: "\(folder)/image_log")
    try JSONFile.write(
      RingAnswer.Result(image: result, ring: ring?.measure), to: "\(folder)/result.json")
    var report = Report(title: "Image from closure quantities", subtitle: title)
    for warning in result.warnings { report.addWarning(warning) }
    report.addKeyValues(result.pairs + (ring?.pairs ?? []))
    try report.addFigure(pngPath: "\(folder)/image.png", caption: "The image.")
    try ring?.write(image, to: folder, in: &report)
    try report.addFigure(
      pngPath: "\(folder)/image_log.png", caption: "The image over three decades of brightness.")
    if let closures = ClosureFigure(set, image) {
      try closures.write(to: "\(folder)/closures")
      try report.addFigure(
        pngPath: "\(folder)/closures.png",
        caption:
          "The closure phases and log closure amplitudes that differ most from those of a point, "
          + "and what the image has in their place.")
    }
    if let calibration {
      try calibration.gains.write(to: "\(folder)/gains.csv")
      try GainFigure(calibration.gains).write(to: "\(folder)/gains")
      try report.addFigure(
        pngPath: "\(folder)/gains.png", caption: "Gains of the stations by self-calibration.")
    }
    if let scores = result.heldOut {
      report.section("Penalties")
      report.addTable(
        headers: ["weights per Jy", "prior width [µas]", "held-out loss", "above the best"],
        rows: scores.map { score in
          [
            score.weights.sorted { $0.key < $1.key }
              .map { String(format: "%@ %.4g", $0.key, $0.value) }.joined(separator: ", "),
            String(format: "%.1f", score.priorWidthUas),
            String(format: "%.3f", score.loss),
            String(format: "%.3f ± %.3f", score.excess, score.excessError),
          ]
        },
        caption:
          "How well images of some scans predict the closure quantities of the others, by number. "
          + "Of those within one standard error of the best, the image has the narrowest prior and the "
          + "largest weights.")
    }
    try report.write(to: "\(folder)/report.html")
  }
}

/// What `result.json` holds of an image from closure quantities.
struct ClosureResult: Encodable {
  struct Start: Encodable {
    let objective: Double
    /// With the image.
    let correlation: Double
  }

  /// Of the image before self-calibration, where there is one, as are the misfits.
  let objective: Double
  let misfits: [ClosureImaging.Misfit]
  /// Of penalties, by name.
  let weights: [String: Double]
  let priorWidthUas: Double
  let fluxJy: Double
  let fluxPriorJy: CompactFlux
  let starts: [Start]
  let seconds: Double
  let visibilities: Int
  let heldOut: [HeldOutSelection.Score]?
  let selfCalibration: [SelfCalibration.Round]?
  let warnings: [String]

  var pairs: [(key: String, value: String)] {
    misfits.map {
      (
        selfCalibration == nil ? "chi2" : "first chi2",
        String(format: "%.4g for %d %@", $0.chiSquared, $0.count, $0.data.rawValue)
      )
    }
      + (selfCalibration?.last.map {
        [
          (
            "self-cal.",
            String(
              format: "chi2 %.4g for %d numbers through %d gains", $0.chiSquared, $0.count,
              $0.gainCount)
          )
        ]
      } ?? []) + [
        ("image", String(format: "%.3g Jy", fluxJy)),
        (
          "penalties",
          weights.sorted { $0.key < $1.key }.map { String(format: "%@ %.4g", $0.key, $0.value) }
            .joined(separator: ", ") + String(format: ", prior %.0f µas", priorWidthUas)
            + (heldOut == nil ? "" : ", by held-out scans")
        ),
        ("time", String(format: "%.2f s, %d starts", seconds, starts.count)),
      ]
  }
}

extension GainFigure {
  /// Of the stations that have gains.
  init(_ table: GainTable) {
    let ofStation = Dictionary(grouping: table.rows, by: \.station)
    self.init(
      stations: ofStation.keys.sorted().map { station in
        let rows = ofStation[station]!.sorted { ($0.time, $0.channel) < ($1.time, $1.channel) }
        return Station(
          name: table.stations[station], times: rows.map(\.time),
          amplitudes: rows.map(\.amplitude), amplitudeErrors: rows.map(\.amplitudeError),
          phases: rows.map { $0.phase * 180 / .pi },
          phaseErrors: rows.map { $0.phaseError * 180 / .pi },
          channels: rows.map(\.channel))
      })
  }
}

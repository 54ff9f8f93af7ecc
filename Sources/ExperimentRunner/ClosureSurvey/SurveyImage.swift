import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Observations
import SparseModeling

/// An image under one combination of settings: how it was made, what it predicts, and its ring.
struct SurveyImage: Codable, Sendable {
  /// Name of its FITS file.
  let file: String
  let group: SurveySettings.Group
  /// Microarcseconds.
  let priorWidth: Double
  /// Weight as a part of the expected χ².
  let entropy: Double
  let losses: HeldOutLosses
  let misfits: [ClosureImaging.Misfit]
  /// Of the image, Jy.
  let flux: Double
  /// Nil where no point is darker than what surrounds it.
  let ring: RingMeasure?

  var isRing: Bool { ring?.isRing ?? false }
}

/// The images of one group of settings.
struct SurveyGroupImages {
  let settings: SurveySettings
  let seed: UInt64
  let monitor: WorkMonitor

  /// Makes and measures them, and writes each into `folder`, named after the group's number.
  ///
  /// - Throws: `ImagingError`, `DerivedDataError` for data without closure; `FileError`; `Interrupted`.
  func write(
    _ group: SurveySettings.Group, number: Int, of visibilities: SurveyVisibilities,
    like grid: SkyImage, to folder: String
  ) throws -> [SurveyImage] {
    let set = visibilities.set.addingSystematicNoise(fraction: group.noiseFloor)
    let scoring = visibilities.set.addingSystematicNoise(fraction: settings.scoringNoiseFloor)
    let flux = group.flux.map { CompactFlux(value: $0, sigma: 0.05 * $0) } ?? visibilities.flux
    var imaging = ClosureImaging.Settings()
    (imaging.data, imaging.gainScatter) = (group.data, group.gainScatter)
    (imaging.starts, imaging.iterations) = (settings.starts, settings.iterations)
    (imaging.folds, imaging.seed) = (settings.folds, seed)
    let levels = settings.entropy.sorted(by: >)
    let widths = settings.priorWidth.sorted()
    let losses = try HeldOutLosses.all(
      set, scoredBy: scoring, like: grid, flux: flux, levels: levels,
      priorWidths: widths.map { $0 * Self.microarcsecond }, imaging, monitor: monitor)
    let quiet = WorkMonitor(interrupted: { monitor.isInterrupted })
    let images = parallelMap(losses.count, threads: monitor.threads) { [imaging] index in
      Result {
        if monitor.isInterrupted { throw Interrupted() }
        var imaging = imaging
        imaging.weights = losses[index].weights.mapValues { $0 }
        imaging.priorWidth = losses[index].priorWidth
        let found = try ClosureImaging(set, like: grid, flux: flux, imaging, monitor: quiet)
        let image = SurveyImage(
          file: "\(number)-\(index).fits", group: group, priorWidth: widths[index / levels.count],
          entropy: levels[index % levels.count], losses: losses[index], misfits: found.misfits,
          flux: found.image.flux, ring: try? RingMeasure(found.image))
        try found.image.write(to: "\(folder)/\(image.file)")
        return image
      }
    }
    return try images.map { try $0.get() }
  }

  static let microarcsecond = Double.pi / 180 / 3600e6
}

import ArgumentParser
import ArrayFiles
import Foundation
import NumericalMethods
import Observations
import SparseModeling

struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "A sparse image of the sky from visibilities.",
    discussion: """
      VIS holds calibrated complex visibilities: UVFITS, a text table, or OIFITS; with --closure their phases \
      need no calibration. The image β minimises \
      ½ Σ |v − Fβ|²/sigma² + λ Σ |β| + μ Σ (differences of neighbours)², without negative pixels; how far \
      it is from the minimum at most, the duality gap, is reported. Without --l1, --l1-fraction and \
      --regularizer, cross-validation chooses λ and μ: the sparsest image that predicts left-out visibilities as well as \
      the best, to one standard error. DIR becomes a folder with

        image.fits                Jy per pixel, with coordinates
        image, image_log          .png and .svg: linear, and three decades
        residuals, convergence    .png and .svg: what the image leaves over, and how it was found
        cross_validation          .png and .svg, where it chose λ or μ
        mean.fits, deviation.fits, uncertainty.png and .svg: with --bootstrap
        result.json, report.html  all numbers; all numbers and figures on a page

      When the gap asked for is not reached, all this is written and the exit code is 1.

      With --closure the positive image fits closure phases, and amplitudes through gains that are known to a \
      factor, near to a Gaussian in the sense of entropy; how near, and how wide the Gaussian is, is what \
      predicts the closure quantities of left-out scans. With --ring result.json holds diameter_uas, \
      width_uas, orientation_degrees, asymmetry, central_brightness, their dispersions, and is_ring; ring.png \
      shows them. With --self-calibrate gains.csv and gains.png hold the stations' gains, and the image is \
      that of the data without them.

      Examples: sibyl image data.uvfits --pixels 64 --field-of-view 128 -o image
                sibyl image lo.uvfits hi.uvfits --closure --ring --pixels 64 --field-of-view 128 -o m87
      """)

  @Argument(help: "A file of visibilities, or several: bands of one day.")
  var files: [String]

  @Option(help: "The target to read from an OIFITS file of several; the first by default.")
  var target: String?

  @OptionGroup var imaging: ImagingOptions

  @OptionGroup(title: "Without calibrated phases") var closure: ClosureOptions

  @Flag(help: "Measure the image's ring: diameter, width, orientation, asymmetry.")
  var ring = false

  @Option(name: .shortAndLong, help: "The folder to write.")
  var output: String

  @Flag(help: "Replace files of the same names in the output folder.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if closure.closure { try imaging.validateForClosure() }
  }

  func run() throws {
    let folder = try OutputFolder(output, force: force)
    let set = try visibilities()
    if closure.closure {
      try imageClosures(of: set, folder)
    } else {
      try imageVisibilities(of: set, folder)
    }
  }

  private var title: String { files.joined(separator: ", ") }

  /// Of all files.
  private func visibilities() throws -> VisibilitySet {
    var all: VisibilitySet?
    for file in files {
      let set = try VisibilitySet.read(file, target: target)
      guard !set.visibilities.isEmpty else {
        throw FileError(
          path: file, problem: "holds no complex visibilities, of which an image is made here")
      }
      do { try all?.append(set) } catch { throw FileError(path: file, problem: "\(error)") }
      if all == nil { all = set }
    }
    return all!
  }

  private func imageVisibilities(of set: VisibilitySet, _ folder: OutputFolder) throws {
    let start = ContinuousClock.now
    let empty = try imaging.emptyImage(of: set)
    let pixelWeights = try imaging.pixelWeights(empty)
    let warnings = try set.warnings + imaging.warnings(set, empty, needsPhases: true)
    let answer = try common.withMonitor { monitor in
      for warning in warnings { monitor.note("\(title): \(warning)") }
      let reconstruction: ImageReconstruction
      var bootstrap: ImageBootstrap?
      do {
        reconstruction = try ImageReconstruction(
          set.visibilities, like: empty, pixelWeights: pixelWeights, try imaging.settings,
          monitor: monitor)
        if imaging.bootstrap > 0 {
          bootstrap = try ImageBootstrap(
            set.visibilities, like: empty, pixelWeights: pixelWeights,
            reconstruction.settingsOfReplicates(imaging.settings),
            replicates: imaging.bootstrap, seed: imaging.seed, monitor: monitor)
        }
      } catch let error as ImagingError {
        throw FileError(path: title, problem: "\(error)")
      }
      let ring = ring ? RingAnswer.of(reconstruction.image) : (answer: nil, warning: nil)
      let answer = ImageAnswer(
        set, reconstruction, bootstrap, ring: ring.answer,
        warnings: warnings + (ring.warning.map { [$0] } ?? []),
        seconds: (ContinuousClock.now - start) / .seconds(1), tolerance: imaging.tolerance)
      for warning in answer.warnings.dropFirst(warnings.count)
      where warning != answer.failure?.description {
        monitor.note(warning)
      }
      return answer
    }
    try folder.fill { try answer.write(to: $0, title: title) }
    show(answer.result.pairs + (answer.ring?.pairs ?? []))
    if let failure = answer.failure { throw failure }
  }

  private func imageClosures(of set: VisibilitySet, _ folder: OutputFolder) throws {
    let start = ContinuousClock.now
    let empty = try imaging.emptyImage(of: set)
    let pixelWeights = try imaging.pixelWeights(empty)
    let settings = try closure.settings(weights: imaging.closureWeights, seed: imaging.seed)
    let (data, flux) = try closure.prepare(set, like: empty, file: title)
    let warnings = try set.warnings + imaging.warnings(data, empty, needsPhases: false)
    let answer = try common.withMonitor { monitor in
      for warning in warnings { monitor.note("\(title): \(warning)") }
      let image: ClosureImaging
      var calibration: SelfCalibration?
      do {
        image = try ClosureImaging(
          data, like: empty, pixelWeights: pixelWeights, flux: flux, settings, monitor: monitor)
        if closure.selfCalibrate {
          calibration = try SelfCalibration(
            data, from: image, pixelWeights: pixelWeights, imaging: settings, .init(),
            monitor: monitor)
        }
      } catch let error as ImagingError {
        throw FileError(path: title, problem: "\(error)")
      } catch let error as DerivedDataError {
        throw FileError(path: title, problem: "\(error)")
      }
      let ring =
        ring ? RingAnswer.of((calibration?.imaging ?? image).image) : (answer: nil, warning: nil)
      let answer = ClosureAnswer(
        data, image, calibration, ring: ring.answer,
        warnings: warnings + (ring.warning.map { [$0] } ?? []),
        seconds: (ContinuousClock.now - start) / .seconds(1))
      for warning in answer.result.warnings.dropFirst(warnings.count) { monitor.note(warning) }
      return answer
    }
    try folder.fill { try answer.write(to: $0, title: title) }
    show(answer.result.pairs + (answer.ring?.pairs ?? []))
  }

  private func show(_ pairs: [(key: String, value: String)]) {
    if common.quiet { return }
    for pair in pairs {
      print(pair.key.padding(toLength: 12, withPad: " ", startingAt: 0) + pair.value)
    }
  }
}

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
      VIS holds calibrated complex visibilities: UVFITS, a text table, or OIFITS. The image β minimises \
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

      Example: sibyl image data.uvfits --pixels 64 --field-of-view 128 -o image
      """)

  @Argument(help: "A file of visibilities.")
  var file: String

  @Option(help: "The target to read from an OIFITS file of several; the first by default.")
  var target: String?

  @OptionGroup var imaging: ImagingOptions

  @Option(name: .shortAndLong, help: "The folder to write.")
  var output: String

  @Flag(help: "Replace files of the same names in the output folder.")
  var force = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let folder = try OutputFolder(output, force: force)
    let set = try VisibilitySet.read(file, target: target)
    guard !set.visibilities.isEmpty else {
      throw FileError(
        path: file, problem: "holds no complex visibilities, of which an image is made here")
    }
    let start = ContinuousClock.now
    let empty = try imaging.emptyImage(of: set)
    let pixelWeights = try imaging.pixelWeights(empty)
    let warnings = try set.warnings + imaging.warnings(set, empty)
    let answer = try common.withMonitor { monitor in
      for warning in warnings { monitor.note("\(file): \(warning)") }
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
        throw FileError(path: file, problem: "\(error)")
      }
      let answer = ImageAnswer(
        set, reconstruction, bootstrap, warnings: warnings,
        seconds: (ContinuousClock.now - start) / .seconds(1), tolerance: imaging.tolerance)
      for warning in answer.warnings.dropFirst(warnings.count)
      where warning != answer.failure?.description {
        monitor.note(warning)
      }
      return answer
    }
    try folder.fill { try answer.write(to: $0, title: file) }
    if !common.quiet { print(answer.result.text) }
    if let failure = answer.failure { throw failure }
  }
}

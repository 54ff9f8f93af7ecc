import ArgumentParser
import ArrayFiles
import Foundation
import Interferometry
import NumericalMethods
import Observations

struct ObserveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "observe",
    abstract: "What an interferometer would measure of an image.",
    discussion: """
      TRUTH is a FITS image in Jy per pixel; pixels are taken as points at their middles. Where it is \
      sampled, and how well, says either a file of visibilities (--coverage: its u, v, times and \
      sigmas), or an array of telescopes that follows the source while the Earth turns (--array).

      Arrays: \(TelescopeArray.catalogue.map(\.name).joined(separator: ", ")). One of your own is a text \
      file with the columns name, x, y, z (geocentric, m) and sefd (Jy).

      Visibilities are ∫ I exp(+2πi(ux + vy)) with x to the east. Noise and gains depend on the seed \
      only. Gains multiply the signal, the noise is added afterwards.

      Example: sibyl observe truth.fits --array eht2017 --date 2017-04-11 -o observed.uvfits
      """)

  @Argument(help: "The sky, a FITS image in Jy per pixel.")
  var truth: String

  @Option(help: "A file of visibilities (UVFITS, OIFITS or CSV) that is measured again.")
  var coverage: String?

  @OptionGroup(title: "Array options") var array: ArrayOptions

  @Option(help: "Noise of the visibilities: thermal, of each one's sigma, or none.")
  var noise = NoiseKind.thermal

  @OptionGroup(title: "Gain options") var gains: GainOptions

  @Option(help: "Seed of noise and gains.")
  var seed: UInt64 = 1

  @Option(
    name: .shortAndLong, help: "The file to write: .uvfits or .fits for UVFITS, .csv for a table.")
  var output: String

  @Flag(help: "Replace the output file if it exists.")
  var force = false

  @OptionGroup var common: CommonOptions

  enum NoiseKind: String, ExpressibleByArgument, CaseIterable {
    case thermal, none
  }

  func validate() throws {
    guard (coverage == nil) != (array.array == nil) else {
      throw ValidationError("give either --coverage or --array")
    }
    if coverage != nil, let option = array.optionInVain {
      throw ValidationError("\(option) needs --array; --coverage has its own")
    }
    _ = try VisibilityFormat(path: output)
  }

  func run() throws {
    let format = try VisibilityFormat(path: output)
    let output = try OutputFile(output, force: force)
    let image = try SkyImage.read(truth)
    guard image.unit == .janskyPerPixel else {
      throw FileError(path: truth, problem: "is in Jy per beam, expected Jy per pixel")
    }
    let coverage =
      try self.coverage.map { try CoverageFile.read($0, image: image) }
      ?? array.coverage(of: image, path: truth)
    let gains = gains.model
    if gains != nil, coverage.stations.isEmpty, let path = self.coverage {
      throw FileError(
        path: path, problem: "names no stations, so that there is nothing to have gains")
    }
    try common.withMonitor { monitor in
      let observation = SyntheticObservation(
        coverage: coverage, gains: gains, hasNoise: noise == .thermal)
      let result = observation.observe(image, seed: seed, threads: monitor.threads)
      for warning in result.warnings { monitor.note("warning: \(warning)") }
      if monitor.isInterrupted { throw Interrupted() }
      try format.write(result, to: output.path)
    }
  }
}

/// The coverage of a file of visibilities.
enum CoverageFile {
  /// Reads a file; what it does not say of the source is taken from `image`.
  static func read(_ path: String, image: SkyImage) throws -> VisibilitySet {
    var set = try VisibilitySet.read(path)
    guard !set.visibilities.isEmpty else {
      throw FileError(path: path, problem: "holds no complex visibilities to be measured again")
    }
    (set.squaredVisibilities, set.bispectra) = ([], [])
    if set.frequencies.isEmpty, let frequency = image.frequency { set.frequencies = [frequency] }
    if set.rightAscension == 0 && set.declination == 0 {
      (set.rightAscension, set.declination) = (image.rightAscension, image.declination)
    }
    if set.source.isEmpty { set.source = image.source }
    return set
  }
}

import ArgumentParser
import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Observations
import Plotting
import SparseModeling

struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "A sparse image of the sky from visibilities.",
    discussion: """
      VIS holds calibrated complex visibilities: UVFITS, a text table, or OIFITS. The image β minimises \
      ½ Σ |v − Fβ|²/sigma² + λ Σ |β| + μ Σ (differences of neighbours)²; it is exact to the gap that is \
      reported. DIR becomes a folder with

        image.fits            Jy per pixel, with coordinates
        image.png, image.svg  and image_log.png, image_log.svg: three decades, unless nothing is above 0
        result.json           objective, duality_gap, chi2, l1, tsv, iterations, seconds, and more

      Example: sibyl image data.uvfits --pixels 64 --field-of-view 128 --l1-fraction 0.01 --non-negative \
      -o image
      """)

  @Argument(help: "A file of visibilities.")
  var file: String

  @Option(help: "The target to read from an OIFITS file of several; the first by default.")
  var target: String?

  @Option(help: "Pixels along each side.")
  var pixels: Int

  @Option(help: "Width of the image, microarcseconds.")
  var fieldOfView: Double

  @Option(name: .customLong("l1"), help: "λ, in units of the objective per jansky.")
  var l1: Double?

  @Option(
    name: .customLong("l1-fraction"), help: "λ as a fraction of the least that leaves nothing.")
  var l1Fraction: Double?

  @Option(name: .customLong("tsv"), help: "μ of total squared variation, per square jansky.")
  var tsv = 0.0

  @Flag(help: "No pixel may be negative.")
  var nonNegative = false

  @Option(help: "Duality gap at which to stop, relative to the objective.")
  var tolerance = 1e-6

  @Option(name: .shortAndLong, help: "The folder to write.")
  var output: String

  @Flag(help: "Replace files of the same names in the output folder.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    func check(_ name: String, _ value: Double?, _ range: ClosedRange<Double>) throws {
      guard let value, !range.contains(value) else { return }
      throw ValidationError(
        "\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
    }
    guard (2...1024).contains(pixels) else {
      throw ValidationError("--pixels is \(pixels); it must be from 2 to 1024")
    }
    try check("--field-of-view", fieldOfView, 1e-6...1e10)
    guard (l1 == nil) != (l1Fraction == nil) else {
      throw ValidationError("give either --l1 or --l1-fraction, such as --l1-fraction 0.01")
    }
    try check("--l1", l1, 1e-300...1e300)
    try check("--l1-fraction", l1Fraction, 1e-12...1)
    try check("--tsv", tsv, 0...1e300)
    try check("--tolerance", tolerance, 1e-13...0.1)
  }

  func run() throws {
    let folder = try OutputFolder(output, force: force)
    let set = try VisibilitySet.read(file, target: target)
    guard !set.visibilities.isEmpty else {
      throw FileError(
        path: file, problem: "holds no complex visibilities, of which an image is made here")
    }
    let start = ContinuousClock.now
    let empty = SkyImage(
      width: pixels, height: pixels, pixelSize: fieldOfView / Double(pixels) * .pi / 180 / 3600e6,
      source: set.source, rightAscension: set.rightAscension, declination: set.declination,
      frequency: set.frequencies.first, mjd: set.mjd == 0 ? nil : Double(set.mjd))
    let problem: SparseImagingProblem
    do {
      problem = try SparseImagingProblem(
        set.visibilities, like: empty, l1: l1 ?? 0, tsv: tsv, isNonNegative: nonNegative)
    } catch {
      throw FileError(path: file, problem: "\(error)")
    }
    if let l1Fraction { problem.l1 = l1Fraction * problem.largestL1 }
    let solution = try solve(problem, warnings: set.warnings)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var image = empty
    image.pixels = solution.pixels
    let state = solution.state
    let result = ImageResult(
      objective: state.objective, dualityGap: state.dualityGap, chi2: state.chiSquared,
      l1: problem.l1, l1Norm: solution.pixels.reduce(0) { $0 + abs($1) }, tsv: tsv,
      totalSquaredVariation: state.tsv, iterations: solution.rounds, seconds: seconds,
      visibilities: set.visibilities.count, nonZeroPixels: solution.pixels.count { $0 != 0 },
      fluxJy: image.flux, hasConverged: solution.hasConverged)
    try folder.fill { folder in
      try image.write(to: "\(folder)/image.fits")
      try JSONFile.write(result, to: "\(folder)/result.json")
      try SkyImageFigure(image).write(to: "\(folder)/image")
      if image.pixels.contains(where: { $0 > 0 }) {
        try SkyImageFigure(image, scale: .logarithmic).write(to: "\(folder)/image_log")
      }
    }
    if !common.quiet { print(result.text) }
  }

  private func solve(
    _ problem: SparseImagingProblem, warnings: [String]
  ) throws -> ActiveSetSolver.Solution {
    var configuration = ActiveSetSolver.Configuration()
    configuration.tolerance = tolerance
    var solver = ActiveSetSolver(problem, configuration: configuration)
    let tolerance = tolerance
    return try common.withMonitor { monitor in
      for warning in warnings { monitor.note("\(file): \(warning)") }
      var first: Double?
      let solution = try solver.solve { _, state in
        // The part of the decades that the gap has to fall.
        let ratio = state.objective > 0 ? state.dualityGap / state.objective : 0
        let gap = log10(max(ratio, tolerance) / tolerance)
        first = first ?? max(gap, 1e-3)
        try monitor.advance(
          WorkProgress(
            label: "imaging", completed: max(0, Int(100 * (1 - gap / first!))), total: 100))
      }
      if !solution.hasConverged {
        monitor.note(
          "the image is not at the gap that was asked for: rounding or the number of rounds ended it"
        )
      }
      return solution
    }
  }
}

/// What `result.json` holds.
private struct ImageResult: Encodable {
  let objective: Double
  let dualityGap: Double
  let chi2: Double
  let l1: Double
  let l1Norm: Double
  let tsv: Double
  let totalSquaredVariation: Double
  let iterations: Int
  let seconds: Double
  let visibilities: Int
  let nonZeroPixels: Int
  let fluxJy: Double
  let hasConverged: Bool

  var text: String {
    """
    objective  \(objective), at most \(dualityGap) above the minimum\(hasConverged ? "" : " (not converged)")
    chi2       \(chi2) for \(2 * visibilities) numbers
    image      \(nonZeroPixels) pixels, \(fluxJy) Jy
    l1, tsv    \(l1), \(tsv)
    time       \(seconds) s, \(iterations) rounds
    """
  }
}

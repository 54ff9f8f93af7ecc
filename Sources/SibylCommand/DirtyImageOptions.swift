import ArgumentParser
import ArrayFiles
import Foundation
import NumericalMethods
import Observations
import SparseModeling

/// Which dirty image to make, if any.
struct DirtyImageOptions: ParsableArguments {
  @Option(help: "Make the dirty image and beam, N pixels wide; needs --field-of-view too.")
  var pixels: Int?

  @Option(help: "Width of the dirty image, microarcseconds.")
  var fieldOfView: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Weights of visibilities in it: natural, uniform, or a number for Briggs' robust weights, from "
        + "-2, nearly uniform, to 2, nearly natural."))
  var weighting = "0"

  func validate() throws {
    guard (pixels == nil) == (fieldOfView == nil) else {
      throw ValidationError("--pixels and --field-of-view belong together; one of them is missing")
    }
    if let pixels, !(4...8192).contains(pixels) {
      throw ValidationError("--pixels is \(pixels); it must be from 4 to 8192")
    }
    if let fieldOfView, !(fieldOfView > 0 && fieldOfView < 1e10) {
      throw ValidationError(
        "--field-of-view is \(fieldOfView); it must be a number of microarcseconds above 0, at most "
          + "1e10")
    }
    guard kind != nil else {
      throw ValidationError(
        "--weighting is '\(weighting)'; it must be natural, uniform, or a number such as 0.5")
    }
  }

  private var kind: VisibilityWeighting? {
    switch weighting {
    case "natural": .natural
    case "uniform": .uniform
    default: Double(weighting).flatMap { abs($0) <= 10 ? .briggs(robust: $0) : nil }
    }
  }

  /// The dirty image and beam of what `blocks` gives, block by block, each time it is called; nil where
  /// none is asked for.
  func images(
    of header: VisibilitySet, threads: Int,
    _ blocks: (_ body: ([Visibility]) throws -> Void) throws -> Void
  ) throws -> (image: SkyImage, beam: SkyImage)? {
    guard let pixels, let fieldOfView, let kind else { return nil }
    let microarcsecond = Double.pi / 180 / 3600e6
    let empty = SkyImage(
      width: pixels, height: pixels, pixelSize: fieldOfView / Double(pixels) * microarcsecond,
      source: header.source, rightAscension: header.rightAscension,
      declination: header.declination, frequency: header.meanFrequency,
      mjd: header.mjd == 0 ? nil : Double(header.mjd))
    var density = WeightDensity(empty)
    try blocks { try density.add($0) }
    var dirty = try DirtyImage(like: empty, kind, density: density, threads: threads)
    try blocks { dirty.add($0) }
    return try dirty.result()
  }
}

extension VisibilitySet {
  fileprivate var meanFrequency: Double? {
    frequencies.isEmpty ? nil : frequencies.reduce(0, +) / Double(frequencies.count)
  }
}

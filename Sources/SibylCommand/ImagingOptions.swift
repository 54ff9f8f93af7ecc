import ArgumentParser
import ArrayFiles
import Foundation
import Observations
import SparseModeling

/// Which image is made, and with which penalties.
struct ImagingOptions: ParsableArguments {
  @Option(help: "Pixels along each side.")
  var pixels: Int

  @Option(help: "Width of the image, microarcseconds.")
  var fieldOfView: Double

  @Option(
    help: ArgumentHelp(
      "The middle of the image: its offset from the phase centre to the east and north, microarcseconds.",
      valueName: "east,north"))
  var center = "0,0"

  @Option(
    name: .customLong("l1"),
    help: "λ, in units of the objective per jansky; cross-validation chooses it when left out.")
  var l1: Double?

  @Option(
    name: .customLong("l1-fraction"), help: "λ as a fraction of the least that leaves nothing.")
  var l1Fraction: Double?

  @Option(
    name: .customLong("tsv"),
    help: ArgumentHelp(
      "μ of total squared variation, per square jansky; cross-validation chooses it when λ is left out "
        + "too, otherwise it is 0."))
  var tsv: Double?

  @Option(
    name: .customLong("regularizer"),
    help: ArgumentHelp(
      "Other penalties, alone or with a weight; cross-validation chooses weights that are left out, λ "
        + "among them. entropy: maximum entropy, instead of l1; tv: total variation; tsv. Per jansky. "
        + "May be repeated; μ is 0 then unless given.",
      valueName: "name=weight"))
  var regularizers: [String] = []

  @Option(
    name: .customLong("l1-weights"),
    help: "A FITS image of the same pixels: what λ is multiplied by in each.")
  var l1Weights: String?

  @Flag(help: "Let pixels be negative.")
  var signed = false

  @Option(
    help: ArgumentHelp(
      "Only pixels in a box may shine: WIDTH,HEIGHT or WIDTH,HEIGHT,EAST,NORTH, its size and the offset "
        + "of its middle, microarcseconds.",
      valueName: "box"))
  var supportBox: String?

  @Option(help: "Folds of the cross-validation.")
  var folds = 10

  @Option(help: "Values of λ and of μ that cross-validation tries.")
  var gridSize = 6

  @Option(help: "Duality gap at which to stop, relative to the objective.")
  var tolerance = 1e-6

  @Option(help: "Iterations after which to stop anyway.")
  var maximumIterations = 20_000

  @Option(help: "Images of the bootstrap over baselines and noise; 0 for none.")
  var bootstrap = 0

  @Option(help: "Seed of folds and bootstrap.")
  var seed: UInt64 = 1

  func validate() throws {
    func check(_ name: String, _ value: Double?, _ range: ClosedRange<Double>) throws {
      guard let value, !range.contains(value) else { return }
      throw ValidationError(
        "\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
    }
    func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
      guard !range.contains(value) else { return }
      throw ValidationError(
        "\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
    }
    try check("--pixels", pixels, 4...2048)
    try check("--field-of-view", fieldOfView, 1e-6...1e10)
    guard l1 == nil || l1Fraction == nil else {
      throw ValidationError("--l1 and --l1-fraction exclude each other")
    }
    try check("--l1", l1, 1e-300...1e300)
    try check("--l1-fraction", l1Fraction, 1e-12...1e3)
    try check("--tsv", tsv, 0...1e300)
    try check("--tolerance", tolerance, 1e-13...0.1)
    try check("--folds", folds, 2...1000)
    try check("--grid-size", gridSize, 1...50)
    try check("--maximum-iterations", maximumIterations, 1...100_000_000)
    if bootstrap != 0 { try check("--bootstrap", bootstrap, 2...100_000) }
    _ = try (box, middle, penalties)
  }

  private var middle: SIMD2<Double> {
    get throws {
      let numbers = center.split(separator: ",", omittingEmptySubsequences: false).compactMap {
        Double($0)
      }
      guard numbers.count == 2, numbers.allSatisfy({ abs($0) <= 1e12 }) else {
        throw ValidationError(
          "--center is '\(center)'; it must be EAST,NORTH in microarcseconds, such as -10,25")
      }
      return SIMD2(numbers[0], numbers[1])
    }
  }

  /// Size and offset of the support box, radians.
  private var box: (size: SIMD2<Double>, middle: SIMD2<Double>)? {
    get throws {
      guard let supportBox else { return nil }
      let numbers = supportBox.split(separator: ",", omittingEmptySubsequences: false).map {
        Double($0).map { $0 * Self.microarcsecond }
      }
      guard [2, 4].contains(numbers.count), let width = numbers[0], let height = numbers[1],
        width > 0, height > 0, numbers.allSatisfy({ $0?.isFinite == true })
      else {
        throw ValidationError(
          "--support-box is '\(supportBox)'; it must be WIDTH,HEIGHT or WIDTH,HEIGHT,EAST,NORTH in "
            + "microarcseconds, such as 100,80,0,-10")
      }
      let middle = numbers.count == 4 ? SIMD2(numbers[2]!, numbers[3]!) : .zero
      return (SIMD2(width, height), middle)
    }
  }

  private var penalties: [String: Double?] {
    get throws {
      var penalties: [String: Double?] = [:]
      for text in regularizers {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        let weight = parts.count == 2 ? Double(parts[1]) : nil
        guard parts.count <= 2, RegularizerCatalog.names.contains(parts[0]),
          penalties[parts[0]] == nil,
          parts.count == 1 || weight.map({ $0 > 0 && $0 <= 1e300 }) == true
        else {
          throw ValidationError(
            "--regularizer is '\(text)'; it must be NAME or NAME=WEIGHT, such as tv=1e5, once for each "
              + "of \(RegularizerCatalog.names.joined(separator: ", ")), with a weight above 0")
        }
        penalties[parts[0]] = .some(weight)
      }
      if penalties["entropy"] != nil {
        guard !signed, l1 == nil, l1Fraction == nil else {
          throw ValidationError(
            "entropy takes the place of l1 and wants pixels above 0: leave out --l1, --l1-fraction "
              + "and --signed")
        }
      }
      return penalties
    }
  }

  static let microarcsecond = Double.pi / 180 / 3600e6

  var settings: ImageReconstruction.Settings {
    get throws {
      var settings = ImageReconstruction.Settings()
      settings.isNonNegative = !signed
      (settings.tolerance, settings.maximumIterations) = (tolerance, maximumIterations)
      (settings.folds, settings.gridSize, settings.seed) = (folds, gridSize, seed)
      settings.l1Fraction = l1Fraction
      settings.weights = try penalties
      if settings.weights["entropy"] == nil {
        settings.weights["l1"] = .some(l1)
      }
      if settings.weights["tsv"] == nil {
        let isFixed =
          l1 != nil || l1Fraction != nil || !settings.weights.keys.allSatisfy { $0 == "l1" }
        settings.weights["tsv"] = .some(tsv ?? (isFixed ? 0 : nil))
      }
      return settings
    }
  }

  /// Throws for what images from closure quantities do not know.
  func validateForClosure() throws {
    guard l1Fraction == nil, !signed, bootstrap == 0, folds == 10, gridSize == 6 else {
      throw ValidationError(
        "--l1-fraction, --signed, --bootstrap, --folds and --grid-size do not go with --closure")
    }
  }

  /// Of penalties by name, entropy's by held-out data unless any penalty is named.
  var closureWeights: [String: Double?] {
    get throws {
      var weights = try penalties
      if let l1 { weights["l1"] = l1 }
      if let tsv, tsv > 0 { weights["tsv"] = tsv }
      return weights.isEmpty ? ["entropy": nil] : weights
    }
  }

  func emptyImage(of set: VisibilitySet) throws -> SkyImage {
    let pixel = fieldOfView / Double(pixels)
    // Columns run to the west.
    let offset = try middle / pixel * SIMD2(1, -1)
    return SkyImage(
      width: pixels, height: pixels, pixelSize: pixel * Self.microarcsecond,
      referencePixel: offset + Double(pixels - 1) / 2, source: set.source,
      rightAscension: set.rightAscension, declination: set.declination,
      frequency: set.frequencies.first, mjd: set.mjd == 0 ? nil : Double(set.mjd))
  }

  /// Factors of λ, infinite outside the support box; nil where all are one.
  func pixelWeights(_ image: SkyImage) throws -> [Double]? {
    let box = try support(image)
    let weights = try l1Weights.map { try self.weights($0, image) }
    guard let box else { return weights }
    return weights.map { zip(box, $0).map { $0.isFinite ? $1 : .infinity } } ?? box
  }

  private func weights(_ path: String, _ image: SkyImage) throws -> [Double] {
    let weights = try SkyImage.read(path)
    guard weights.width == image.width, weights.height == image.height else {
      throw FileError(
        path: path,
        problem: "has \(weights.width) x \(weights.height) pixels; expected \(pixels) x \(pixels)")
    }
    if let k = weights.pixels.firstIndex(where: { !($0 >= 0) }) {
      throw FileError(
        path: path,
        problem: "the weight in column \(k % pixels + 1) of row \(k / pixels + 1) is "
          + "\(weights.pixels[k]); expected 0 or more")
    }
    return weights.pixels
  }

  /// One in the support box, infinite outside; nil without one.
  private func support(_ image: SkyImage) throws -> [Double]? {
    guard let box = try box else { return nil }
    let half = box.size / 2
    let weights = (0..<image.height).flatMap { row in
      (0..<image.width).map { column in
        abs(image.x(column: column) - box.middle.x) <= half.x
          && abs(image.y(row: row) - box.middle.y) <= half.y ? 1 : Double.infinity
      }
    }
    guard weights.contains(1) else {
      throw ValidationError(
        "--support-box '\(supportBox!)' holds the middle of no pixel of a field of \(fieldOfView) "
          + "microarcseconds")
    }
    return weights
  }

  /// What is doubtful about field and pixels for visibilities; throws where no image can be made.
  func warnings(
    _ set: VisibilitySet, _ image: SkyImage, needsPhases: Bool
  ) throws -> [String] {
    let longest = set.visibilities.reduce(0) { max($0, hypot($1.u, $1.v)) }
    guard longest > 0 else { return [] }
    let resolution = 1 / longest / Self.microarcsecond
    guard fieldOfView > resolution else {
      throw ValidationError(
        String(
          format:
            "--field-of-view is %g, less than the resolution of the data, %.3g microarcseconds",
          fieldOfView, resolution))
    }
    var warnings: [String] = []
    let pixel = fieldOfView / Double(pixels)
    if pixel > resolution / 2 {
      warnings.append(
        String(
          format: "pixels of %.3g microarcseconds are coarser than half the resolution of %.3g; "
            + "--pixels %.0f would do",
          pixel, resolution, (2 * fieldOfView / resolution).rounded(.up)))
    }
    if needsPhases,
      let warning = set.phaseCalibration(fieldOfView: fieldOfView * Self.microarcsecond)?.warning
    {
      warnings.append(warning + "; --closure needs no calibrated phases")
    }
    return warnings
  }
}

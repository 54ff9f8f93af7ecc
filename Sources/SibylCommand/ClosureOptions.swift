import ArgumentParser
import ArrayFiles
import Foundation
import Observations
import SparseModeling

/// How an image is made from data whose gains and phases are not known.
struct ClosureOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Image closure phases, and amplitudes through gains known to a factor: data need no calibrated "
        + "phases."))
  var closure = false

  @Option(
    help: ArgumentHelp(
      "What --closure makes the image of, instead: any of "
        + "\(DataKind.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kind,kind"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "How well gains are known: the standard deviation of ln |g|; or STATION=VALUE. May be repeated. "
        + "(default: 0.3)",
      valueName: "value"))
  var gainScatter: [String] = []

  @Option(
    help:
      "Flux of the image, Jy; by default between what long and short baselines see, and uncertain.")
  var flux: Double?

  @Option(
    help:
      "Full width at half maximum of the Gaussian that entropy prefers, microarcseconds; by default held-out scans choose it."
  )
  var priorWidth: Double?

  @Option(help: "A fraction of each amplitude that is added to its error after averaging.")
  var noiseFloor = 0.02

  @Option(
    help: ArgumentHelp(
      "Baselines to leave out because they see what the field does not hold: those shorter than this, "
        + "wavelengths. (default: a tenth of one over the field)"))
  var minimumBaseline: Double?

  @Flag(help: "Leave visibilities as they are instead of averaging them over scans.")
  var noAveraging = false

  @Flag(
    help:
      "Go on by self-calibration: fit gains to the image, phases first, and make an image without them."
  )
  var selfCalibrate = false

  @Option(help: "How many images the search starts from.")
  var starts = 3

  func validate() throws {
    func check(_ name: String, _ value: Double?, _ range: ClosedRange<Double>) throws {
      guard let value, !range.contains(value) else { return }
      throw ValidationError(
        "\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
    }
    try check("--flux", flux, 1e-12...1e12)
    try check("--prior-width", priorWidth, 1e-6...1e10)
    try check("--noise-floor", noiseFloor, 0...10)
    try check("--minimum-baseline", minimumBaseline, 0...1e15)
    try check("--starts", Double(starts), 1...1000)
    _ = try (kinds, scatter)
    let isUsed =
      data != nil || !gainScatter.isEmpty || flux != nil || priorWidth != nil
      || minimumBaseline != nil || noAveraging || selfCalibrate
    guard closure || !isUsed else {
      throw ValidationError(
        "--data, --gain-scatter, --flux, --prior-width, --minimum-baseline, --no-averaging and "
          + "--self-calibrate belong to --closure")
    }
  }

  private var kinds: [DataKind]? {
    get throws {
      guard let data else { return nil }
      let names = data.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let kinds = names.compactMap(DataKind.init)
      guard kinds.count == names.count, Set(kinds).count == kinds.count else {
        throw ValidationError(
          "--data is '\(data)'; it must be kinds among "
            + "\(DataKind.allCases.map(\.rawValue).joined(separator: ", ")), separated by commas")
      }
      return kinds
    }
  }

  private var scatter: (all: Double?, stations: [String: Double]) {
    get throws {
      var (all, stations): (Double?, [String: Double]) = (nil, [:])
      for text in gainScatter {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), let value = Double(parts.last!),
          (1e-4...100).contains(value)
        else {
          throw ValidationError(
            "--gain-scatter is '\(text)'; it must be VALUE or STATION=VALUE, from 1e-4 to 100, such as "
              + "LM=0.5")
        }
        if parts.count == 2 { stations[parts[0]] = value } else { all = value }
      }
      return (all, stations)
    }
  }

  /// - Parameter weights: of penalties by name; nil where held-out scans choose.
  func settings(weights: [String: Double?], seed: UInt64) throws -> ClosureImaging.Settings {
    var settings = ClosureImaging.Settings()
    if let kinds = try kinds { settings.data = kinds }
    let scatter = try scatter
    settings.gainScatter = scatter.all ?? settings.gainScatter
    settings.gainScatterOf = scatter.stations
    settings.weights = weights
    settings.priorWidth = priorWidth.map { $0 * ImagingOptions.microarcsecond }
    (settings.starts, settings.seed) = (starts, seed)
    return settings
  }

  /// What images are made of: averages over scans with a noise floor, without short baselines; and the flux.
  ///
  /// - Throws: `FileError` naming the file where nothing is left.
  func prepare(
    _ set: VisibilitySet, like image: SkyImage, file: String
  ) throws -> (set: VisibilitySet, flux: CompactFlux) {
    for name in try scatter.stations.keys.sorted()
    where !set.stations.contains(where: { $0.name == name }) {
      throw FileError(
        path: file,
        problem: "has no station '\(name)' that --gain-scatter names (stations: "
          + "\(set.stations.map(\.name).joined(separator: ", ")))")
    }
    do {
      var prepared = try (noAveraging ? set : set.averagedOverScans())
        .addingSystematicNoise(fraction: noiseFloor)
      let field = image.pixelSize * Double(image.width)
      let shortest = minimumBaseline ?? 1 / (10 * field)
      let found = CompactFlux(prepared.visibilities, shortest: shortest)
      prepared.visibilities.removeAll { hypot($0.u, $0.v) < shortest || $0.value == .zero }
      guard !prepared.visibilities.isEmpty else {
        throw FileError(
          path: file,
          problem:
            "no baseline is as long as \(shortest) wavelengths; a smaller --minimum-baseline "
            + "keeps shorter ones")
      }
      guard let flux = flux.map({ CompactFlux(value: $0, sigma: 0.05 * $0) }) ?? found else {
        throw FileError(
          path: file, problem: "no visibility is above three sigma; give the image's --flux")
      }
      return (prepared, flux)
    } catch let error as DerivedDataError {
      throw FileError(path: file, problem: "\(error)")
    }
  }
}

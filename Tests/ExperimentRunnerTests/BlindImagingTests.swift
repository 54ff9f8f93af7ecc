import ArrayFiles
import ExperimentRunner
import Foundation
import Interferometry
import NumericalMethods
import Observations
import Synchronization
import Testing

/// Small blind tests, run end to end.
@Suite struct BlindImagingTests {
  private let scratch: String

  init() throws {
    scratch = NSTemporaryDirectory() + "sibyl-blind-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
  }

  private static let skies = """
    spot: { gaussian: { flux: 2, width: 0.3, axis_ratio: 0.5, angle: 30, east: 0.1, north: -0.05 } }
      disc: { disc: { flux: 0.5, diameter: 0.6 } }
    """

  private func experiment(
    _ truths: String = skies, noise: Double = 1, overrides: [String] = []
  ) throws -> Experiment {
    let text = """
      kind: blind_imaging
      seed: 3
      truths:
        \(truths)
      arrays:
        eht: { array: eht2017, cadence: 1800, noise: \(noise), pixels: 32, field_of_view: 120 }
      reconstruct: { folds: 3, grid_size: 2 }
      """
    let path = "\(scratch)/small.yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try Experiment(path: path, overrides: overrides)
  }

  private func run(
    _ experiment: Experiment, _ folder: String, through last: Stage? = nil,
    monitor: WorkMonitor = WorkMonitor(), existing: ExistingResults = .keep
  ) throws {
    try ExperimentRun(experiment, folder: "\(scratch)/\(folder)", monitor: monitor)
      .run(through: last, existing: existing)
  }

  /// Of everything that must be bitwise the same whatever happened on the way.
  private func fingerprints(_ folder: String) throws -> [String: UInt32] {
    let folder = "\(scratch)/\(folder)"
    let files = FileManager.default.enumerator(atPath: folder)!.compactMap { $0 as? String }
    return try files.filter { $0.hasSuffix("fits") || $0 == "score/result.json" }
      .reduce(into: [:]) { $0[$1] = try Checksum.crc32(ofFile: "\(folder)/\($1)") }
  }

  @Test func resultsDependNeitherOnThreadsNorOnInterruptions() throws {
    let experiment = try experiment("disc: { disc: { diameter: 0.6 } }")
    try run(experiment, "undisturbed")
    let expected = try fingerprints("undisturbed")
    // Visibilities, truth, three images; and the scores.
    #expect(expected.count == 6)
    try run(experiment, "threaded", monitor: WorkMonitor(threads: 2))
    #expect(try fingerprints("threaded") == expected)

    var interruptions = 0
    for attempt in 0..<100 {
      let calls = Atomic<Int>(0)
      let monitor = WorkMonitor(
        report: { _ in calls.add(1, ordering: .relaxed) },
        interrupted: { calls.load(ordering: .relaxed) >= 1 + 25 * attempt })
      do {
        try run(
          experiment, "disturbed", monitor: monitor, existing: attempt == 0 ? .keep : .resume)
        break
      } catch is Interrupted {
        interruptions += 1
      }
    }
    #expect(interruptions >= 2)
    #expect(try fingerprints("disturbed") == expected)
  }

  /// What is done stays as it is; a case that is not is made.
  @Test func finishedCasesAreNotMadeAgain() throws {
    let experiment = try experiment()
    let folder = "\(scratch)/results"
    let image = "\(folder)/reconstruct/eht-disc/sparse.fits"
    let reports = Atomic<Int>(0)
    // Interrupted once the second case's images are being made.
    let monitor = WorkMonitor(
      message: { if $0 == "eht-disc" { reports.add(1, ordering: .relaxed) } },
      interrupted: { reports.load(ordering: .relaxed) > 0 })
    #expect(throws: Interrupted.self) { try run(experiment, "results", monitor: monitor) }
    #expect(!FileManager.default.fileExists(atPath: image))
    let finished = "\(folder)/reconstruct/eht-spot/sparse.fits"
    let mark = Data("finished".utf8)
    try mark.write(to: URL(fileURLWithPath: finished))
    try run(experiment, "results", through: .reconstruct, existing: .resume)
    #expect(FileManager.default.contents(atPath: finished) == mark)
    #expect(FileManager.default.fileExists(atPath: image))
    // Other settings make other images, whatever is finished.
    let other = try self.experiment(overrides: ["reconstruct.folds=2"])
    #expect(throws: ResultsError.self) { try run(other, "results", existing: .keep) }
    try run(other, "results", existing: .replace)
    #expect(FileManager.default.contents(atPath: finished) != mark)
  }

  /// Images come out the same without any truth to look at; scores do not come out at all.
  @Test func imagesAreMadeWithoutTruths() throws {
    let experiment = try experiment()
    try run(experiment, "seeing", through: .reconstruct)
    try run(experiment, "blind", through: .observe)
    try FileManager.default.removeItem(atPath: "\(scratch)/blind/observe/truths")
    try run(experiment, "blind", through: .reconstruct)
    let images = try fingerprints("blind").filter { $0.key.hasPrefix("reconstruct") }
    #expect(images.count == 6)
    #expect(images == (try fingerprints("seeing").filter { $0.key.hasPrefix("reconstruct") }))
    #expect(throws: FileError.self) { try run(experiment, "blind") }
  }

  /// Fluxes, centroids and second moments are those of the models; the images' are near them.
  @Test func picturesShowTheModels() throws {
    try run(try experiment(noise: 1e-3), "exact")
    let microarcsecond = Double.pi / 180 / 3600e6
    let spot = try SkyImage.read("\(scratch)/exact/observe/truths/eht-spot.fits")
    let moments = Moments(spot)
    #expect(abs(moments.flux - 2) < 1e-3)
    #expect(abs(moments.x / microarcsecond - 12) < 0.01)
    #expect(abs(moments.y / microarcsecond + 6) < 0.01)
    let disc = Moments(try SkyImage.read("\(scratch)/exact/observe/truths/eht-disc.fits"))
    let diameter = 72 * microarcsecond
    #expect(abs(disc.flux - 0.5) < 0.01)
    // Of a uniform disc along each axis: d²/16, and pixel²/12 of the pixels.
    for variance in [disc.xx, disc.yy] {
      #expect(abs(variance / (diameter * diameter / 16) - 1) < 0.03)
    }
    let sparse = Moments(try SkyImage.read("\(scratch)/exact/reconstruct/eht-spot/sparse.fits"))
    #expect(abs(sparse.flux - 2) < 0.02)
    #expect(abs(sparse.x / microarcsecond - 12) < 0.5)
    #expect(abs(sparse.y / microarcsecond + 6) < 0.5)
    let text = try RunListing(folder: try folderOfRuns(with: "exact")).details(of: "imaging/exact")
    #expect(text.contains("blind_imaging"))
    #expect(text.contains("score.eht_spot_sparse"))
  }

  /// A results folder with one run in it.
  private func folderOfRuns(with run: String) throws -> String {
    let folder = "\(scratch)/Results"
    try FileManager.default.createDirectory(
      atPath: "\(folder)/imaging", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: "\(scratch)/\(run)", toPath: "\(folder)/imaging/\(run)")
    return folder
  }

  /// An image fills the field of view: of as many pixels it is the truth as it stands, and what is measured
  /// are its sums.
  @Test func imagesFromFilesAreObserved() throws {
    var sky = SkyImage(width: 32, height: 32, pixelSize: 1)
    for row in 0..<32 {
      for column in 0..<32 {
        let (x, y) = (Double(column) - 12, Double(row) - 17)
        sky.pixels[row * 32 + column] = exp(-(x * x + 2 * y * y) / 30) + 1e-3 * x / 12
      }
    }
    sky.pixelSize = 1e-9
    try sky.write(to: "\(scratch)/sky.fits")
    let experiment = try experiment("mine: { image: sky.fits }", noise: 1e-9)
    try run(experiment, "image", through: .observe)
    let truth = try SkyImage.read("\(scratch)/image/observe/truths/eht-mine.fits")
    #expect(zip(truth.pixels, sky.pixels).allSatisfy { abs($0 - $1) < 1e-12 })
    let set = try VisibilitySet.read("\(scratch)/image/observe/visibilities/eht-mine.uvfits")
    var expected = sky
    expected.pixelSize = 120 * Double.pi / 180 / 3600e6 / 32
    let sums = expected.directVisibilities(at: set.visibilities.map { SIMD2($0.u, $0.v) })
    // Files hold single precision.
    let scale = expected.flux * 1e-5
    #expect(zip(set.visibilities, sums).allSatisfy { ($0.value - $1).length < scale })
    // Finer pixels are summed up, and none of the flux is lost.
    var fine = SkyImage(width: 64, height: 48, pixelSize: 1)
    fine.pixels = fine.pixels.indices.map { exp(-pow(Double($0 % 64) - 30, 2) / 50) }
    try fine.write(to: "\(scratch)/sky.fits")
    try run(try self.experiment("mine: { image: sky.fits }"), "fine", through: .observe)
    let coarse = try SkyImage.read("\(scratch)/fine/observe/truths/eht-mine.fits")
    #expect(abs(coarse.flux / fine.flux - 1) < 1e-9)
    // Rows from 8 to 56 of 64 hold something: 4 to 28 of 32.
    #expect(coarse.pixels[..<(4 * 32)].allSatisfy { $0 == 0 })
    #expect(coarse.pixels[16 * 32 + 15] > 0)
  }

  @Test(arguments: [
    ("kind=blind_imagin", "did you mean 'blind_imaging'"), ("truth={}", "truths"),
    ("truths.spot.gausian={}", "gaussian"), ("truths.spot.gaussian.width=2", "0.001 to 1"),
    ("truths.spot.gaussian.widht=2", "width"), ("truths.spot={}", "is empty"),
    ("truths.spot={image: nowhere.fits}", "nowhere.fits"), ("truths={}", "is empty"),
    ("arrays.eht.array=eht2018", "eht2017"), ("arrays.eht.date=2017-14-11", "2017-04-11"),
    ("arrays.eht.elevation_limit=88", "no two stations"),
    ("arrays.eht.hours=[3]", "such as [0, 24]"),
    ("arrays.eht.field_of_view=1", "resolution of the array"), ("reconstruct.folds=1", "2 to 1000"),
    ("arrays.eht.cadence=30", "length of an integration"), ("prior={}", "unknown key 'prior'"),
    ("truths={'a/b': {disc: {}}}", "underscores"),
  ])
  func wrongSettingsAreNamed(_ override: String, _ hint: String) throws {
    do {
      _ = try experiment(overrides: [override])
      Issue.record("\(override) was accepted")
    } catch {
      let text = "\(error)"
      #expect(text.contains(hint), "\(text)")
      #expect(!text.contains("\n"))
    }
  }
}

/// Of an image about its centroid, radians.
private struct Moments {
  let flux: Double
  let x: Double
  let y: Double
  let xx: Double
  let yy: Double

  init(_ image: SkyImage) {
    func mean(_ value: (Double, Double) -> Double) -> Double {
      image.pixels.indices.reduce(0.0) { sum, k in
        let place = (image.x(column: k % image.width), image.y(row: k / image.width))
        return sum + image.pixels[k] * value(place.0, place.1)
      } / image.flux
    }
    let (x, y) = (mean { x, _ in x }, mean { _, y in y })
    (flux, self.x, self.y) = (image.flux, x, y)
    xx = mean { place, _ in (place - x) * (place - x) }
    yy = mean { _, place in (place - y) * (place - y) }
  }
}

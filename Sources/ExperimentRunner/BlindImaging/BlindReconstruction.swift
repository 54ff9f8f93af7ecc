import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Observations
import SparseModeling

/// The images that all methods make of visibilities alone: nothing here knows a truth.
struct BlindReconstruction {
  struct Settings: CheckedSettings {
    /// Of the cross-validation that chooses the penalties.
    var folds = 10
    /// Values of λ and of μ that it tries.
    var gridSize = 6
    /// Relative duality gap of the sparse image.
    var tolerance = 1e-6
    /// Of both CLEANs: part of a peak that is taken, noise levels at which to stop, components at most.
    var gain = 0.1
    var threshold = 3.0
    var maximumComponents = 50_000
    /// Briggs' weighting of both CLEANs, from −2, nearly uniform, to 2, nearly natural.
    var robust = 0.0

    var ranges: [SettingRange] {
      [
        SettingRange("folds", folds, 2...1000), SettingRange("grid_size", gridSize, 1...50),
        SettingRange("tolerance", tolerance, 1e-13...0.1), SettingRange("gain", gain, 1e-6...1),
        SettingRange("threshold", threshold, 0...1e12),
        SettingRange("maximum_components", maximumComponents, 1...100_000_000),
        SettingRange("robust", robust, -2...2),
      ]
    }
  }

  enum Method: String, CaseIterable, Codable {
    case sparse, hogbom, multiscale

    var title: String {
      switch self {
      case .sparse: "sparse"
      case .hogbom: "Högbom CLEAN"
      case .multiscale: "multi-scale CLEAN"
      }
    }
  }

  /// `methods.json`: how the images were found. Written last.
  struct Record: Codable {
    let visibilities: Int
    let l1: Double
    let tsv: Double
    let relativeGap: Double
    let hasConverged: Bool
    /// Full widths of the CLEAN beam, microarcseconds.
    let beam: [Double]
    /// Components and reasons to stop of each CLEAN.
    let components: [String: Int]
    let stop: [String: String]
    let seconds: [String: Double]

    static func path(_ folder: String) -> String { "\(folder)/methods.json" }
  }

  let settings: Settings
  let seed: UInt64
  let monitor: WorkMonitor

  static func path(_ method: Method, _ folder: String) -> String {
    "\(folder)/\(method.rawValue).fits"
  }

  /// Writes the images of a set of visibilities like `grid` into `folder`; `path` is the set's file.
  ///
  /// - Throws: `FileError` for visibilities that make no image, `Interrupted`.
  func write(_ set: VisibilitySet, path: String, like grid: SkyImage, to folder: String) throws {
    var seconds: [String: Double] = [:]
    func timed<Result>(_ method: Method, _ body: () throws -> Result) throws -> Result {
      if monitor.isInterrupted { throw Interrupted() }
      let start = ContinuousClock.now
      defer { seconds[method.rawValue] = (ContinuousClock.now - start) / .seconds(1) }
      return try body()
    }
    do {
      let sparse = try timed(.sparse) {
        var settings = ImageReconstruction.Settings()
        (settings.folds, settings.gridSize) = (self.settings.folds, self.settings.gridSize)
        (settings.tolerance, settings.seed) = (self.settings.tolerance, seed)
        return try ImageReconstruction(set.visibilities, like: grid, settings, monitor: monitor)
      }
      let hogbom = try timed(.hogbom) { try clean(set, grid, scales: [0]) }
      guard case .janskyPerBeam(let beam) = hogbom.restored.unit else {
        preconditionFailure("restored images are in Jy per beam")
      }
      let multiscale = try timed(.multiscale) {
        // A point, one beam and three beams, as far as they fit into the image.
        let width = (beam.majorAxis * beam.minorAxis).squareRoot() / grid.pixelSize
        let greatest = Double((grid.width + 1) / 2)
        return try clean(set, grid, scales: [0, width, 3 * width].filter { $0 <= greatest })
      }
      let images: [Method: SkyImage] = [
        .sparse: sparse.image, .hogbom: hogbom.restored, .multiscale: multiscale.restored,
      ]
      for (method, image) in images { try image.write(to: Self.path(method, folder)) }
      let cleans: [Method: CleanResult] = [.hogbom: hogbom, .multiscale: multiscale]
      func byName<Value>(_ value: (CleanResult) -> Value) -> [String: Value] {
        Dictionary(uniqueKeysWithValues: cleans.map { ($0.key.rawValue, value($0.value)) })
      }
      try JSONFile.write(
        Record(
          visibilities: set.visibilities.count, l1: sparse.weights["l1"]!,
          tsv: sparse.weights["tsv"]!,
          relativeGap: sparse.state.relativeGap, hasConverged: sparse.hasConverged,
          beam: [beam.majorAxis, beam.minorAxis].map { $0 * 180 / .pi * 3600e6 },
          components: byName(\.iterations), stop: byName(\.stop.rawValue), seconds: seconds),
        to: Record.path(folder))
    } catch let error as ImagingError {
      throw FileError(path: path, problem: "\(error)")
    } catch let error as CleanError {
      throw FileError(path: path, problem: "\(error)")
    }
  }

  private func clean(
    _ set: VisibilitySet, _ grid: SkyImage, scales: [Double]
  ) throws -> CleanResult {
    var configuration = CleanConfiguration()
    (configuration.gain, configuration.threshold) = (settings.gain, settings.threshold)
    configuration.maximumIterations = settings.maximumComponents
    configuration.scales = scales
    return try Clean(
      set.visibilities, like: grid, .briggs(robust: settings.robust), configuration,
      threads: monitor.threads
    ).run()
  }
}

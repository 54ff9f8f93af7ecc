import ArrayFiles
import Foundation
import Inference
import Interferometry
import NumericalMethods
import Observations
import Plotting
import Probability

/// The ring of a black hole, from the closure quantities of one observation of it.
struct CrescentSubject: ExperimentSubject {
  struct Settings: CheckedSettings {
    /// Visibility files of one sky, such as the bands of one day, relative to the experiment file.
    var data: [String] = []
    /// Length of averages, s; whole scans where nil.
    var interval: Double?
    /// Shorter baselines are within a site, Gλ.
    var minimumBaseline = 0.1
    var errors = CrescentSimulator.Errors()

    var ranges: [SettingRange] {
      [
        SettingRange("interval", interval ?? 60, 1e-3...86_400),
        SettingRange("minimum_baseline", minimumBaseline, 0...100),
        SettingRange("errors.gain_spread", errors.gainSpread, 0...2),
        SettingRange("errors.non_closing", errors.nonClosing, 0...0.5),
      ]
    }
  }

  let fingerprint: String
  let warnings: [String]
  private let sets: [VisibilitySet]
  private let minimumBaseline: Double
  private let crescents: CrescentSimulator
  private let residuals: ClosureResiduals

  init(_ section: SimulatorSection) throws {
    let settings = try section.settings(Settings())
    guard !settings.data.isEmpty else {
      throw ConfigurationError(
        at: section.node.location, key: "simulator.data",
        problem: "names no file of visibilities; list one per band")
    }
    let files = settings.data.map(section.path)
    let sets = try files.map { try Self.read($0, interval: settings.interval) }
    minimumBaseline = 1e9 * settings.minimumBaseline
    do {
      crescents = CrescentSimulator(
        try ClosureData(sets, minimumBaseline: minimumBaseline), errors: settings.errors)
    } catch {
      throw FileError(path: files[error.set], problem: "\(error)")
    }
    do {
      residuals = try ClosureResiduals(
        sets, minimumBaseline: minimumBaseline, nonClosing: settings.errors.nonClosing)
    } catch {
      throw FileError(path: files[0], problem: "\(error) with visibilities of three sigma each")
    }
    self.sets = sets
    warnings =
      zip(files, sets).flatMap { file, set in set.warnings.map { "\(file): \($0)" } }
      + zip(files, sets).compactMap { file, set in
        let first = sets[0]
        if set.source != first.source {
          return "\(file) is of \(set.source), \(files[0]) of \(first.source): one sky is assumed"
        }
        return set.mjd == first.mjd
          ? nil : "\(file) is of MJD \(set.mjd), \(files[0]) of \(first.mjd): one sky is assumed"
      }
    var checksum = Checksum()
    for row in crescents.data.visibilities {
      [row.time, row.u, row.v, row.value.real, row.value.imaginary, row.sigma]
        .withUnsafeBytes { checksum.update($0) }
    }
    fingerprint = String(format: "closures-%08x", checksum.crc32)
  }

  private static func read(_ file: String, interval: Double?) throws -> VisibilitySet {
    let set = try VisibilitySet.read(file)
    do {
      guard let interval else { return try set.averagedOverScans() }
      return try set.averaged(interval: interval)
    } catch {
      throw FileError(path: file, problem: "\(error)")
    }
  }

  var simulator: any Simulator { crescents }
  var observation: [Float] { crescents.data.measured }

  func answer(
    _ samples: PosteriorSamples, prior: JointPrior, folder: String, monitor: WorkMonitor
  ) throws -> [String: Double] {
    // The model stands where the stages of a run leave it.
    let model = try PosteriorModel(folder: "\(folder)/../train")
    var answer = try CrescentAnswer(samples, residuals: residuals, sets: sets)
    answer.summary.distance = model.distances(of: [observation])?.first
    answer.summary.distanceP999 = model.distance?.quantiles.p999
    let replicas = CrescentReplicas(
      model: model, simulator: crescents, sets: sets, minimumBaseline: minimumBaseline)
    answer.summary.replicas = try replicas.chiSquared(of: samples, monitor: monitor)
    try answer.write(to: folder, threads: monitor.threads)
    if let warning = answer.summary.warning { monitor.note("warning: \(warning)") }
    return answer.summary.metrics
  }

  func describe(_ folder: String, in report: inout Report) throws {
    try CrescentAnswer.describe(folder, in: &report)
  }
}

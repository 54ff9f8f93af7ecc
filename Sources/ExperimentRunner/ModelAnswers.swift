import ArrayFiles
import Foundation
import Inference
import NumericalMethods

/// What a model says about observations from files.
public struct ModelAnswers: Sendable {
  public let model: PosteriorModel
  private let observations: [[Float]]
  private let path: String

  /// - Throws: `FileError` for a damaged model, or observations that are not the model's.
  public init(model folder: String, observations path: String) throws {
    model = try PosteriorModel(folder: folder)
    self.path = path
    observations = try NumberFile(path, members: ["x", "observation"])
      .observations(of: model.description.observationCount)
  }

  /// Writes `samples` `[m, count, parameters]`, `log_prob` `[m, count]` and `names` to an `.npz`.
  ///
  /// - Throws: `FileError`, `Interrupted`.
  public func writeSamples(
    _ count: Int, seed: UInt64, to output: String, monitor: WorkMonitor
  ) throws {
    warn(monitor)
    let names = model.prior.names
    var samples: [Double] = []
    var logDensity: [Double] = []
    samples.reserveCapacity(observations.count * count * names.count)
    let batch = max(1, min(observations.count, (1 << 20) / count))
    for start in stride(from: 0, to: observations.count, by: batch) {
      let end = min(start + batch, observations.count)
      let posteriors = model.sample(
        Array(observations[start..<end]), count: count, seed: seed, index: start,
        threads: monitor.threads)
      for posterior in posteriors {
        for sample in 0..<count {
          for column in posterior.columns { samples.append(column[sample]) }
        }
        logDensity += posterior.logDensity
      }
      try monitor.advance(
        WorkProgress(label: "sample", completed: end * count, total: observations.count * count))
    }
    var writer = NPZWriter()
    writer.add(
      "samples", NDArray(shape: [observations.count, count, names.count], values: samples))
    writer.add("log_prob", NDArray(shape: [observations.count, count], values: logDensity))
    writer.add("names", names)
    try writer.write(to: output)
  }

  /// Writes ln q(theta | x) to an `.npy`: `[n]` for one observation and n parameters, `[m, n]` for m
  /// observations; parameters `[m, n, parameters]` have n of their own for each observation, and
  /// `isPaired` means one for each, `[m]`.
  ///
  /// - Throws: `FileError` when the numbers do not match, `Interrupted`.
  public func writeLogDensities(
    of parameterPath: String, isPaired: Bool, to output: String, monitor: WorkMonitor
  ) throws {
    let file = try NumberFile(parameterPath, members: ["theta", "parameters", "samples"])
    let theta = try file.parameters(model.prior.names)
    let count = observations.count
    if isPaired {
      guard theta.count == count else {
        throw FileError(
          path: file.path,
          problem: "has \(theta.count) rows of parameters for \(count) observations; --paired "
            + "takes as many of one as of the other")
      }
      warn(monitor)
      let values = model.logDensity(
        of: theta, observations: observations, threads: monitor.threads)
      return try NPY.write(NDArray(shape: [count], values: values), to: output)
    }
    let hasOwn = file.shape.count == 3
    if hasOwn, file.shape[0] != count {
      throw FileError(
        path: file.path,
        problem: "has shape \(file.shape), parameters for \(file.shape[0]) observations; there "
          + "\(count == 1 ? "is 1" : "are \(count)")")
    }
    warn(monitor)
    let perObservation = hasOwn ? theta.count / count : theta.count
    var values: [Double] = []
    for (index, observation) in observations.enumerated() {
      let own =
        hasOwn ? Array(theta[index * perObservation..<(index + 1) * perObservation]) : theta
      values += model.logDensity(of: own, observation: observation, threads: monitor.threads)
      try monitor.advance(
        WorkProgress(label: "evaluate", completed: index + 1, total: count))
    }
    let shape = count == 1 && !hasOwn ? [perObservation] : [count, perObservation]
    try NPY.write(NDArray(shape: shape, values: values), to: output)
  }

  /// Tells of observations that are far from what the model was trained on.
  private func warn(_ monitor: WorkMonitor) {
    guard let quantiles = model.distance?.quantiles,
      let distances = model.distances(of: observations)
    else { return }
    let far = distances.indices.filter { distances[$0] > quantiles.p999 }
    guard let farthest = far.max(by: { distances[$0] < distances[$1] }) else { return }
    let which =
      observations.count == 1
      ? "the observation lies"
      : "\(far.count) of \(observations.count) observations lie, the farthest being number "
        + "\(farthest) (from 0),"
    monitor.note(
      String(
        format: "warning: %@: %@ farther from the simulations than 99.9 %% of them: distance %.3g, "
          + "where 99.9 %% are below %.3g; do not trust the posterior there", path, which,
        distances[farthest], quantiles.p999))
  }
}

/// Whether a model's posteriors of stored simulations can be believed: what `sibyl calibrate` does.
public enum ModelCalibration {
  /// Writes `calibration.json` and figures into `folder`.
  ///
  /// - Throws: `FileError`, `Interrupted`.
  public static func write(
    model modelFolder: String, simulations path: String, configuration: Calibration.Configuration,
    seed: UInt64, to folder: String, monitor: WorkMonitor
  ) throws -> Calibration {
    let model = try PosteriorModel(folder: modelFolder)
    let simulations = try StoredSimulations.open(path, scratch: folder, monitor: monitor)
    if simulations.fingerprint == model.description.observationFingerprint {
      monitor.note(
        "warning: \(path) are the simulations that the model was trained on; only fresh ones say "
          + "whether it can be believed")
    }
    let calibration = try Calibration.run(
      model, simulations: simulations, configuration: configuration, seed: seed, monitor: monitor)
    try JSONFile.write(calibration, to: "\(folder)/calibration.json")
    _ = try CalibrationFigures(calibration, folder: folder)
    return calibration
  }
}

extension ModelCalibration {
  /// The statistics as a table.
  public static func summary(_ statistics: Calibration.Statistics) -> String {
    let rows =
      statistics.ranks.sorted { $0.key < $1.key }.map { ("ranks of \($0.key)", $0.value) }
      + [("coverage", statistics.coverage), ("TARP", statistics.tarp)]
    let width = rows.map(\.0.count).max()!
    let lines = rows.map { name, value in
      name + String(repeating: " ", count: width - name.count)
        + String(format: "  distance from uniform %.3f, p = %.2g", value.distance, value.pValue)
    }
    let coverage = ["0.5", "0.68", "0.9"].map { level in
      String(format: "%.1f %%", 100 * (statistics.expectedCoverage[level] ?? .nan))
    }
    return
      (lines + [
        "the 50, 68 and 90 % regions hold the truth in \(coverage.joined(separator: ", "))"
      ]).joined(separator: "\n")
  }
}

import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Plotting
import Probability

/// A simulator without an exact likelihood, asked about one observation.
struct ObservedSimulator: ExperimentSubject {
  let simulator: any Simulator
  let observation: [Float]
  let fingerprint: String
  let warnings: [String] = []

  /// - Parameter settings: what the simulator depends on beside its name.
  init(_ simulator: any Simulator, observation: [Float], settings: String) {
    (self.simulator, self.observation) = (simulator, observation)
    fingerprint = Sibyl.fingerprint([settings] + observation.map { "\($0)" })
  }

  /// The observation that a section names: an `.npy` file with the simulator's values.
  init(_ simulator: any Simulator, _ section: SimulatorSection) throws {
    self.simulator = simulator
    let path = section.path(try section.node.node("observation").string)
    let array = try NPY.read(path, as: Float.self)
    guard array.values.count == simulator.observationCount, array.values.allSatisfy(\.isFinite)
    else {
      throw FileError(
        path: path,
        problem: "has shape \(array.shape), expected \(simulator.observationCount) finite values")
    }
    observation = array.values
    fingerprint = Sibyl.fingerprint(observation.map { "\($0)" })
  }

  func answer(
    _ samples: PosteriorSamples, prior: JointPrior, folder: String, monitor: WorkMonitor
  ) throws -> [String: Double] {
    let columns = samples.names.map { samples.column($0) }
    var writer = NPZWriter()
    for (name, column) in zip(samples.names, columns) {
      writer.add(name, NDArray(shape: [column.count], values: column))
    }
    writer.add(
      "log_prob", NDArray(shape: [samples.logDensity.count], values: samples.logDensity))
    try writer.write(to: "\(folder)/samples.npz")
    try CornerFigure(names: samples.names, columns: columns).write(to: "\(folder)/corner")
    let summaries = zip(samples.names, columns).map { ParameterSummary($0, $1, weights: nil) }
    try JSONFile.write(summaries, to: "\(folder)/summary.json")
    return Dictionary(uniqueKeysWithValues: summaries.map { ("\($0.name)_median", $0.median) })
  }

  func describe(_ folder: String, in report: inout Report) throws {
    let summaries = try JSONFile.read([ParameterSummary].self, "\(folder)/summary.json")
    report.section("Posterior")
    report.addTable(
      headers: ["parameter", "median", "16 %", "84 %"],
      rows: summaries.map { summary in
        [summary.name]
          + [summary.median, summary.p16, summary.p84].map { String(format: "%.4f", $0) }
      }, caption: "Marginal quantiles.")
    try report.addFigure(pngPath: "\(folder)/corner.png", caption: "Posterior samples.")
  }
}

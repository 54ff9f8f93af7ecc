import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Plotting
import Probability
import Surrogates
import ThreeBody

/// A surrogate of gravitating systems: where the bodies are, from the time and what the systems differ in; and how
/// far it can be believed.
///
/// Reference: Breen, Foley, Boekholt & Portegies Zwart (2020), MNRAS 494, 2465.
struct TrajectorySurrogate: ExperimentKind {
  static let name = "trajectory_surrogate"
  static let simulation = Stage("simulate", sections: inputs)
  static let training = Stage("train", sections: inputs + ["train", "surrogate"])
  static let testing = Stage("test", sections: inputs + ["train", "surrogate", "test"])
  static let stages = [simulation, training, testing]
  private static let inputs = ["simulator", "prior", "simulate"]

  /// The section `simulator`.
  struct System: CheckedSettings {
    var bodies = 3
    /// Numbers of the system that do not vary; the prior names the others.
    var fixed: [String: Double] = [:]
    var balancesLast = false
    var largestDistance = Double.infinity
    var gravitationalConstant = 1.0
    /// Of one integration; systems that need more are excluded.
    var maximumSteps = GravityIntegration().maximumSteps
    /// The last time.
    var end = 0.0
    /// From 0 to the end, evenly.
    var times = 101

    var ranges: [SettingRange] {
      [
        SettingRange("end", end, 1e-12...1e12), SettingRange("times", times, 2...100_000),
        SettingRange("maximum_steps", maximumSteps, 1...1_000_000_000),
      ]
    }

    /// - Parameter isBetween: whether to take the middles between the times instead.
    func simulator(parameters: [String], isBetween: Bool = false) throws -> GravitySimulator {
      var settings = ThreeBodySubject.Settings()
      (settings.bodies, settings.fixed, settings.balancesLast) = (bodies, fixed, balancesLast)
      (settings.largestDistance, settings.gravitationalConstant) = (
        largestDistance, gravitationalConstant
      )
      settings.maximumSteps = maximumSteps
      let step = end / Double(times - 1)
      settings.times = (0..<times - (isBetween ? 1 : 0)).map {
        (Double($0) + (isBetween ? 0.5 : 0)) * step
      }
      return try settings.simulator(parameters: parameters)
    }
  }

  /// The section `train`.
  struct Train: CheckedSettings {
    var form = TrajectoryForm.instants
    /// Of `instants`, every how many-th time of a system is a row; different ones of different systems.
    var stride = 1
    /// The part of the systems that only calibrates error bars and the limit of refusal.
    var calibrationFraction = 0.1
    /// The mean error of what is not refused.
    var accuracy = 0.01

    var ranges: [SettingRange] {
      [
        SettingRange("stride", stride, 1...100_000),
        SettingRange("calibration_fraction", calibrationFraction, 0.001...0.5),
        SettingRange("accuracy", accuracy, 0...1e6),
      ]
    }
  }

  /// The section `test`.
  struct Test: CheckedSettings {
    /// Draws from the prior, those without an answer included.
    var count = 3_300

    var ranges: [SettingRange] { [SettingRange("count", count, 10...10_000_000)] }
  }

  let simulatorName = "three_body"
  let fingerprint = Sibyl.fingerprint([name])
  let warnings: [String] = []
  private let system: System
  private let prior: JointPrior
  private let simulate: SimulationRun.Configuration
  private let train: Train
  private let test: Test
  private let method: any SurrogateMethod
  private let simulator: GravitySimulator
  /// At times between those of the training set.
  private let testSimulator: GravitySimulator

  init(_ file: ExperimentFile) throws {
    let configuration = file.configuration
    let priorNode = try configuration.node("prior")
    let node = try configuration.node("simulator")
    prior = try JointPrior(priorNode)
    _ = try node.node("end")
    system = try node.decoded(over: System())
    simulate = try configuration.section("simulate", defaults: .init())
    train = try configuration.section("train", defaults: Train())
    test = try configuration.section("test", defaults: Test())
    method = try Catalog.surrogate(configuration.node("surrogate"))
    do {
      simulator = try system.simulator(parameters: prior.names)
      testSimulator = try system.simulator(parameters: prior.names, isBetween: true)
    } catch let problem as GravityError {
      throw node.error("is no system: \(problem)")
    }
  }

  // MARK: - Stages

  func perform(_ stage: Stage, of run: ExperimentRun) throws -> [String: Double] {
    switch stage {
    case Self.simulation: return try simulate(run)
    case Self.training: return try train(run)
    case Self.testing: return try test(run)
    default: preconditionFailure("'\(stage.name)' is a stage of another kind")
    }
  }

  /// Draws systems; those for tests from other random streams.
  private func systems(
    _ simulator: GravitySimulator, count: Int, seed: UInt64, to folder: String, _ stage: Stage,
    _ run: ExperimentRun
  ) throws -> TrainingSet {
    var configuration = simulate
    configuration.count = count
    return try run.simulations(
      of: simulator, prior, configuration, seed: seed, to: folder, for: stage)
  }

  private func simulate(_ run: ExperimentRun) throws -> [String: Double] {
    let set = try systems(
      simulator, count: simulate.count, seed: run.experiment.file.seed,
      to: run.folder(Self.simulation), Self.simulation, run)
    return [
      "systems": Double(set.rowCount), "failures": Double(set.failures.values.reduce(0, +)),
    ]
  }

  /// What a trained surrogate refuses.
  private struct Refusal: Codable {
    /// Of the mean error bar of a row.
    let limit: Double
  }

  private func train(_ run: ExperimentRun) throws -> [String: Double] {
    let folder = run.folder(Self.training)
    let rows = try TrajectoryRows(TrainingSet(folder: run.folder(Self.simulation)), simulator)
    let held = max(Int(train.calibrationFraction * Double(rows.systemCount)), 1)
    guard rows.systemCount >= 20 else {
      throw FileError(
        path: run.folder(Self.simulation),
        problem: "has \(rows.systemCount) systems, at least 20 are needed")
    }
    let first = rows.systemCount - held
    let training = rows.data(0..<first, train.form, stride: train.stride)
    let calibration = rows.data(first..<rows.systemCount, train.form, stride: train.stride)
    let names = rows.names(train.form)
    let model: SurrogateModel
    do {
      model = try SurrogateModel(
        fitting: method, to: training, calibratedOn: calibration, inputNames: names.inputs,
        outputNames: names.outputs,
        FittingContext(
          seed: run.experiment.file.seed, monitor: run.monitor,
          checkpoint: "\(folder)/checkpoint"))
    } catch let error as SurrogateError {
      throw FileError(path: run.folder(Self.simulation), problem: "\(error)")
    }
    // Rows are systems at a time, whatever those of the surrogate are.
    let found = model.predict(calibration.x, threads: run.monitor.threads).prediction
    let errors = RowErrors(found, truth: calibration.y, outputs: rows.outputNames.count)
    let limit = errors.limit(accuracy: train.accuracy)
    try model.write(to: folder, version: Sibyl.version)
    try JSONFile.write(Refusal(limit: limit), to: "\(folder)/refusal.json")
    return ["rows": Double(training.rowCount), "refusal_limit": limit]
  }

  private func test(_ run: ExperimentRun) throws -> [String: Double] {
    let folder = run.folder(Self.testing)
    let seed = run.seed(for: Self.testing.name)
    let set = try systems(
      testSimulator, count: test.count, seed: seed, to: "\(folder)/systems", Self.testing, run)
    guard set.rowCount > 0 else {
      throw FileError(path: "\(folder)/systems", problem: "has no converged system")
    }
    let model = try SurrogateModel.read(run.folder(Self.training))
    let limit = try JSONFile.read(
      Refusal.self, "\(run.folder(Self.training))/refusal.json"
    ).limit
    let rows = try TrajectoryRows(set, testSimulator)
    let truth = rows.positions.flatMap(\.self)
    // On one thread, as the integration is timed.
    var prediction = Prediction(mean: [], standardDeviation: [])
    let predicting = ContinuousClock().measure {
      prediction = rows.prediction(
        by: model, train.form, at: simulator.times, threads: 1)
    }
    let integrating = try integrationSeconds(rows)
    let errors = RowErrors(prediction, truth: truth, outputs: rows.outputNames.count)
    let scores = TrajectoryScores(
      errors, coverage: prediction.coverage(of: truth, levels: TrajectoryScores.levels),
      timeCount: rows.times.count, limit: limit)
    try JSONFile.write(scores, to: "\(folder)/result.json")
    let lyapunov = LyapunovBins(
      growths: try LyapunovBins.growths(of: rows, testSimulator, monitor: run.monitor),
      errors: errors, limit: limit)
    try JSONFile.write(lyapunov, to: "\(folder)/lyapunov.json")
    try TrajectoryFigures(
      rows: rows, prediction: prediction, errors: errors, scores: scores, lyapunov: lyapunov,
      limit: limit, system: testSimulator.system
    ).write(to: folder)
    var metrics = [
      "systems": Double(scores.systems), "mean_error": scores.ofRows.mean,
      "median_error_rows": scores.ofRows.median, "median_error_systems": scores.ofSystems.median,
      "coverage_90": scores.coverage90, "refused": scores.refusedShare,
      "microseconds_per_prediction": 1e6 * (predicting / .seconds(1)) / Double(scores.rows),
      "microseconds_per_integration": 1e6 * integrating,
    ]
    metrics["mean_error_answered"] = scores.ofAnswered?.mean
    metrics["median_error_answered"] = scores.ofAnswered?.median
    metrics["mean_error_refused"] = scores.ofRefused?.mean
    return metrics
  }

  /// Of one converged system to its last time, on one thread.
  private func integrationSeconds(_ rows: TrajectoryRows) throws -> Double {
    let systems = try rows.parameters.prefix(256).map { try testSimulator.system.system($0) }
    let time = try ContinuousClock().measure {
      _ = try testSimulator.integration.trajectories(of: systems, times: rows.times)
    }
    return time / .seconds(1) / Double(systems.count)
  }
}

import ArrayFiles
import Foundation
import Inference
import NeuralNetworks
import NumericalMethods
import Plotting
import Probability

extension Stage {
  private static let training = ["simulator", "prior", "simulate", "network", "train"]

  public static let simulate = Stage("simulate", sections: ["simulator", "prior", "simulate"])
  public static let train = Stage("train", sections: training)
  public static let calibrate = Stage("calibrate", sections: training + ["calibrate"])
  public static let infer = Stage("infer", sections: training + ["infer"])
}

/// The posterior of a simulator's parameters, learned from its simulations: the usual kind.
struct PosteriorExperiment: ExperimentKind {
  struct InferConfiguration: CheckedSettings {
    /// Posterior samples.
    var samples = 10_000

    var ranges: [SettingRange] { [SettingRange("samples", samples, 1...10_000_000)] }
  }

  static let name = "posterior"
  static let stages: [Stage] = [.simulate, .train, .calibrate, .infer]

  let subject: any ExperimentSubject
  let simulatorName: String
  private let prior: JointPrior
  private let simulate: SimulationRun.Configuration
  private let architecture: Architecture
  private let train: PosteriorTraining.Configuration
  private let calibrate: Calibration.Configuration
  private let infer: InferConfiguration

  var fingerprint: String { subject.fingerprint }
  var warnings: [String] { subject.warnings }

  init(_ file: ExperimentFile) throws {
    let configuration = file.configuration
    let priorNode = try configuration.node("prior")
    prior = try JointPrior(priorNode)
    simulate = try configuration.section("simulate", defaults: .init())
    architecture = try configuration.section("network", defaults: .init())
    train = try configuration.section("train", defaults: .init())
    calibrate = try configuration.section("calibrate", defaults: .init())
    infer = try configuration.section("infer", defaults: .init())
    // Settings first: a misspelt key is told before any data are read.
    let section = try SimulatorSection(file)
    subject = try Catalog.subject(section)
    simulatorName = try section.node.node("name").string
    do {
      _ = try prior.columns(of: subject.simulator.parameterNames)
    } catch let error as PriorError {
      throw ConfigurationError(at: priorNode.location, key: "prior", problem: error.problem)
    }
  }

  private func simulation(_ run: ExperimentRun) throws -> SimulationRun {
    try SimulationRun(
      simulator: subject.simulator, name: simulatorName, prior: prior, configuration: simulate,
      seed: run.experiment.file.seed,
      fingerprint: try run.experiment.fingerprint(of: .simulate))
  }

  func perform(_ stage: Stage, of run: ExperimentRun) throws -> [String: Double] {
    let (folder, monitor) = (run.folder(stage), run.monitor)
    let seed = run.experiment.file.seed
    func model() throws -> PosteriorModel { try PosteriorModel(folder: run.folder(.train)) }
    switch stage {
    case .simulate:
      let set = try simulation(run).write(to: folder, monitor: monitor)
      for (reason, count) in set.failures.sorted(by: { $0.key < $1.key }) {
        monitor.note("excluded \(count) simulations: \(reason)")
      }
      return [
        "rows": Double(set.rowCount), "failures": Double(set.failures.values.reduce(0, +)),
      ]
    case .train:
      let training = try PosteriorTraining(
        TrainingSet(folder: run.folder(.simulate)).simulations, model: subject.simulator,
        prior: prior, architecture: architecture, configuration: train, seed: seed)
      let history = try training.run(
        in: folder, observationFingerprint: subject.fingerprint,
        provenance: run.provenance, monitor: monitor
      ).history
      let best = history.min { $0.validation < $1.validation }!
      return [
        "epochs": Double(history.count), "best_epoch": Double(best.epoch + 1),
        "best_validation_loss": best.validation,
      ]
    case .calibrate:
      let calibration = try Calibration.run(
        model(), simulation: simulation(run), configuration: calibrate, seed: seed,
        monitor: monitor)
      try JSONFile.write(calibration, to: "\(folder)/calibration.json")
      var metrics: [String: Double] = [:]
      for level in [0.5, 0.68, 0.9] {
        metrics[String(format: "coverage_%.0f", 100 * level)] = calibration.coverage(level)
      }
      for (index, name) in calibration.names.enumerated() {
        metrics["rank_deviation_\(name)"] = calibration.rankDeviation(index)
      }
      return metrics
    case .infer:
      let samples = try model().sample(
        subject.observation, count: infer.samples, seed: seed, threads: monitor.threads)
      return try subject.answer(samples, prior: prior, folder: folder, monitor: monitor)
    default: preconditionFailure("'\(stage.name)' is a stage of another kind")
    }
  }

  func describe(_ run: ExperimentRun, in report: inout Report) throws {
    try subject.describe(run.folder(.infer), in: &report)
    let calibrate = run.folder(.calibrate)
    try Self.describeCalibration(calibrate, figures: calibrate, in: &report)
    try describeTraining(run, in: &report)
  }

  /// Adds what the calibrate stage left in `folder`, drawing its figures into `figures`.
  static func describeCalibration(
    _ folder: String, figures: String, in report: inout Report
  ) throws {
    let calibration = try JSONFile.read(Calibration.self, "\(folder)/calibration.json")
    let figures = try CalibrationFigures(calibration, folder: figures)
    report.section("Belief")
    report.addParagraph(
      "\(calibration.credibilities.count) fresh simulations from the prior, "
        + "\(calibration.samples) posterior samples each.")
    report.addTable(
      headers: ["credibility", "expected coverage"],
      rows: [0.5, 0.68, 0.9].map { level in
        [
          String(format: "%.0f %%", 100 * level),
          String(format: "%.1f %%", 100 * calibration.coverage(level)),
        ]
      },
      caption: "How often the truth lies in the posterior's highest-density region of a "
        + "credibility.")
    try report.addFigure(
      pngPath: figures.coverage, caption: "Expected coverage with its 95 % sampling band.")
    try report.addFigure(
      pngPath: figures.tarp,
      caption: "Coverage of TARP regions, around random points, with its 95 % sampling band.")
    try report.addFigure(
      pngPath: figures.ranks,
      caption: "Simulation-based calibration: the ECDF of each parameter's ranks minus the "
        + "uniform law, with the simultaneous 95 % band.")
  }

  private func describeTraining(_ run: ExperimentRun, in report: inout Report) throws {
    let folder = run.folder(.train)
    let history = try EpochLoss.read("\(folder)/metrics.jsonl")
    let figure = try TrainingFigure(history).write(to: "\(folder)/training")
    report.section("Training")
    let set = try TrainingSet(folder: run.folder(.simulate), verify: false)
    report.addParagraph(
      "\(set.rowCount) simulations, of which \(Int(100 * train.validationFraction)) % "
        + "only validate; \(history.count) epochs.")
    for (reason, count) in set.failures.sorted(by: { $0.key < $1.key }) {
      report.addParagraph("\(count) further draws were excluded: \(reason).")
    }
    try report.addFigure(
      pngPath: figure.png, caption: "Mean −ln q of the parameters, in latent space.")
  }
}

extension TrainingFigure {
  /// The losses of all members.
  public init(_ history: [EpochLoss]) {
    let members = Dictionary(grouping: history, by: \.member).sorted { $0.key < $1.key }
    self.init(
      training: members.map { $0.value.map(\.training) },
      validation: members.map { $0.value.map(\.validation) })
  }
}

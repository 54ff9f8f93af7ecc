import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Plotting
import Probability
import Surrogates

/// A surrogate of any simulator, from simulations that a prior draws or, with a section `design`, from those where it
/// would learn most; and how far it can be believed.
struct SimulatorSurrogate: ExperimentKind {
  static let name = "surrogate"
  static let simulation = Stage("simulate", sections: inputs)
  static let training = Stage("train", sections: learning)
  static let testing = Stage("test", sections: learning + ["test"])
  static let stages = [simulation, training, testing]
  private static let inputs = ["simulator", "prior", "simulate"]
  private static let learning = inputs + ["train", "surrogate", "design"]
  /// Outputs with numbers and a panel of their own; `result.json` has all.
  static let shownOutputs = 6

  /// The section `train`.
  struct Train: CheckedSettings {
    /// The part of the simulations from the prior that only calibrates error bars.
    var calibrationFraction = 0.1

    var ranges: [SettingRange] {
      [SettingRange("calibration_fraction", calibrationFraction, 0.001...0.9)]
    }
  }

  /// The section `test`.
  struct Test: CheckedSettings {
    /// Draws from the prior, those without an answer included.
    var count = 2_000
    /// With a design: random designs of up to so many times its rows are trained to compare with; 0 for none.
    var randomFactor = 4.0
    /// Draws from the prior that are predicted without being simulated.
    var population = 0

    var ranges: [SettingRange] {
      [
        SettingRange("count", count, 10...10_000_000),
        SettingRange("random_factor", randomFactor, 0...1_000),
        SettingRange("population", population, 0...1_000_000_000),
      ]
    }
  }

  let simulatorName: String
  let fingerprint: String
  let warnings: [String] = []
  let design: ActiveDesign?
  let function: SimulatedFunction
  private let simulate: SimulationRun.Configuration
  private let train: Train
  private let test: Test
  private let method: any SurrogateMethod

  init(_ file: ExperimentFile) throws {
    let configuration = file.configuration
    let priorNode = try configuration.node("prior")
    let prior = try JointPrior(priorNode)
    simulate = try configuration.section("simulate", defaults: .init())
    train = try configuration.section("train", defaults: Train())
    test = try configuration.section("test", defaults: Test())
    design = try configuration["design"].map { try $0.decoded(over: ActiveDesign()) }
    method = try Catalog.surrogate(configuration.node("surrogate"))
    let section = try SimulatorSection(file)
    simulatorName = try section.node.node("name").string
    let described = try Catalog.simulator(section)
    fingerprint = Sibyl.fingerprint([Self.name, described.fingerprint])
    do {
      function = try SimulatedFunction(described.simulator, prior: prior)
    } catch let error as PriorError {
      throw ConfigurationError(at: priorNode.location, key: "prior", problem: error.problem)
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

  /// Draws from the prior into a folder.
  private func simulations(
    _ count: Int, seed: UInt64, to folder: String, _ stage: Stage, _ run: ExperimentRun
  ) throws -> TrainingSet {
    var configuration = simulate
    configuration.count = count
    return try run.simulations(
      of: function.simulator, function.prior, configuration, seed: seed, to: folder, for: stage)
  }

  private func simulate(_ run: ExperimentRun) throws -> [String: Double] {
    let set = try simulations(
      simulate.count, seed: run.experiment.file.seed, to: run.folder(Self.simulation),
      Self.simulation, run)
    return [
      "rows": Double(set.rowCount), "failures": Double(set.failures.values.reduce(0, +)),
    ]
  }

  /// The simulations of the first stage: those to learn from, and fits that are calibrated with the others.
  private func prepared(
    _ run: ExperimentRun, _ set: TrainingSet
  ) throws -> (initial: RegressionData, fits: SurrogateFits) {
    let folder = run.folder(Self.simulation)
    let all = try function.data(set, threads: run.monitor.threads)
    let held = Int(train.calibrationFraction * Double(all.rowCount))
    guard held >= 10, all.rowCount - held >= 10 else {
      throw FileError(
        path: folder,
        problem: "has \(all.rowCount) rows, of which \(held) calibrate; at least 10 are needed for "
          + "this, and 10 to train on")
    }
    let first = all.rowCount - held
    let fits = SurrogateFits(
      function: function, method: method, seed: run.experiment.file.seed,
      calibration: all.rows(first..<all.rowCount), monitor: run.monitor)
    return (all.rows(0..<first), fits)
  }

  private func rounds(_ fits: SurrogateFits, _ run: ExperimentRun) -> DesignRounds? {
    design.map {
      DesignRounds(
        fits: fits, design: $0, partSize: simulate.shardSize, folder: run.folder(Self.training))
    }
  }

  private func train(_ run: ExperimentRun) throws -> [String: Double] {
    let folder = run.folder(Self.training)
    let set = try TrainingSet(folder: run.folder(Self.simulation))
    let (initial, fits) = try prepared(run, set)
    guard let rounds = rounds(fits, run) else {
      _ = try fits.model(of: initial, in: folder)
      return ["rows": Double(initial.rowCount)]
    }
    let last = try rounds.run(from: initial, refused: function.refused(in: set)).last!
    try last.model.write(to: folder, version: Sibyl.version)
    return ["rows": Double(last.rows), "failures": Double(try rounds.failures())]
  }

  private func test(_ run: ExperimentRun) throws -> [String: Double] {
    let folder = run.folder(Self.testing)
    let set = try simulations(
      test.count, seed: run.seed(for: Self.testing.name), to: "\(folder)/simulations", Self.testing,
      run)
    let truth = try function.data(set, threads: run.monitor.threads)
    guard truth.rowCount > 0 else {
      throw FileError(path: "\(folder)/simulations", problem: "has no row with an answer")
    }
    let model = try SurrogateModel.read(run.folder(Self.training))
    let theta = try set.simulations.read(0..<set.rowCount).theta
    // On one thread, as the simulations are timed.
    var prediction = Prediction(mean: [], standardDeviation: [])
    let predicting = ContinuousClock().measure {
      prediction = model.predict(function.inputs(theta)).prediction
    }
    let scores = SurrogateScores(prediction, truth: truth, names: function.outputNames)
    try JSONFile.write(scores, to: "\(folder)/result.json")
    try CoverageFigure(
      levels: SurrogateScores.curveLevels, coverage: scores.coverageCurve,
      simulations: scores.rows, noun: "rows"
    ).write(to: "\(folder)/coverage")
    try PredictionFigure(prediction, truth, names: function.outputNames)
      .write(to: "\(folder)/predictions")
    let perPrediction = 1e6 * (predicting / .seconds(1)) / Double(scores.rows)
    let perSimulation = 1e6 * function.seconds(theta)
    var metrics = scores.metrics.merging(
      [
        "rows": Double(scores.rows), "microseconds_per_prediction": perPrediction,
        "microseconds_per_simulation": perSimulation, "speedup": perSimulation / perPrediction,
      ], uniquingKeysWith: { $1 })
    for output in scores.outputs.prefix(Self.shownOutputs) {
      metrics.merge(output.metrics, uniquingKeysWith: { $1 })
    }
    if test.population > 0 {
      let population = try PredictedPopulation(
        of: function, by: model, draws: test.population, seed: run.seed(for: "population"),
        monitor: run.monitor)
      try JSONFile.write(population, to: "\(folder)/population.json")
      try DistributionFigure(population).write(to: "\(folder)/population")
      metrics.merge(population.metrics, uniquingKeysWith: { $1 })
    }
    if let comparison = try comparison(truth, run) {
      try JSONFile.write(comparison, to: "\(folder)/designs.json")
      try DesignFigure(comparison).write(to: "\(folder)/designs")
      metrics.merge(comparison.metrics, uniquingKeysWith: { $1 })
    }
    return metrics
  }

  /// The active design and random ones on the same rows; nil unless asked for.
  private func comparison(
    _ truth: RegressionData, _ run: ExperimentRun
  ) throws -> DesignComparison? {
    guard design != nil, test.randomFactor >= 1 else { return nil }
    let set = try TrainingSet(folder: run.folder(Self.simulation))
    let (initial, fits) = try prepared(run, set)
    let rounds = rounds(fits, run)!
    let folder = "\(run.folder(Self.testing))/random"
    func point(_ rows: Int, _ model: SurrogateModel) -> DesignComparison.Point {
      let prediction = model.predict(truth.x, threads: run.monitor.threads).prediction
      let scores = SurrogateScores(prediction, truth: truth, names: function.outputNames)
      return DesignComparison.Point(
        simulations: rows + fits.calibration.rowCount, relativeError: scores.relativeError,
        relativeAbsolute: scores.relativeAbsolute)
    }
    // What was trained is read.
    let models = try rounds.run(from: initial, refused: function.refused(in: set))
    let active = models.map { point($0.rows, $0.model) }
    let sizes = DesignComparison.sizes(models.map(\.rows), factor: test.randomFactor)
    // As many draws as have so many answers, and a tenth more.
    let answered = Double(initial.rowCount + fits.calibration.rowCount) / Double(simulate.count)
    let needed = Double(sizes.last! - initial.rowCount)
    let further = try function.data(
      simulations(
        Int(1.1 * needed / answered) + 10, seed: run.seed(for: "random design"),
        to: "\(folder)/simulations", Self.testing, run), threads: run.monitor.threads)
    var all = initial
    all.append(further)
    // Before anything is chosen the designs are the same.
    var random = [active[0]]
    for size in sizes.dropFirst() where size <= all.rowCount {
      random.append(
        point(size, try fits.model(of: all.rows(0..<size), in: "\(folder)/rows-\(size)")))
    }
    return DesignComparison(active: active, random: random)
  }
}

extension PredictionFigure {
  /// The first outputs of predictions whose truths are known.
  init(_ prediction: Prediction, _ truth: RegressionData, names: [String]) {
    let count = truth.outputCount
    self.init(
      outputs: names.prefix(SimulatorSurrogate.shownOutputs).enumerated().map { index, name in
        func column(_ values: [Double]) -> [Double] {
          stride(from: index, to: values.count, by: count).map { values[$0] }
        }
        return Output(
          name: name, truth: truth.output(index), mean: column(prediction.mean),
          standardDeviation: column(prediction.standardDeviation))
      })
  }
}
extension DesignFigure {
  init(_ comparison: DesignComparison) {
    func curve(_ points: [DesignComparison.Point]) -> Curve {
      Curve(simulations: points.map(\.simulations), errors: points.map(\.relativeError))
    }
    self.init(active: curve(comparison.active), random: curve(comparison.random))
  }
}

extension DistributionFigure {
  init(_ population: PredictedPopulation) {
    self.init(
      curves: population.outputs.prefix(SimulatorSurrogate.shownOutputs).map {
        Curve(name: $0.name, quantiles: $0.quantiles)
      })
  }
}

import BenchmarkTasks
import Inference
import MicrolensingEvents
import Surrogates

/// Everything that experiments can name. A new simulator, or a new kind of experiments, is one line here.
///
/// Embedding networks and density estimators are listed in `Architecture` (Inference).
public enum Catalog {
  static let kinds: [any ExperimentKind.Type] = [
    BlindImaging.self,
    ClosureSurvey.self,
    PosteriorExperiment.self,
    SimulatorSurrogate.self,
    TrajectorySurrogate.self,
  ]

  /// How a simulator, and the subject of a posterior, are made from the `simulator` section of an experiment.
  struct Entry: Sendable {
    let name: String
    let simulator: @Sendable (SimulatorSection) throws -> DescribedSimulator
    let subject: @Sendable (SimulatorSection) throws -> any ExperimentSubject
  }

  static let simulators: [Entry] = [
    Entry("crescent", subject: CrescentSubject.init),
    Entry("microlensing_event", subject: MicrolensingEventSubject.init),
    Entry("orbital_degradation", observed: PulsarPopulation.init),
    Entry("slcp", SLCP()),
    Entry("three_body", simulator: ThreeBodySubject.simulator, subject: ThreeBodySubject.make),
    Entry("two_moons", TwoMoons()),
  ]

  /// The kind that a file names.
  ///
  /// - Throws: `ConfigurationError` for an unknown name, with the nearest known one.
  static func kind(_ node: ConfigurationNode) throws -> any ExperimentKind.Type {
    try entry(node, of: "kind", among: kinds) { $0.name }
  }

  /// The simulator that a `simulator` section describes, whatever may have been observed.
  ///
  /// - Throws: `ConfigurationError` for an unknown name, with the nearest known one.
  static func simulator(_ section: SimulatorSection) throws -> DescribedSimulator {
    try entry(section).simulator(section)
  }

  /// The subject that a `simulator` section describes.
  ///
  /// - Throws: `ConfigurationError` for an unknown name, with the nearest known one.
  static func subject(_ section: SimulatorSection) throws -> any ExperimentSubject {
    try entry(section).subject(section)
  }

  private static func entry(_ section: SimulatorSection) throws -> Entry {
    try entry(section.node.node("name"), of: "simulator", among: simulators) { $0.name }
  }

  /// The method of surrogates that a section names, with its settings.
  ///
  /// - Throws: `ConfigurationError` for an unknown name, with the nearest known one.
  static func surrogate(_ node: ConfigurationNode) throws -> any SurrogateMethod {
    func settings<Method: SurrogateMethod>(_ type: Method.Type) throws -> any SurrogateMethod {
      try node.decoded(over: Method(), besides: ["method"])
    }
    let type = try entry(node.node("method"), of: "method", among: SurrogateCatalog.methods) {
      $0.name
    }
    return try settings(type)
  }

  private static func entry<Entry>(
    _ node: ConfigurationNode, of what: String, among entries: [Entry], name: (Entry) -> String
  ) throws -> Entry {
    let found = try node.string
    if let entry = entries.first(where: { name($0) == found }) { return entry }
    let names = entries.map(name)
    let suggestion = NearestName.suggest(found, among: names)
    throw ConfigurationError(
      at: node.location, key: node.path,
      problem: "unknown \(what) '\(found)'"
        + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
        + " (valid: \(names.joined(separator: ", ")))")
  }
}

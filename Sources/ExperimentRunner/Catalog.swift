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
    TrajectorySurrogate.self,
  ]

  /// How a subject is made from the `simulator` section of an experiment.
  struct Entry: Sendable {
    let name: String
    let make: @Sendable (SimulatorSection) throws -> any ExperimentSubject
  }

  static let simulators: [Entry] = [
    Entry(name: "crescent") { try CrescentSubject($0) },
    Entry(name: "microlensing_event") { try MicrolensingEventSubject($0) },
    Entry(name: "slcp") { try ObservedSimulator(SLCP(), $0) },
    Entry(name: "three_body") { try ThreeBodySubject.make($0) },
    Entry(name: "two_moons") { try ObservedSimulator(TwoMoons(), $0) },
  ]

  /// The kind that a file names.
  ///
  /// - Throws: `ConfigurationError` for an unknown name, with the nearest known one.
  static func kind(_ node: ConfigurationNode) throws -> any ExperimentKind.Type {
    try entry(node, of: "kind", among: kinds) { $0.name }
  }

  /// The subject that a `simulator` section describes.
  ///
  /// - Throws: `ConfigurationError` for an unknown name, with the nearest known one.
  static func subject(_ section: SimulatorSection) throws -> any ExperimentSubject {
    try entry(section.node.node("name"), of: "simulator", among: simulators) { $0.name }
      .make(section)
  }

  /// The method of surrogates that a node names.
  ///
  /// - Throws: `ConfigurationError` for an unknown name, with the nearest known one.
  static func surrogate(_ node: ConfigurationNode) throws -> any SurrogateMethod.Type {
    try entry(node, of: "method", among: SurrogateCatalog.methods) { $0.name }
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

/// The `simulator` section of an experiment.
struct SimulatorSection: Sendable {
  let node: ConfigurationNode
  let file: ExperimentFile

  func path(_ name: String) -> String { file.path(name) }

  /// The section's own settings, `name` aside.
  func settings<C: Codable>(_ defaults: C) throws -> C {
    try node.decoded(over: defaults, besides: ["name"])
  }
}

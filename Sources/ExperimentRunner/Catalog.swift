import BenchmarkTasks
import Inference
import MicrolensingEvents

/// Everything that experiments can name. A new simulator is one line here.
///
/// Embedding networks and density estimators are listed in `Architecture` (Inference).
public enum Catalog {
  /// How a subject is made from the `simulator` section of an experiment.
  struct Entry: Sendable {
    let name: String
    let make: @Sendable (SimulatorSection) throws -> any ExperimentSubject
  }

  static let simulators: [Entry] = [
    Entry(name: "microlensing_event") { try MicrolensingEventSubject($0) },
    Entry(name: "slcp") { try BenchmarkSubject(SLCP(), $0) },
    Entry(name: "two_moons") { try BenchmarkSubject(TwoMoons(), $0) },
  ]

  public static var simulatorNames: [String] { simulators.map(\.name) }

  /// The subject that a `simulator` section describes.
  ///
  /// - Throws: `ConfigurationError` for an unknown name, with the nearest known one.
  static func subject(_ section: SimulatorSection) throws -> any ExperimentSubject {
    let name = try section.node.node("name")
    guard let entry = simulators.first(where: { (try? name.string) == $0.name }) else {
      let found = try name.string
      let suggestion = NearestName.suggest(found, among: simulatorNames)
      throw ConfigurationError(
        at: name.location, key: "simulator.name",
        problem: "unknown simulator '\(found)'"
          + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
          + " (valid: \(simulatorNames.joined(separator: ", ")))")
    }
    return try entry.make(section)
  }
}

/// The `simulator` section of an experiment, and where its file names start from.
struct SimulatorSection: Sendable {
  let node: ConfigurationNode
  let baseFolder: String

  func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(baseFolder)/\(name)" }

  /// The section's own settings, `name` aside.
  func settings<C: Codable>(_ defaults: C) throws -> C {
    try node.decoded(over: defaults, besides: ["name"])
  }
}

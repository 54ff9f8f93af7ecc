/// The `simulator` section of an experiment.
struct SimulatorSection: Sendable {
  let node: ConfigurationNode
  let file: ExperimentFile
  /// Keys that are read by others than the simulator.
  var otherKeys = ["name"]

  init(_ file: ExperimentFile) throws {
    (node, self.file) = (try file.configuration.node("simulator"), file)
  }

  func path(_ name: String) -> String { file.path(name) }

  /// The section's own settings.
  func settings<C: Codable>(_ defaults: C) throws -> C {
    try node.decoded(over: defaults, besides: otherKeys)
  }
}

import Probability

/// A simulator, and what changes when files that it is made of do.
struct DescribedSimulator: Sendable {
  let simulator: any Simulator
  var fingerprint = ""
}

extension Catalog.Entry {
  /// A simulator without settings, asked about the observation that a section names.
  init(_ name: String, _ simulator: some Simulator) {
    self.init(
      name,
      observed: { section in
        _ = try section.settings(NoSettings())
        return simulator
      })
  }

  /// A simulator asked about the observation that a section names.
  init(
    _ name: String,
    observed simulator: @escaping @Sendable (SimulatorSection) throws -> any Simulator
  ) {
    self.name = name
    self.simulator = { DescribedSimulator(simulator: try simulator($0)) }
    subject = { section in
      var own = section
      own.otherKeys.append("observation")
      return try ObservedSimulator(simulator(own), section)
    }
  }

  /// A simulator with a subject that needs more than it.
  init(
    _ name: String, simulator: @escaping @Sendable (SimulatorSection) throws -> any Simulator,
    subject: @escaping @Sendable (SimulatorSection) throws -> any ExperimentSubject
  ) {
    (self.name, self.subject) = (name, subject)
    self.simulator = { DescribedSimulator(simulator: try simulator($0)) }
  }

  /// A simulator that is made from data.
  init(
    _ name: String, subject: @escaping @Sendable (SimulatorSection) throws -> any ExperimentSubject
  ) {
    (self.name, self.subject) = (name, subject)
    simulator = { section in
      let subject = try subject(section)
      return DescribedSimulator(simulator: subject.simulator, fingerprint: subject.fingerprint)
    }
  }
}

/// A section of which only the name is read.
private struct NoSettings: Codable {}

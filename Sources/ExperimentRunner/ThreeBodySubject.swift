import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Probability
import ThreeBody

/// A few gravitating bodies, seen at some times with noise: where were they at the beginning?
enum ThreeBodySubject {
  struct Settings: CheckedSettings {
    var bodies = 3
    /// Numbers of the system that are not inferred; the prior names the others.
    var fixed: [String: Double] = [:]
    /// Whether the last body is put so that the centre of mass rests in the origin.
    var balancesLast = false
    var largestDistance = Double.infinity
    var gravitationalConstant = 1.0
    /// When the bodies are seen.
    var times: [Double] = []
    /// Of positions and velocities.
    var noise = 0.0
    var precision = IntegrationPrecision.converged
    /// Of one integration; systems that need more are excluded.
    var maximumSteps = GravityIntegration().maximumSteps
    /// The system to infer, by the names of the prior, seen with noise of the experiment's seed.
    var truth: [String: Double] = [:]
    /// `.npy` with one observation, instead of a truth.
    var observation: String?

    var ranges: [SettingRange] {
      [SettingRange("maximum_steps", maximumSteps, 1...1_000_000_000)]
    }
  }

  static func simulator(_ section: SimulatorSection) throws -> GravitySimulator {
    let settings = try section.settings(Settings())
    let prior = try JointPrior(section.file.configuration.node("prior"))
    do {
      return try settings.simulator(parameters: prior.names)
    } catch let problem as GravityError {
      throw ConfigurationError(
        at: section.node.location, key: "simulator", problem: "\(problem)")
    }
  }

  static func make(_ section: SimulatorSection) throws -> ObservedSimulator {
    let settings = try section.settings(Settings())
    let prior = try JointPrior(section.file.configuration.node("prior"))
    func error(_ key: String, _ problem: String) -> ConfigurationError {
      ConfigurationError(
        at: section.node.location, key: "simulator.\(key)", problem: problem)
    }
    let simulator = try simulator(section)
    let text = "\(settings.fixed.sorted { $0.key < $1.key }) \(settings.times)"
    if let file = settings.observation {
      let array = try NPY.read(section.path(file), as: Float.self)
      guard array.values.count == simulator.observationCount, array.values.allSatisfy(\.isFinite)
      else {
        let names = simulator.signalNames.joined(separator: ", ")
        throw FileError(
          path: section.path(file),
          problem: "has shape \(array.shape), expected \(simulator.observationCount) finite "
            + "values, \(names) at each time")
      }
      return ObservedSimulator(simulator, observation: array.values, settings: text)
    }
    let theta = try prior.names.map { name in
      guard let value = settings.truth[name] else {
        throw error("truth", "has no \(name); give all parameters of the prior, or an observation")
      }
      return value
    }
    for name in settings.truth.keys.sorted() where !prior.names.contains(name) {
      throw error("truth", "names \(name), which the prior does not")
    }
    var streams = [RandomStream(seed: section.file.seed, purpose: .reference)]
    let signal: [Float]
    switch simulator.signals(of: [theta], using: &streams)[0] {
    case .success(let found): signal = found
    case .failure(let failure): throw error("truth", "has no answer: \(failure.reason)")
    }
    var observation = signal
    signal.withUnsafeBufferPointer { signal in
      observation.withUnsafeMutableBufferPointer {
        simulator.observe(signal, into: $0, using: &streams[0])
      }
    }
    return ObservedSimulator(simulator, observation: observation, settings: text)
  }
}

extension ThreeBodySubject.Settings {
  /// - Throws: `GravityError`.
  func simulator(parameters: [String]) throws -> GravitySimulator {
    var system = SystemParameters()
    system.bodies = bodies
    system.fixed = fixed
    system.parameters = parameters
    system.balancesLast = balancesLast
    system.largestDistance = largestDistance
    system.gravitationalConstant = gravitationalConstant
    var integration = GravityIntegration()
    (integration.precision, integration.maximumSteps) = (precision, maximumSteps)
    return try GravitySimulator(system, times: times, noise: noise, integration: integration)
  }
}

import Foundation
import NumericalMethods
import Probability

/// Trajectories as training data: states at some times of systems drawn from a prior, converged ones only.
///
/// The signal is `[times][bodies][x, y, (z), vx, vy, (vz)]`, without z where all motion is in a plane.
/// Draws whose integrations do not agree, that end in a collision or need too many steps have no answer, and are
/// counted as such.
public struct GravitySimulator: Simulator {
  public let system: SystemParameters
  /// Times of the signal, rising from 0 or later on, or falling.
  public let times: [Double]
  /// The standard deviation of observed positions and velocities; 0 for states as they are.
  public let noise: Double
  public let integration: GravityIntegration

  /// - Throws: `GravityError` for settings out of range, and times that are not sorted.
  public init(
    _ system: SystemParameters, times: [Double], noise: Double = 0,
    integration: GravityIntegration = GravityIntegration()
  ) throws {
    try system.check()
    guard noise >= 0, noise.isFinite else {
      throw GravityError.badSetting("noise", value: noise, expected: "a finite number, 0 or above")
    }
    (self.system, self.times, self.noise) = (system, times, noise)
    var integration = integration
    integration.gravitationalConstant = system.gravitationalConstant
    self.integration = integration
    guard !times.isEmpty else {
      throw GravityError.badSetting("number of times", value: 0, expected: "at least 1")
    }
    _ = try integration.trajectories(of: [], times: times)
  }

  public var parameterNames: [String] { system.parameters }

  /// Numbers of one body at one time that are stored.
  private var axes: [Int] { system.isPlanar ? [0, 1, 3, 4] : [0, 1, 2, 3, 4, 5] }

  public var signalCount: Int { times.count * system.bodies * axes.count }

  /// What the values of the signal are, such as x1 or vy3, of each time.
  public var signalNames: [String] {
    (1...system.bodies).flatMap { body in
      axes.map { "\(["x", "y", "z", "vx", "vy", "vz"][$0])\(body)" }
    }
  }

  public var outputNames: [String] {
    if times.count == 1 { return signalNames }
    return times.flatMap { time in signalNames.map { $0 + String(format: " at %.6g", time) } }
  }

  /// Lanes are filled best by many systems.
  public var batchCount: Int { 128 }

  public func signal(
    of theta: [Double], into signal: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) throws(SimulationFailure) {
    var streams = [stream]
    _ = signal.update(fromContentsOf: try signals(of: [theta], using: &streams)[0].get())
  }

  public func signals(
    of thetas: [[Double]], using streams: inout [RandomStream]
  ) -> [Result<[Float], SimulationFailure>] {
    let systems = thetas.map(system(of:))
    let answered = systems.indices.filter { (try? systems[$0].get()) != nil }
    let trajectories = try! integration.trajectories(
      of: answered.map { try! systems[$0].get() }, times: times)
    var results = systems.map { $0.map { _ in [Float]() } }
    for (place, trajectory) in zip(answered, trajectories) {
      results[place] = label(trajectory)
    }
    return results
  }

  private func system(of theta: [Double]) -> Result<GravitySystem, SimulationFailure> {
    do {
      let system = try system.system(theta)
      let distance = system.positions.map { length($0) }.max()!
      guard distance <= self.system.largestDistance else {
        return .failure(SimulationFailure("a body beyond the largest distance"))
      }
      return .success(system)
    } catch {
      return .failure(SimulationFailure("no system: \(error)"))
    }
  }

  private func label(_ trajectory: Trajectory) -> Result<[Float], SimulationFailure> {
    switch trajectory.end {
    case .collision: return .failure(SimulationFailure("collision"))
    case .stepLimit: return .failure(SimulationFailure("more steps than allowed"))
    case .complete: break
    }
    guard integration.precision == .double || trajectory.isConverged else {
      return .failure(SimulationFailure("not converged"))
    }
    return .success(
      Swift.stride(from: 0, to: trajectory.state.count, by: 6).flatMap { start in
        axes.map { Float(trajectory.state[start + $0]) }
      })
  }

  public func observe(
    _ signal: UnsafeBufferPointer<Float>, into observation: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) {
    _ = observation.update(fromContentsOf: signal)
    guard noise > 0 else { return }
    for index in observation.indices {
      observation[index] += Float(noise * stream.normal())
    }
  }
}

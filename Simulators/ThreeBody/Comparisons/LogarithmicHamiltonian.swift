/// Leapfrog in a time that runs slower the closer bodies are: two bodies stay on their ellipse exactly, with
/// an error of the time only, however eccentric it is.
///
/// In s, with dt = ds / U, the motion is that of ln(T + B) − ln U, whose parts are both integrable: T and U
/// are the kinetic and the turned potential energy, B = U − T at the beginning. The time is a coordinate; where
/// a state is asked for, the last step is shortened until the time is right.
///
/// Complexity: O(bodies²) a leapfrog. References: Mikkola & Tanikawa (1999), MNRAS 310, 745, §2; Preto &
/// Tremaine (1999), AJ 118, 2532, §3.
public struct LogarithmicHamiltonian: GravityIntegrator, Codable, Equatable {
  public var scheme: SymplecticScheme
  /// The first step, in time: later ones last U(0) / U times as long.
  public var step: Double
  public var gravitationalConstant = 1.0
  public var maximumSteps = 10_000_000

  public init(scheme: SymplecticScheme, step: Double) {
    (self.scheme, self.step) = (scheme, step)
  }

  public var name: String { "logarithmic Hamiltonian, order \(scheme.order)" }
  public var positiveSettings: [(name: String, value: Double)] {
    [("step", step), ("maximum steps", Double(maximumSteps))]
  }

  private struct State {
    var bodies: PointMasses
    var accelerations: [SIMD3<Double>]
    var time = 0.0
    var timeRemainder = 0.0
    /// T + B is no longer above 0: the steps are too long for the motion.
    var isLost = false

    /// Of positions, for half a step or the sum of two halves.
    mutating func drift(_ length: Double, _ bindingEnergy: Double) {
      let speed = bodies.kineticEnergy + bindingEnergy
      if !(speed > 0) { isLost = true }
      let change = length / speed
      for body in accelerations.indices {
        bodies.move(body, by: change * bodies.velocities[body])
      }
      let rest = change + timeRemainder
      let sum = time + rest
      timeRemainder = rest - (sum - time)
      time = sum
    }

    mutating func kick(_ length: Double) -> Double {
      let least = bodies.accelerations(into: &accelerations)
      let change = length / bodies.binding
      for body in accelerations.indices {
        bodies.accelerate(body, by: change * accelerations[body])
      }
      return least
    }

    /// Returns the least square of a distance.
    mutating func advance(_ length: Double, _ weights: [Double], _ binding: Double) -> Double {
      var least = Double.infinity
      var pending = 0.0
      for weight in weights {
        let part = weight * length
        drift(pending + 0.5 * part, binding)
        least = min(least, kick(part))
        pending = 0.5 * part
      }
      drift(pending, binding)
      return least
    }
  }

  public func future(of system: GravitySystem, times: [Double]) -> Trajectory {
    var path = Trajectory(times: times.count, bodies: system.masses.count)
    var state = State(
      bodies: PointMasses(system, gravitationalConstant: gravitationalConstant),
      accelerations: system.masses.map { _ in .zero })
    let weights = scheme.weights
    let binding = state.bodies.binding - state.bodies.kineticEnergy
    let length = step * state.bodies.binding
    var least = Double.infinity
    for (index, end) in times.enumerated() {
      // The state is before `end`, and one step later it is not.
      var next = state
      while state.time < end {
        next = state
        least = min(least, next.advance(length, weights, binding))
        path.steps += 1
        path.leastSeparation = least.squareRoot()
        guard !next.isLost, next.time.isFinite else {
          path.end = .collision
          return path
        }
        guard path.steps < maximumSteps else {
          path.end = .stepLimit
          return path
        }
        if next.time >= end { break }
        state = next
      }
      Self.state(before: state, after: next, at: end, length, weights, binding)
        .bodies.write(to: &path, at: index)
    }
    return path
  }

  /// Part of a step to the time `end`, by false position (Illinois): the time grows with s.
  private static func state(
    before: State, after: State, at end: Double, _ length: Double, _ weights: [Double],
    _ binding: Double
  ) -> State {
    func distance(_ state: State) -> Double { (state.time - end) + state.timeRemainder }
    var (low, high) = (0.0, length)
    var (below, above) = (distance(before), distance(after))
    if below >= 0 { return before }
    var (best, side) = (after, 0)
    for _ in 0..<100 {
      let part = low - below * (high - low) / (above - below)
      guard part > low, part < high else { break }
      best = before
      _ = best.advance(part, weights, binding)
      let found = distance(best)
      if abs(found) <= end.ulp * 0.5 { break }
      if found < 0 {
        (low, below) = (part, found)
        if side < 0 { above *= 0.5 }
        side = -1
      } else {
        (high, above) = (part, found)
        if side > 0 { below *= 0.5 }
        side = 1
      }
    }
    return best
  }
}

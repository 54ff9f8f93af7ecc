/// Where the bodies of a system are at times asked for.
public struct Trajectory: Sendable, Equatable {
  /// Why it ends where it does.
  public enum End: Sendable, Equatable {
    case complete
    /// More steps than allowed were needed.
    case stepLimit
    /// Surfaces meet, or points: the step fell below the resolution of the time.
    case collision
  }

  public let bodies: Int
  /// Positions and velocities, `[times][bodies][6]`; NaN after an early end.
  public internal(set) var state: [Double]
  /// What the rounding of `state` left out: their sum has up to 32 digits.
  public internal(set) var remainder: [Double]
  public internal(set) var end = End.complete
  /// Number of times that were reached, counted from time 0 outwards.
  public internal(set) var reached = 0
  /// Number of times, counted likewise, up to which two integrations of different accuracy agree; nil where
  /// there was but one.
  public internal(set) var agreed: Int?
  public internal(set) var steps = 0
  /// The least distance of two bodies at the beginning of a step.
  public internal(set) var leastSeparation = Double.infinity

  /// What was looked for, in the order of time from 0; where there are two integrations, as long as they agree.
  public internal(set) var events: [GravityEvent] = []

  /// ln |δ(t)| / |t| of a deviation δ of positions and velocities that begins with length 1, `[times]`; 0 at
  /// t = 0, NaN after an early end. Where asked for.
  public internal(set) var lyapunovExponents: [Double]?

  /// Whether every digit that was asked for is known to be right: two integrations agree at all times.
  public var isConverged: Bool { end == .complete && agreed == reached }

  init(times: Int, bodies: Int) {
    self.bodies = bodies
    let nan = [Double](repeating: .nan, count: times * bodies * 6)
    // What a planar system is never given.
    state = nan
    remainder = nan
    for body in 0..<times * bodies {
      for axis in [2, 5] {
        state[body * 6 + axis] = 0
        remainder[body * 6 + axis] = 0
      }
    }
  }

  /// The bodies at the time of number `index`, with all digits that are known.
  public func system(at index: Int, masses: [Double]) -> GravitySystem {
    precondition(masses.count == bodies && !state[index * bodies * 6].isNaN)
    func vectors(_ values: [Double], from first: Int) -> [SIMD3<Double>] {
      (0..<bodies).map { body in
        let start = (index * bodies + body) * 6 + first
        return SIMD3(values[start], values[start + 1], values[start + 2])
      }
    }
    var system = GravitySystem(
      unchecked: masses, positions: vectors(state, from: 0), velocities: vectors(state, from: 3))
    system.positionRemainders = vectors(remainder, from: 0)
    system.velocityRemainders = vectors(remainder, from: 3)
    return system
  }
}

extension Trajectory {
  /// Puts parts together, each with its places among the times, past before future.
  init(merging parts: [(places: [Int], trajectory: Trajectory)], times: Int) {
    let width = parts[0].trajectory.bodies * 6
    self.init(times: times, bodies: parts[0].trajectory.bodies)
    var agreements: [Int] = []
    for (places, part) in parts {
      for (index, place) in places.enumerated() {
        for value in 0..<width {
          state[place * width + value] = part.state[index * width + value]
          remainder[place * width + value] = part.remainder[index * width + value]
        }
        if let exponents = part.lyapunovExponents {
          if lyapunovExponents == nil {
            lyapunovExponents = [Double](repeating: .nan, count: times)
          }
          lyapunovExponents![place] = exponents[index]
        }
      }
      if part.end != .complete { end = part.end }
      reached += part.reached
      steps += part.steps
      if let agreed = part.agreed { agreements.append(agreed) }
      events += part.events
      leastSeparation = min(leastSeparation, part.leastSeparation)
    }
    if !agreements.isEmpty { agreed = agreements.reduce(0, +) }
  }

  /// The same path with all velocities turned round.
  var reversed: Trajectory {
    var trajectory = self
    for start in Swift.stride(from: 0, to: state.count, by: 6) {
      for index in (start + 3)..<(start + 6) {
        trajectory.state[index] = -state[index]
        trajectory.remainder[index] = -remainder[index]
      }
    }
    trajectory.events = events.map { GravityEvent(time: -$0.time, kind: $0.kind) }
    return trajectory
  }

  /// Number of times, the first ones, at which `other` agrees.
  func agreement(with other: Trajectory, within tolerance: Double) -> Int {
    let width = bodies * 6
    for index in 0..<min(reached, other.reached) {
      for first in [0, 3] {
        var (size, difference) = (0.0, 0.0)
        for body in 0..<bodies {
          for axis in 0..<3 {
            let place = index * width + body * 6 + first + axis
            // From the first body, so that where the origin lies does not matter.
            let offset = first == 0 ? state[place] - state[index * width + axis] : state[place]
            size = max(size, abs(offset))
            difference = max(difference, abs(state[place] - other.state[place]))
          }
        }
        // Not-a-number agrees with nothing.
        if !(difference <= tolerance * size) { return index }
      }
    }
    return min(reached, other.reached)
  }
}

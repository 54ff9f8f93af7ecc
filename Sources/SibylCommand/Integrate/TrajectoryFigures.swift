import ArgumentParser
import ArrayFiles
import Foundation
import NumericalMethods
import Plotting
import ThreeBody

/// Figures of the first systems of a table: paths, animations and the errors of their energies.
struct TrajectoryFigures {
  /// More would be looked at by nobody.
  static let mostSystems = 12
  private static let (mostTimes, mostEvents) = (100_000, 40)

  let systems: [GravitySystem]
  let trajectories: [Trajectory]
  let times: [Double]
  let gravity: Double

  /// Writes trajectory-N.png and .svg, animation-N.svg of each system N, and energy_error.png and .svg.
  ///
  /// Throws `FileError` and `PlottingError`; `Interrupted`.
  func write(to folder: String, monitor: WorkMonitor) throws {
    // Rising and falling times alike are drawn from one end to the other.
    let every = max(1, times.count / Self.mostTimes)
    let kept = times.indices.filter { $0 % every == 0 || $0 == times.count - 1 }
    let count = min(systems.count, Self.mostSystems)
    var progress = WorkProgress(label: "figures", completed: 0, total: count)
    for system in 0..<count {
      try monitor.advance(progress)
      let trajectory = trajectories[system]
      // A path of one point is none.
      guard trajectory.reached >= 2 else { continue }
      let paths = paths(system, kept)
      try TrajectoryFigure(paths: paths).write(to: "\(folder)/trajectory-\(system + 1)")
      try TrajectoryAnimation(paths: paths).write(
        toFile: "\(folder)/animation-\(system + 1).svg")
      progress.completed += 1
    }
    let lines = (0..<count).compactMap { system -> EnergyErrorFigure.Line? in
      guard trajectories[system].reached >= 2 else { return nil }
      let errors = trajectories[system].energyErrors(
        from: systems[system], gravitationalConstant: gravity)
      return EnergyErrorFigure.Line(
        label: Label("system \(system + 1)"), times: kept.map { times[$0] },
        errors: kept.map { errors[$0] })
    }
    if !lines.isEmpty {
      try EnergyErrorFigure(lines: lines).write(to: "\(folder)/energy_error")
    }
    try monitor.advance(progress)
  }

  private func paths(_ system: Int, _ kept: [Int]) -> Trajectories {
    let trajectory = trajectories[system]
    let bodies = trajectory.bodies
    let positions = (0..<bodies).map { body in
      kept.map { index in
        let start = (index * bodies + body) * 6
        return SIMD3(
          trajectory.state[start], trajectory.state[start + 1], trajectory.state[start + 2])
      }
    }
    var paths = Trajectories(
      times: kept.map { times[$0] }, positions: positions, masses: systems[system].masses)
    let range = min(times[0], times.last!)...max(times[0], times.last!)
    let events = trajectory.events.filter { range.contains($0.time) }.compactMap(Self.event)
    // Too many would hide the paths.
    if events.count <= Self.mostEvents { paths.events = events }
    return paths
  }

  private static func event(_ event: GravityEvent) -> Trajectories.Event? {
    switch event.kind {
    case .encounter(let one, let other, _):
      Trajectories.Event(time: event.time, kind: "encounter", bodies: [one, other])
    case .collision(let one, let other):
      Trajectories.Event(time: event.time, kind: "collision", bodies: [one, other])
    case .escape(let body):
      Trajectories.Event(time: event.time, kind: "escape", bodies: [body])
    case .exchange(_, let pair):
      Trajectories.Event(time: event.time, kind: "exchange", bodies: pair)
    }
  }
}

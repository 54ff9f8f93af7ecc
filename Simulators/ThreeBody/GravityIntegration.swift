import NumericalMethods

/// How many digits of a trajectory are right.
public enum IntegrationPrecision: String, Codable, Sendable, CaseIterable {
  /// Those that one integration in double precision keeps: chaotic systems lose all of them.
  case double
  /// All of a double: two integrations in double-double precision agree, or the system is flagged.
  case converged
}

/// Integrates gravitating systems by Taylor series, eight at a time on each thread.
public struct GravityIntegration: Sendable, Codable, Equatable {
  /// G in the units of the systems.
  public var gravitationalConstant = 1.0
  public var precision = IntegrationPrecision.converged
  /// How closely the two integrations of `converged` must agree: positions relative to the size of the
  /// system, velocities relative to the fastest.
  public var agreement = 1e-8
  /// Of one integration: ten times what the worst of 1,000 chaotic systems needs in ten crossing times.
  public var maximumSteps = 1_000_000
  /// Events to look for, if any.
  public var events: EventCriteria?
  /// Whether to follow a small deviation by the variational equations.
  public var findsLyapunovExponents = false

  public init() {}

  /// Where the bodies of each system are at `times`, which rise or fall; the systems are as given at time 0,
  /// so that negative times are their past.
  ///
  /// The results do not depend on the number of threads, nor on what else is among the systems.
  ///
  /// - Throws: `GravityError` for times that are not finite or not sorted and settings out of range;
  ///   `Interrupted`.
  public func trajectories(
    of systems: [GravitySystem], times: [Double], monitor: WorkMonitor = WorkMonitor()
  ) throws -> [Trajectory] {
    try check(times, systems)
    if times.isEmpty || systems.isEmpty {
      return systems.map { Trajectory(times: 0, bodies: $0.masses.count) }
    }
    let past = times.indices.filter { times[$0] < 0 }.sorted { times[$0] > times[$1] }
    let future = times.indices.filter { times[$0] >= 0 }.sorted { times[$0] < times[$1] }
    var parts: [(places: [Int], trajectories: [Trajectory])] = []
    if !future.isEmpty {
      parts.append((future, try run(systems, times: future.map { times[$0] }, monitor)))
    }
    if !past.isEmpty {
      let back = try run(systems.map(\.reversed), times: past.map { -times[$0] }, monitor)
      parts.append((past, back.map(\.reversed)))
    }
    if parts.count == 1, parts[0].places == Array(times.indices) { return parts[0].trajectories }
    return systems.indices.map { system in
      Trajectory(
        merging: parts.map { ($0.places, $0.trajectories[system]) }, times: times.count)
    }
  }

  private func check(_ times: [Double], _ systems: [GravitySystem]) throws(GravityError) {
    for (name, value) in [
      ("gravitational constant", gravitationalConstant), ("agreement", agreement),
      ("maximum steps", Double(maximumSteps)),
    ] where !(value > 0 && value.isFinite) {
      throw .badSetting(name, value: value, expected: "a finite number above 0")
    }
    for (name, value) in [
      ("encounter distance", events?.encounterDistance),
      ("escape distance", events?.escapeDistance),
    ] {
      if let value, !(value > 0) { throw .badSetting(name, value: value, expected: "above 0") }
    }
    if let radii = events?.radii {
      for value in radii where !(value >= 0 && value.isFinite) {
        throw .badSetting("radius", value: value, expected: "a finite number, 0 or above")
      }
      for system in systems where system.masses.count != radii.count {
        throw .badSetting(
          "number of radii", value: Double(radii.count),
          expected: "\(system.masses.count), one a body")
      }
    }
    for (index, time) in times.enumerated() {
      guard time.isFinite else { throw .badTime(index: index, value: time) }
      guard index > 0 else { continue }
      let isFalling = times[1] < times[0]
      guard isFalling ? time < times[index - 1] : time > times[index - 1] else {
        throw .unsortedTimes(index: index, value: time, previous: times[index - 1])
      }
    }
  }

  /// Times rise from 0 on.
  private func run(
    _ systems: [GravitySystem], times: [Double], _ monitor: WorkMonitor
  ) throws -> [Trajectory] {
    var results = [Trajectory?](repeating: nil, count: systems.count)
    // Systems share lanes with those of the same number of bodies and dimensions.
    let groups = Dictionary(grouping: systems.indices) {
      2 * systems[$0].masses.count + (systems[$0].isPlanar ? 0 : 1)
    }
    var progress = WorkProgress(
      label: "integrate", completed: 0,
      total: systems.count * (precision == .converged ? 2 : 1))
    for kind in groups.keys.sorted() {
      let members = groups[kind]!
      let done = try integrate(
        members.map { systems[$0] }, dimensions: kind % 2 == 0 ? 2 : 3, times: times, &progress,
        monitor)
      for (member, trajectory) in zip(members, done) { results[member] = trajectory }
    }
    try monitor.advance(progress)
    return results.map { $0! }
  }

  private func integrate(
    _ systems: [GravitySystem], dimensions: Int, times: [Double],
    _ progress: inout WorkProgress, _ monitor: WorkMonitor
  ) throws -> [Trajectory] {
    func trajectories(_ accuracy: TaylorAccuracy) throws -> [Trajectory] {
      let integrator = TaylorIntegrator(
        systems: systems, dimensions: dimensions, times: times, gravity: gravitationalConstant,
        accuracy: accuracy, maximumSteps: maximumSteps, criteria: events,
        findsLyapunovExponents: findsLyapunovExponents && accuracy != .longCoarse)
      let queue = IntegrationQueue(count: systems.count, after: progress, monitor: monitor)
      let parts = parallelMap(monitor.threads, threads: monitor.threads) { _ in
        integrator.trajectories(queue)
      }
      var results = [Trajectory?](repeating: nil, count: systems.count)
      for part in parts { for (system, trajectory) in part { results[system] = trajectory } }
      guard !results.contains(where: { $0 == nil }) else { throw Interrupted() }
      progress.completed += systems.count
      return results.map { $0! }
    }
    switch precision {
    case .double: return try trajectories(.double)
    case .converged:
      let coarse = try trajectories(.longCoarse)
      return zip(try trajectories(.long), coarse).map { fine, coarse in
        var fine = fine
        let agreed = fine.agreement(with: coarse, within: agreement)
        fine.agreed = agreed
        if coarse.end == .stepLimit { fine.end = .stepLimit }
        if agreed < times.count {
          // A collision that ends both is the last thing they agree on.
          let isCommon =
            fine.end == .collision && coarse.end == .collision && agreed == fine.reached
          let last = agreed == 0 ? 0 : times[agreed - 1]
          fine.events.removeAll { $0.time > last && !isCommon }
        }
        return fine
      }
    }
  }
}

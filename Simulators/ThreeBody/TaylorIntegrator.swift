import CVector
import Foundation

/// Integrates any number of systems of one number of bodies, eight at a time, each with steps of its own;
/// where one is finished the next takes its lane.
///
/// A system's result does not depend on which lane it has, nor on its neighbours.
struct TaylorIntegrator {
  /// Of one number of bodies.
  let systems: [GravitySystem]
  /// 2 where all systems stay in a plane, else 3.
  let dimensions: Int
  /// Rising, from 0 on.
  let times: [Double]
  let gravity: Double
  let accuracy: TaylorAccuracy
  let maximumSteps: Int
  let criteria: EventCriteria?
  let findsLyapunovExponents: Bool

  /// What the lanes are at.
  private struct Progress {
    var time = LongLanes.zero
    var steps = Lanes.zero
    var nextOutput = Lanes(repeating: .infinity)
    var inverseSquare = Lanes.zero
    /// The system of each lane, −1 where none is left.
    var system = [Int](repeating: -1, count: Lanes.scalarCount)
    var output = [Int](repeating: 0, count: Lanes.scalarCount)
  }

  /// The trajectories of those systems that the queue hands out, and their numbers.
  func trajectories(_ queue: IntegrationQueue) -> [Int: Trajectory] {
    let bodies = systems[0].masses.count
    let series = TaylorSeries(
      bodies: bodies, dimensions: dimensions, order: accuracy.order,
      longOrder: accuracy.longOrder)
    var results: [Int: Trajectory] = [:]
    var current = [Trajectory](
      repeating: Trajectory(times: times.count, bodies: bodies), count: Lanes.scalarCount)
    var progress = Progress()
    let tangent = findsLyapunovExponents ? TangentSeries(series) : nil
    if tangent != nil {
      for lane in current.indices {
        current[lane].lyapunovExponents = [Double](repeating: .nan, count: times.count)
      }
    }
    var detector = criteria.map { EventDetector($0, series: series) }
    let empty = current[0]
    for lane in 0..<Lanes.scalarCount { fill(lane, &progress, series, tangent, queue) }
    let limit = Lanes(repeating: Double(maximumSteps))
    while progress.system.contains(where: { $0 >= 0 }) {
      // Until something happens on a lane, all is done on all lanes at once.
      var step = Lanes.zero
      var after = LongLanes.zero
      var length = Lanes.zero
      while true {
        series.expand()
        tangent?.expand()
        step = series.steps(tolerance: accuracy.tolerance)
        length = step * series.unit
        let sum = LongLanes.exact(progress.time.high, length)
        after = LongLanes.ordered(sum.high, progress.time.low + sum.low)
        progress.steps += 1
        progress.inverseSquare = f64x8_max(progress.inverseSquare, series.largestInverseSquare)
        let isMoving = length .> 0x1p-100 * after.high
        let isQuiet =
          isMoving .& (progress.nextOutput .> after.high) .& (progress.steps .< limit)
        let hasCollided =
          detector?.examine(
            series, step: step, time: progress.time, end: times.last!, active: progress.system)
          ?? false
        guard (.!isQuiet).isEmpty, !hasCollided else { break }
        tangent?.move(by: step, newUnit: f64x8_power_below(length))
        series.move(by: step, newUnit: f64x8_power_below(length))
        progress.time = after
      }
      let collision = detector?.collision ?? Lanes(repeating: .infinity)
      writeOutputs(&progress, f64x8_min(after.high, collision), series, tangent, into: &current)
      var finished: [Int] = []
      for lane in 0..<Lanes.scalarCount {
        let isStuck = !(length[lane] > 0x1p-100 * after.high[lane])
        let isLast = progress.steps[lane] >= limit[lane]
        let system = progress.system[lane]
        let hasCollided = collision[lane] < .infinity
        guard
          isStuck || isLast || hasCollided || (system >= 0 && progress.output[lane] == times.count)
        else {
          continue
        }
        finished.append(lane)
        guard system >= 0 else { continue }
        if progress.output[lane] < times.count {
          current[lane].end = isStuck || hasCollided ? .collision : .stepLimit
        }
        current[lane].steps = Int(progress.steps[lane])
        current[lane].leastSeparation = 1 / progress.inverseSquare[lane].squareRoot()
        current[lane].events = detector?.events[lane] ?? []
        results[system] = current[lane]
        current[lane] = empty
      }
      tangent?.move(by: step, newUnit: f64x8_power_below(length))
      series.move(by: step, newUnit: f64x8_power_below(length))
      progress.time = after
      for lane in finished {
        fill(lane, &progress, series, tangent, queue)
        detector?.clear(lane)
      }
    }
    return results
  }

  /// Puts the next system on a lane; one that has none repeats the first, so that nothing overflows.
  private func fill(
    _ lane: Int, _ progress: inout Progress, _ series: TaylorSeries, _ tangent: TangentSeries?,
    _ queue: IntegrationQueue
  ) {
    let next = queue.next()
    let isActive = next != nil
    let system = systems[next ?? 0]
    let unit = exp2(log2(timeScale(system)).rounded() - 4)
    series.unit[lane] = unit
    for body in system.masses.indices {
      series.masses[body][lane] = gravity * system.masses[body]
      for dimension in 0..<series.bodies.dimensions {
        let place = series.bodies.place(body, dimension)
        series.bodies.high[place][lane] = system.positions[body][dimension]
        series.bodies.low[place][lane] = system.positionRemainders[body][dimension]
        series.bodies.high[place + 1][lane] = system.velocities[body][dimension] * unit
        series.bodies.low[place + 1][lane] = system.velocityRemainders[body][dimension] * unit
        for order in 0..<2 {
          let coordinate = body * series.bodies.dimensions + dimension
          series.bodies.lowest[2 * coordinate + order][lane] = 0
        }
      }
    }
    tangent?.start(lane, deviation: Self.deviation(bodies: system.masses.count, dimensions))
    progress.system[lane] = next ?? -1
    progress.output[lane] = 0
    progress.nextOutput[lane] = isActive ? times[0] : .infinity
    progress.time.high[lane] = 0
    progress.time.low[lane] = 0
    progress.steps[lane] = 0
    progress.inverseSquare[lane] = 0
  }

  /// A direction in the space of positions and velocities, `[2 bodies]`, with a part in every other one.
  static func deviation(bodies: Int, _ dimensions: Int) -> [SIMD3<Double>] {
    var vectors = (0..<2 * bodies).map { index -> SIMD3<Double> in
      let angle = Double(3 * index + 1)
      return SIMD3(cos(angle), cos(angle + 1), dimensions == 3 ? cos(angle + 2) : 0)
    }
    let size = vectors.reduce(0) { $0 + dot($1, $1) }.squareRoot()
    for index in vectors.indices { vectors[index] /= size }
    return vectors
  }

  /// Of the fall or the passage of the closest pair.
  private func timeScale(_ system: GravitySystem) -> Double {
    var least = Double.infinity
    for j in system.masses.indices {
      for i in 0..<j {
        let distance = length(system.positions[j] - system.positions[i])
        let speed = length(system.velocities[j] - system.velocities[i])
        let strength = gravity * (system.masses[i] + system.masses[j])
        least = min(least, distance * (distance / strength).squareRoot(), distance / speed)
      }
    }
    return least
  }

  /// The states at all times up to `end`, no later than that of the steps.
  private func writeOutputs(
    _ progress: inout Progress, _ end: Lanes, _ series: TaylorSeries, _ tangent: TangentSeries?,
    into current: inout [Trajectory]
  ) {
    let dimensions = series.bodies.dimensions
    while true {
      var offset = LongLanes.zero
      var due: [Int] = []
      for lane in 0..<Lanes.scalarCount where progress.nextOutput[lane] <= end[lane] {
        let ahead = progress.nextOutput[lane] - progress.time.high[lane]
        let error = (progress.nextOutput[lane] - ahead) - progress.time.high[lane]
        offset.high[lane] = ahead / series.unit[lane]
        offset.low[lane] = (error - progress.time.low[lane]) / series.unit[lane]
        due.append(lane)
      }
      if due.isEmpty { return }
      offset = LongLanes.exact(offset.high, offset.low)
      for coordinate in 0..<series.bodies.bodies * dimensions {
        let (position, velocity) = series.state(of: coordinate, after: offset)
        for lane in due {
          let body = coordinate / dimensions
          let start =
            (progress.output[lane] * series.bodies.bodies + body) * 6 + coordinate % dimensions
          let unit = series.unit[lane]
          current[lane].state[start] = position.high[lane]
          current[lane].remainder[start] = position.low[lane]
          current[lane].state[start + 3] = velocity.high[lane] / unit
          current[lane].remainder[start + 3] = velocity.low[lane] / unit
        }
      }
      if let growth = tangent?.logarithm(after: offset.high) {
        for lane in due {
          let time = progress.nextOutput[lane]
          current[lane].lyapunovExponents?[progress.output[lane]] =
            time > 0 ? growth[lane] / time : 0
        }
      }
      for lane in due {
        progress.output[lane] += 1
        let output = progress.output[lane]
        current[lane].reached = output
        progress.nextOutput[lane] = output < times.count ? times[output] : .infinity
      }
    }
  }
}

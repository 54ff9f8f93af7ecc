import ArrayFiles
import Foundation
import NumericalMethods
import Probability
import ThreeBody

/// Three bodies of mass 1 that fall from rest, G = 1, for ten units of time; the peers get the same.
///
/// Breen et al. (2020), MNRAS 494, 2465: the first at (1, 0), the second uniform where −0.5 ≤ x ≤ 0, y ≥ 0 and
/// (1 + x)² + y² ≤ 1, the third where the centre of mass is the origin. Those are left out, one in a hundred,
/// whose end the converged integration does not know: they all but collide, and REBOUND's IAS15 never ends.
struct TrajectoryWork {
  static let name = "three-bodies"
  private static let count = 1_000
  private static let end = 10.0

  /// Of `systems`, their second bodies; of `reference`, where they are at the end, `[systems][bodies][6]`.
  static func prepare(in folder: String) throws {
    var stream = RandomStream(seed: 1, purpose: .simulation)
    var drawn: [Double] = []
    while drawn.count < 2 * (count + count / 20) {
      let (x, y) = (
        Double.random(in: -0.5...0, using: &stream), Double.random(in: 0...1, using: &stream)
      )
      if (1 + x) * (1 + x) + y * y <= 1 { drawn += [x, y] }
    }
    let paths = try GravityIntegration().trajectories(of: systems(drawn), times: [end])
    let kept = paths.indices.filter { paths[$0].isConverged }.prefix(count)
    precondition(kept.count == count)
    let seconds = kept.flatMap { drawn[(2 * $0)...(2 * $0 + 1)] }
    let ends = kept.flatMap { paths[$0].state }
    var archive = NPZWriter()
    archive.add("systems", NDArray(shape: [count, 2], values: seconds))
    archive.add("reference", NDArray(shape: [count, 3, 6], values: ends))
    try archive.write(to: path(in: folder))
  }

  static func measure(in folder: String) throws {
    let archive = try NPZArchive(path: path(in: folder))
    let systems = try systems(archive.read("systems", as: Double.self).values)
    let reference = try archive.read("reference", as: Double.self).values
    for precision in IntegrationPrecision.allCases {
      var integration = GravityIntegration()
      integration.precision = precision
      let (seconds, paths) = try medianSeconds {
        try integration.trajectories(
          of: systems, times: [end], monitor: WorkMonitor(threads: 1))
      }
      try report(precision.rawValue, seconds, paths, of: systems, reference)
    }
    let methods: [any GravityIntegrator] = [AlgorithmicRegularization(), GaussRadau()]
    for method in methods {
      var own: [Double] = []
      let paths = try systems.map { system in
        let start = processorSeconds()
        let path = try method.trajectory(of: system, times: [end])
        own.append(processorSeconds() - start)
        return path
      }
      try report(
        method.name, own.reduce(0, +), paths, of: systems, reference,
        median: own.sorted()[count / 2])
    }
  }

  private static func report(
    _ setting: String, _ seconds: Double, _ paths: [Trajectory], of systems: [GravitySystem],
    _ reference: [Double], median: Double? = nil
  ) throws {
    let lost = paths.indices.count { index in
      let squares = (0..<3).map { body in
        (0..<3).reduce(0.0) { sum, axis in
          let place = 6 * body + axis
          let difference = paths[index].state[place] - reference[18 * index + place]
          return sum + difference * difference
        }
      }
      // Not-a-number is lost, too.
      return !squares.allSatisfy { $0 <= 1e-6 }
    }
    var details = ["lost": Double(lost) / Double(count)]
    details["median"] = median
    try Measurement(
      name, setting: setting, seconds: seconds, units: count,
      error: .init(zip(paths, systems).map { $0.energyErrors(from: $1)[0] }), details: details
    ).printLine()
  }

  private static func path(in folder: String) -> String { "\(folder)/\(name).npz" }

  private static func systems(_ seconds: [Double]) throws -> [GravitySystem] {
    try stride(from: 0, to: seconds.count, by: 2).map { index in
      let (x, y) = (seconds[index], seconds[index + 1])
      return try GravitySystem(
        masses: [1, 1, 1], positions: [[1, 0, 0], [x, y, 0], [-(1 + x), -y, 0]],
        velocities: [.zero, .zero, .zero])
    }
  }
}

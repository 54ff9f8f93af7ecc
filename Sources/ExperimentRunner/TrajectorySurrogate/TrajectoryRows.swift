import Inference
import Surrogates
import ThreeBody

/// Trajectories as rows of a function: time and parameters in, positions out.
///
/// Where the last body balances the others, its position follows from theirs and is no output.
struct TrajectoryRows: Sendable {
  let times: [Double]
  /// `[systems][parameters]`
  let parameters: [[Double]]
  /// `[systems][times · outputs]`
  let positions: [[Double]]
  let inputNames: [String]
  let outputNames: [String]

  /// From a set that `simulator` has filled. Throws `FileError` for altered files.
  init(_ set: TrainingSet, _ simulator: GravitySimulator) throws {
    times = simulator.times
    inputNames = ["t"] + simulator.parameterNames
    let names = simulator.signalNames
    let last = "\(simulator.system.bodies)"
    let columns = names.indices.filter {
      !names[$0].hasPrefix("v") && !(simulator.system.balancesLast && names[$0].hasSuffix(last))
    }
    outputNames = columns.map { names[$0] }
    let (theta, x) = try set.simulations.read(0..<set.rowCount)
    let (width, count) = (simulator.parameterNames.count, times.count)
    parameters = (0..<set.rowCount).map { Array(theta[$0 * width..<($0 + 1) * width]) }
    positions = (0..<set.rowCount).map { system in
      (0..<count).flatMap { time in
        columns.map { Double(x[(system * count + time) * names.count + $0]) }
      }
    }
  }

  var systemCount: Int { parameters.count }

  /// The rows of some systems, each at every `stride`-th time, from different ones on.
  func data(_ systems: Range<Int>, stride step: Int = 1) -> RegressionData {
    var (x, y): ([Double], [Double]) = ([], [])
    let outputs = outputNames.count
    for system in systems {
      for time in Swift.stride(from: system % step, to: times.count, by: step) {
        x.append(times[time])
        x += parameters[system]
        y += positions[system][time * outputs..<(time + 1) * outputs]
      }
    }
    return RegressionData(
      x: x, y: y, featureCount: inputNames.count, outputCount: outputs)
  }
}

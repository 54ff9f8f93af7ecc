import Foundation
import Inference
import Surrogates
import ThreeBody

/// What a surrogate of trajectories is a function of.
enum TrajectoryForm: String, Codable, Sendable, CaseIterable {
  /// Time and parameters in, positions out.
  case instants
  /// Parameters in, positions at all times out.
  case trajectories
}

/// Trajectories as rows of a function.
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

  /// The rows of some systems; of `instants` each at every `stride`-th time, from different ones on.
  func data(
    _ systems: Range<Int>, _ form: TrajectoryForm, stride step: Int = 1
  ) -> RegressionData {
    let outputs = outputNames.count
    if form == .trajectories {
      return RegressionData(
        x: parameters[systems].flatMap(\.self), y: positions[systems].flatMap(\.self),
        featureCount: inputNames.count - 1, outputCount: outputs * times.count)
    }
    var (x, y): ([Double], [Double]) = ([], [])
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

  /// Names of a row's inputs and outputs, such as x1 at 0.3.
  func names(_ form: TrajectoryForm) -> (inputs: [String], outputs: [String]) {
    guard form == .trajectories else { return (inputNames, outputNames) }
    return (
      Array(inputNames.dropFirst()),
      times.flatMap { time in outputNames.map { $0 + String(format: " at %.6g", time) } }
    )
  }

  /// What a surrogate says of all rows at all times, `[systems · times, outputs]`.
  ///
  /// Between the times that trajectories are known at, the mean is the cubic through the nearest four, an error bar
  /// is between those beside it.
  ///
  /// - Parameter known: the times of the training set.
  func prediction(
    by model: SurrogateModel, _ form: TrajectoryForm, at known: [Double], threads: Int
  ) -> Prediction {
    let data = data(0..<systemCount, form)
    let found = model.predict(data.x, threads: threads).prediction
    guard form == .trajectories else { return found }
    let outputs = outputNames.count
    let knots = times.map { CubicKnots($0, among: known) }
    var prediction = Prediction(mean: [], standardDeviation: [])
    for system in 0..<systemCount {
      let first = system * known.count * outputs
      for knot in knots {
        for output in 0..<outputs {
          func value(_ values: [Double], _ time: Int) -> Double {
            values[first + time * outputs + output]
          }
          prediction.mean.append(
            zip(knot.places, knot.weights).reduce(0) { $0 + $1.1 * value(found.mean, $1.0) })
          prediction.standardDeviation.append(
            (1 - knot.part) * value(found.standardDeviation, knot.before)
              + knot.part * value(found.standardDeviation, knot.before + 1))
        }
      }
    }
    return prediction
  }
}

/// The four knots, or fewer where there are no more, whose polynomial passes through a place between them.
private struct CubicKnots {
  let places: Range<Int>
  let weights: [Double]
  /// The last knot that is not above the place, and what part of the way to the next it is.
  let before: Int
  let part: Double

  init(_ x: Double, among knots: [Double]) {
    let after = knots.firstIndex { $0 > x } ?? knots.count - 1
    before = min(max(after - 1, 0), knots.count - 2)
    part = min(max((x - knots[before]) / (knots[before + 1] - knots[before]), 0), 1)
    let count = min(4, knots.count)
    let first = min(max(before - 1, 0), knots.count - count)
    let places = first..<first + count
    self.places = places
    weights = places.map { place in
      places.reduce(1.0) {
        $1 == place ? $0 : $0 * (x - knots[$1]) / (knots[place] - knots[$1])
      }
    }
  }
}

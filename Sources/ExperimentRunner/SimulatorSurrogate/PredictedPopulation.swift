import Foundation
import NumericalMethods
import Probability
import Surrogates

/// What a surrogate says of a population: of draws from the prior, without simulations.
struct PredictedPopulation: Codable, Sendable {
  /// Of one output.
  struct Output: Codable, Sendable {
    let name: String
    let mean: Double
    /// At each of ``levels``.
    let quantiles: [Double]
  }

  /// Draws that have an answer, of `draws`.
  let rows: Int
  let draws: Int
  /// Rows outside of the training set.
  let outside: Int
  let outputs: [Output]
  /// From a row's parameters to its prediction, without the draws themselves.
  let microsecondsPerRow: Double

  static let levels = (0..<100).map { 0.01 * (Double($0) + 0.5) }
  /// Draws that one thread takes at once.
  private static let blockSize = 1 << 11

  /// Complexity: memory for one Float of each output of each row.
  init(
    of function: SimulatedFunction, by model: SurrogateModel, draws: Int, seed: UInt64,
    monitor: WorkMonitor
  ) throws {
    let count = model.outputCount
    var values = [[Float]](repeating: [], count: count)
    var (outside, seconds) = (0, 0.0)
    let blocks = (draws + Self.blockSize - 1) / Self.blockSize
    let group = 32 * monitor.threads
    for first in stride(from: 0, to: blocks, by: group) {
      try monitor.advance(
        WorkProgress(
          label: "population", completed: min(first * Self.blockSize, draws), total: draws))
      let parts = parallelMap(min(group, blocks - first), threads: monitor.threads) { place in
        let number = (first + place) * Self.blockSize
        let theta = function.draws(
          number..<min(number + Self.blockSize, draws), seed: seed)
        let start = ContinuousClock.now
        let answer = model.predict(function.inputs(theta))
        let time = ContinuousClock.now - start
        return (answer.prediction.mean, answer.excess.count { $0 > 0 }, time / .seconds(1))
      }
      for (mean, beyond, time) in parts {
        for (index, value) in mean.enumerated() { values[index % count].append(Float(value)) }
        outside += beyond
        seconds += time
      }
    }
    rows = values[0].count
    (self.draws, self.outside) = (draws, outside)
    microsecondsPerRow = 1e6 * seconds / Double(max(rows, 1))
    outputs = zip(function.outputNames, values).map { name, values in
      let sorted = values.sorted()
      return Output(
        name: name,
        mean: values.reduce(0) { $0 + Double($1) } / Double(max(values.count, 1)),
        quantiles: sorted.isEmpty
          ? []
          : Self.levels.map { Double(sorted[Int(($0 * Double(sorted.count - 1)).rounded())]) })
    }
  }

  var metrics: [String: Double] {
    Dictionary(
      uniqueKeysWithValues: [
        ("population_rows", Double(rows)), ("population_microseconds_per_row", microsecondsPerRow),
      ] + outputs.map { ("population_mean_\($0.name)", $0.mean) })
  }
}

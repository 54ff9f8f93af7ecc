import ArrayFiles
import Foundation
import NumericalMethods
import Probability

/// Simulations that an active design has chosen.
struct DesignBatch: Sendable, Equatable {
  /// `[rows, parameters]`
  private(set) var theta: [Double] = []
  /// `[rows, signalCount]`
  private(set) var signals: [Float] = []
  /// Chosen draws without an answer.
  private(set) var failures = 0

  /// Simulates candidates in their order until so many have an answer, or all are done.
  ///
  /// - Throws: `Interrupted`.
  init(
    _ candidates: [SimulatedFunction.Candidate], count: Int, of function: SimulatedFunction,
    label: String, monitor: WorkMonitor
  ) throws {
    // Blocks are small so that Ctrl-C is heard.
    let block = max(64, 4 * function.simulator.batchCount)
    var (next, rows) = (0, 0)
    while rows < count, next < candidates.count {
      let part = candidates[next..<min(next + min(block, count - rows), candidates.count)]
      for (candidate, signal) in zip(part, function.signals(of: part, threads: monitor.threads)) {
        switch signal {
        case .success(let values):
          theta += candidate.theta
          signals += values
          rows += 1
        case .failure: failures += 1
        }
      }
      next = part.endIndex
      try monitor.advance(WorkProgress(label: label, completed: rows, total: count))
    }
  }

  func write(to path: String, of function: SimulatedFunction) throws {
    let rows = theta.count / function.prior.count
    var archive = NPZWriter()
    archive.add("theta", NDArray(shape: [rows, function.prior.count], values: theta))
    archive.add("x", NDArray(shape: [rows, function.simulator.signalCount], values: signals))
    archive.add("failures", NDArray(shape: [1], values: [Int64(failures)]))
    try archive.write(to: path)
  }

  /// Reads what `write` has written. Throws `FileError`.
  init(_ path: String, of function: SimulatedFunction) throws {
    let archive = try NPZArchive(path: path)
    let theta = try archive.read("theta", as: Double.self)
    let x = try archive.read("x", as: Float.self)
    let failures = try archive.read("failures", as: Int64.self)
    guard theta.shape.count == 2, theta.shape[1] == function.prior.count,
      x.shape == [theta.shape[0], function.simulator.signalCount], failures.values.count == 1
    else { throw FileError(path: path, column: "x", problem: "does not belong to theta") }
    (self.theta, signals, self.failures) = (theta.values, x.values, Int(failures.values[0]))
  }
}

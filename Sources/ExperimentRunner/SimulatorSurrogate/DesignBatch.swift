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
  /// What a surrogate would have seen of the chosen draws without an answer, `[failures, inputs]`.
  private(set) var refused: [Double] = []

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
        case .failure: refused += candidate.inputs
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
    let inputs = function.inputNames.count
    archive.add(
      "refused", NDArray(shape: [refused.count / inputs, inputs], values: refused))
    try archive.write(to: path)
  }

  /// Reads what `write` has written. Throws `FileError`.
  init(_ path: String, of function: SimulatedFunction) throws {
    let archive = try NPZArchive(path: path)
    let theta = try archive.read("theta", as: Double.self)
    let x = try archive.read("x", as: Float.self)
    let refused = try archive.read("refused", as: Double.self)
    guard theta.shape.count == 2, theta.shape[1] == function.prior.count,
      x.shape == [theta.shape[0], function.simulator.signalCount],
      refused.values.count % function.inputNames.count == 0
    else { throw FileError(path: path, column: "x", problem: "does not belong to theta") }
    (self.theta, signals, self.refused) = (theta.values, x.values, refused.values)
  }
}

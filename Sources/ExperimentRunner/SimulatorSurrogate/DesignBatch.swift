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
  /// Every so many candidates leave a file in `folder`. What is there is read, not simulated again.
  ///
  /// - Parameter partSize: candidates of a file: the most that an interruption loses.
  /// - Throws: `FileError`, `Interrupted`.
  init(
    _ candidates: [SimulatedFunction.Candidate], count: Int, of function: SimulatedFunction,
    partSize: Int, folder: String, label: String, monitor: WorkMonitor
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var rows = 0
    for start in stride(from: 0, to: candidates.count, by: partSize) where rows < count {
      let file = "\(folder)/from-\(start).npz"
      let part: DesignBatch
      if FileManager.default.fileExists(atPath: file) {
        part = try DesignBatch(file, of: function)
      } else {
        part = try DesignBatch(
          candidates[start..<min(start + partSize, candidates.count)], count: count - rows,
          of: function, threads: monitor.threads
        ) { try monitor.advance(WorkProgress(label: label, completed: rows + $0, total: count)) }
        try part.write(to: file, of: function)
      }
      theta += part.theta
      signals += part.signals
      refused += part.refused
      rows = theta.count / function.prior.count
    }
  }

  /// - Parameter advance: is told how many have an answer.
  private init(
    _ candidates: ArraySlice<SimulatedFunction.Candidate>, count: Int,
    of function: SimulatedFunction, threads: Int, advance: (_ rows: Int) throws -> Void
  ) throws {
    // Blocks are small so that Ctrl-C is heard.
    let block = max(64, 4 * function.simulator.batchCount)
    var (left, rows) = (candidates, 0)
    while rows < count, !left.isEmpty {
      let part = left.prefix(min(block, count - rows))
      for (candidate, signal) in zip(part, function.signals(of: part, threads: threads)) {
        switch signal {
        case .success(let values):
          theta += candidate.theta
          signals += values
          rows += 1
        case .failure: refused += candidate.inputs
        }
      }
      left = left.dropFirst(part.count)
      try advance(rows)
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

import ArrayFiles
import Foundation
import Probability

/// A part of the simulations in memory, rows in random order.
struct TrainingWindow: Sendable {
  /// Row numbers among all simulations `[rows]`.
  fileprivate(set) var rows: [Int]
  /// Parameters in latent space `[rows, parameters]`.
  fileprivate(set) var z: [Float]
  /// Signals `[rows, signalCount]`.
  fileprivate(set) var signals: [Float]
}

/// Reads simulations window by window, so that memory does not grow with their number.
struct TrainingWindows: Sendable {
  /// Bytes of rows held at once.
  static let memoryBudget = 192 << 20
  /// The largest |z| of a bounded parameter that is trained on: 2 in 10⁹ draws of a prior are farther
  /// out, and its ends would be at ±38, worth more loss than all other rows together.
  private static let largestLatent = 6.0

  let simulations: Simulations
  let latentSpace: LatentSpace
  let trainingCount: Int
  let validationCount: Int
  private let split: ValidationSplit
  /// All training rows, where they and a shuffled copy fit in the budget.
  private var resident: TrainingWindow?

  /// - Throws: `FileError` when a file is not what it was.
  init(
    _ simulations: Simulations, latentSpace: LatentSpace, validationFraction: Double
  ) throws {
    precondition(latentSpace.count == simulations.names.count)
    self.simulations = simulations
    self.latentSpace = latentSpace
    split = ValidationSplit(rowCount: simulations.rowCount, fraction: validationFraction)
    validationCount = split.validationCount
    trainingCount = simulations.rowCount - validationCount
    if trainingCount * rowBytes <= Self.memoryBudget / 2 {
      resident = try load(pieces(of: .training), .training, order: nil)
    }
  }

  /// Visits the training rows in an order that depends on `generator` alone: pieces of the files
  /// shuffled, then rows shuffled inside a window of several pieces.
  func forEachTrainingWindow(
    using generator: inout RandomStream, _ body: (TrainingWindow) throws -> Void
  ) throws {
    if let resident {
      let order = Array(0..<trainingCount).shuffled(using: &generator)
      return try body(shuffled(resident, order))
    }
    for group in groups(pieces(of: .training).shuffled(using: &generator)) {
      let order = Array(0..<group.reduce(0) { $0 + $1.count }).shuffled(using: &generator)
      try body(try load(group, .training, order: order))
    }
  }

  /// The first window of such a visit, its rows in no particular order.
  func firstTrainingWindow(using generator: inout RandomStream) throws -> TrainingWindow {
    if let resident { return resident }
    let group = groups(pieces(of: .training).shuffled(using: &generator))[0]
    return try load(group, .training, order: nil)
  }

  /// Visits the validation rows in order.
  func forEachValidationWindow(_ body: (TrainingWindow) throws -> Void) throws {
    for group in groups(pieces(of: .validation)) {
      try body(try load(group, .validation, order: nil))
    }
  }

  // MARK: - Pieces

  private enum Role { case training, validation }

  /// A stretch of rows of one part, of which those of one role count.
  private struct Piece {
    let part: Int
    let rows: Range<Int>
    let count: Int
  }

  /// Memory of a row: parameters, signal, number, and its place while shuffling.
  private var rowBytes: Int {
    4 * (simulations.names.count + simulations.signalCount) + 3 * MemoryLayout<Int>.size
  }

  /// Pieces small enough that a window mixes many of them.
  private func pieces(of role: Role) -> [Piece] {
    let limit = max(Self.memoryBudget / 16 / rowBytes, 1)
    return simulations.parts.indices.flatMap { index -> [Piece] in
      let first = simulations.firstRows[index]
      let end = first + simulations.parts[index].rowCount
      return stride(from: first, to: end, by: limit).compactMap { start in
        let rows = start..<min(start + limit, end)
        let validating = split.validationRows(in: rows).count
        let count = role == .training ? rows.count - validating : validating
        return count > 0 ? Piece(part: index, rows: rows, count: count) : nil
      }
    }
  }

  private func groups(_ pieces: [Piece]) -> [[Piece]] {
    let limit = max(Self.memoryBudget / rowBytes, 1)
    var groups: [[Piece]] = []
    var rows = 0
    for piece in pieces {
      if groups.isEmpty || rows + piece.count > limit {
        groups.append([])
        rows = 0
      }
      groups[groups.count - 1].append(piece)
      rows += piece.count
    }
    return groups
  }

  private func runs(_ piece: Piece, _ role: Role) -> [Range<Int>] {
    switch role {
    case .training: split.trainingRuns(in: piece.rows)
    case .validation: split.validationRows(in: piece.rows).map { $0..<$0 + 1 }
    }
  }

  // MARK: - Reading

  /// - Parameter order: order[i] is the place in reading order of the window's row i; nil keeps it.
  private func load(_ pieces: [Piece], _ role: Role, order: [Int]?) throws -> TrainingWindow {
    let (dimensions, width) = (latentSpace.count, simulations.signalCount)
    let total = pieces.reduce(0) { $0 + $1.count }
    var place = Array(0..<total)
    if let order { for (row, source) in order.enumerated() { place[source] = row } }
    var window = TrainingWindow(
      rows: [Int](repeating: 0, count: total),
      z: [Float](repeating: 0, count: total * dimensions),
      signals: [Float](repeating: 0, count: total * width))
    // Small blocks: a row goes straight to its shuffled place.
    let blockSize = max(1, min(256, (4 << 20) / rowBytes))
    var theta = [Double](repeating: 0, count: blockSize * dimensions)
    var x = [Float](repeating: 0, count: blockSize * width)
    var next = 0
    for piece in pieces {
      let reader = try simulations.parts[piece.part].open(
        parameters: dimensions, signalCount: width)
      let first = simulations.firstRows[piece.part]
      for run in runs(piece, role) {
        for start in stride(from: run.lowerBound, to: run.upperBound, by: blockSize) {
          let block = start..<min(start + blockSize, run.upperBound)
          try theta.withUnsafeMutableBufferPointer { theta in
            try x.withUnsafeMutableBufferPointer { x in
              try reader.read(
                block.lowerBound - first..<block.upperBound - first, theta: theta.baseAddress!,
                x: x.baseAddress!)
            }
          }
          for offset in 0..<block.count {
            let target = place[next + offset]
            window.rows[target] = block.lowerBound + offset
            for k in 0..<dimensions {
              window.z[target * dimensions + k] = latent(
                theta[offset * dimensions + k], parameter: k)
            }
          }
          window.signals.withUnsafeMutableBufferPointer { signals in
            x.withUnsafeBufferPointer { x in
              for offset in 0..<block.count {
                (signals.baseAddress! + place[next + offset] * width).update(
                  from: x.baseAddress! + offset * width, count: width)
              }
            }
          }
          next += block.count
        }
      }
    }
    return window
  }

  private func latent(_ value: Double, parameter: Int) -> Float {
    let support = latentSpace.prior.parameters[parameter].distribution.support
    // Rounding to float32 may have moved a value over the edge.
    let z = latentSpace.latent(
      min(max(value, support.lowerBound), support.upperBound), parameter: parameter)
    guard support.upperBound.isFinite else { return Float(z) }
    return Float(min(max(z, -Self.largestLatent), Self.largestLatent))
  }

  private func shuffled(_ window: TrainingWindow, _ order: [Int]) -> TrainingWindow {
    func gathered(_ values: [Float], width: Int) -> [Float] {
      [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
        values.withUnsafeBufferPointer { values in
          for (row, source) in order.enumerated() {
            (buffer.baseAddress! + row * width).initialize(
              from: values.baseAddress! + source * width, count: width)
          }
        }
        count = values.count
      }
    }
    return TrainingWindow(
      rows: order.map { window.rows[$0] }, z: gathered(window.z, width: latentSpace.count),
      signals: gathered(window.signals, width: simulations.signalCount))
  }
}

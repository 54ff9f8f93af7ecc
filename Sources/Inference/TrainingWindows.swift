import ArrayFiles
import Foundation
import Probability

/// A part of a training set in memory, rows in random order.
struct TrainingWindow: Sendable {
  /// Row numbers in the whole set `[rows]`.
  let rows: [Int]
  /// Parameters in unbounded space `[rows, parameters]`.
  let z: [Float]
  /// Signals `[rows, signalCount]`.
  let signals: [Float]
}

/// Reads a training set window by window, so that memory does not grow with the set.
///
/// Rows [0, trainingCount) train, the rest validate; simulations are independent draws, so the tail is
/// a fair sample.
struct TrainingWindows: Sendable {
  /// Bytes of signals held at once.
  static let memoryBudget = 192 << 20

  let set: TrainingSet
  let prior: JointPrior
  let trainingCount: Int
  /// First row of each shard.
  private let firstRows: [Int]

  init(set: TrainingSet, prior: JointPrior, validationFraction: Double) {
    self.set = set
    self.prior = prior
    let count = set.rowCount
    trainingCount = count - max(1, Int((Double(count) * validationFraction).rounded()))
    var next = 0
    firstRows = set.shards.map { shard in
      defer { next += shard.rows }
      return next
    }
  }

  var validationCount: Int { self.set.rowCount - trainingCount }

  /// A stretch of rows of one shard.
  private struct Piece {
    let shard: Int
    let rows: Range<Int>
  }

  /// Visits the training rows in an order that depends on `generator` alone: shards shuffled, then rows
  /// shuffled inside a window of several shards.
  func forEachTrainingWindow(
    using generator: inout RandomStream, _ body: (TrainingWindow) throws -> Void
  ) throws {
    var pieces = self.pieces(of: 0..<trainingCount)
    pieces.shuffle(using: &generator)
    for group in groups(pieces) {
      let order = Array(0..<group.reduce(0) { $0 + $1.rows.count }).shuffled(using: &generator)
      try body(try load(group, order: order))
    }
  }

  /// The first window of such a visit.
  func firstTrainingWindow(using generator: inout RandomStream) throws -> TrainingWindow {
    var pieces = self.pieces(of: 0..<trainingCount)
    pieces.shuffle(using: &generator)
    let group = groups(pieces)[0]
    return try load(group, order: Array(0..<group.reduce(0) { $0 + $1.rows.count }))
  }

  /// Visits the validation rows in order.
  func forEachValidationWindow(_ body: (TrainingWindow) throws -> Void) throws {
    for group in groups(pieces(of: trainingCount..<set.rowCount)) {
      let order = Array(0..<group.reduce(0) { $0 + $1.rows.count })
      try body(try load(group, order: order))
    }
  }

  private func pieces(of range: Range<Int>) -> [Piece] {
    let rowBytes = set.description.signalCount * MemoryLayout<Float>.size
    let limit = max(Self.memoryBudget / 4 / max(rowBytes, 1), 1)
    return set.shards.indices.flatMap { index -> [Piece] in
      let rows = (firstRows[index]..<firstRows[index] + set.shards[index].rows)
        .clamped(to: range)
      // A shard larger than the budget is cut, or memory would grow with the shard size.
      return stride(from: rows.lowerBound, to: rows.upperBound, by: limit).map {
        Piece(shard: index, rows: $0..<min($0 + limit, rows.upperBound))
      }
    }
  }

  private func groups(_ pieces: [Piece]) -> [[Piece]] {
    let rowBytes = set.description.signalCount * MemoryLayout<Float>.size
    let limit = max(Self.memoryBudget / max(rowBytes, 1), 1)
    var groups: [[Piece]] = []
    var rows = 0
    for piece in pieces {
      if groups.isEmpty || rows + piece.rows.count > limit {
        groups.append([])
        rows = 0
      }
      groups[groups.count - 1].append(piece)
      rows += piece.rows.count
    }
    return groups
  }

  private func load(_ pieces: [Piece], order: [Int]) throws -> TrainingWindow {
    let width = set.description.signalCount
    let total = order.count
    // order[i] is the place in reading order of the window's row i.
    var place = [Int](repeating: 0, count: total)
    for (row, source) in order.enumerated() { place[source] = row }
    var rows = [Int](repeating: 0, count: total)
    var z = [Float](repeating: 0, count: total * prior.count)
    var signals = [Float](repeating: 0, count: total * width)
    var next = 0
    for piece in pieces {
      let shard = set.shards[piece.shard]
      let first = firstRows[piece.shard]
      let local = piece.rows.lowerBound - first..<piece.rows.upperBound - first
      let x = try NPYRows(set.path(shard, "x"))
      let theta = try NPYRows(set.path(shard, "theta"))
      guard x.rowLength == width, theta.rowLength == prior.count else {
        throw FileError(
          path: set.path(shard, "x"),
          problem: "has \(x.rowLength) values a row, the manifest says \(width)")
      }
      // Small blocks: a row goes straight to its shuffled place.
      for start in stride(from: local.lowerBound, to: local.upperBound, by: 256) {
        let block = start..<min(start + 256, local.upperBound)
        var signalRows = [Float](repeating: 0, count: block.count * width)
        var thetaRows = [Double](repeating: 0, count: block.count * prior.count)
        try signalRows.withUnsafeMutableBufferPointer { try x.read(rows: block, into: $0) }
        try thetaRows.withUnsafeMutableBufferPointer { try theta.read(rows: block, into: $0) }
        for offset in 0..<block.count {
          let target = place[next]
          rows[target] = first + block.lowerBound + offset
          let unbounded = prior.unbounded(
            Array(thetaRows[offset * prior.count..<(offset + 1) * prior.count]))
          for (column, value) in unbounded.enumerated() {
            z[target * prior.count + column] = Float(value)
          }
          signals.replaceSubrange(
            target * width..<(target + 1) * width,
            with: signalRows[offset * width..<(offset + 1) * width])
          next += 1
        }
      }
    }
    return TrainingWindow(rows: rows, z: z, signals: signals)
  }
}

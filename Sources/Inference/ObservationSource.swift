import NeuralNetworks
import Probability

/// How rows of a window become what the network sees.
struct ObservationSource: Sendable {
  let model: any ObservationModel
  let standardization: Standardization
  let seed: UInt64
  let purpose: RandomPurpose
  /// Added to a row's number: every epoch has its own noise.
  let firstIndex: UInt64

  /// The standardised observations `[observationCount, rows]` of a window's rows.
  func observations(_ window: TrainingWindow, _ rows: Range<Int>, _ pass: Pass) -> Matrix {
    let width = model.signalCount
    let count = model.observationCount
    let cases = pass.matrix(rows: rows.count, columns: count)
    for (place, row) in rows.enumerated() {
      var stream = RandomStream(
        seed: seed, purpose: purpose, index: firstIndex + UInt64(window.rows[row]))
      window.signals.withUnsafeBufferPointer { signals in
        model.observe(
          UnsafeBufferPointer(rebasing: signals[row * width..<(row + 1) * width]),
          into: UnsafeMutableBufferPointer(start: cases.row(place), count: count),
          using: &stream)
      }
    }
    let observations = pass.matrix(rows: count, columns: rows.count)
    transpose(cases, into: observations)
    standardization.apply(to: observations)
    return observations
  }
}

import NeuralNetworks
import NumericalMethods
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

/// Evaluates minibatches in slices whose number depends on their size alone: each slice has its own
/// memory and gradient, and slices are added in order, so that results do not depend on the threads.
final class MinibatchWorkers {
  /// Cases of a slice: enough that products run at full speed, few enough to stay in cache.
  private static let sliceSize = 128
  private static let largestSliceCount = 32

  /// Memory of one slice. Sendable because a slice is worked on by one thread at a time.
  private final class Slice: @unchecked Sendable {
    var gradient: [Float]
    /// −ln q of its rows.
    var losses: [Double] = []

    init(count: Int) { gradient = [Float](repeating: 0, count: count) }
  }

  private let network: ConditionalNetwork
  private let threads: Int
  private var slices: [Slice] = []
  /// The gradient of the mean loss of the last `losses` call, in the parameters' layout.
  private(set) var gradient: [Float]

  init(_ network: ConditionalNetwork, threads: Int) {
    self.network = network
    self.threads = threads
    gradient = [Float](repeating: 0, count: network.layout.storedCount)
  }

  /// The rows of each slice: whole vectors of 16, at least two slices.
  private static func ranges(_ rows: Range<Int>) -> [Range<Int>] {
    let vectors = (rows.count + 15) / 16
    let wanted = (rows.count + sliceSize - 1) / sliceSize
    let count = min(max(wanted, 2), largestSliceCount, vectors)
    return (0..<count).map { index in
      let first = rows.lowerBound + 16 * (vectors * index / count)
      let last = rows.lowerBound + 16 * (vectors * (index + 1) / count)
      return first..<min(last, rows.upperBound)
    }
  }

  /// −ln q(z | x) of rows of a window; with `withGradient`, also the gradient of the mean.
  func losses(
    _ window: TrainingWindow, _ rows: Range<Int>, _ source: ObservationSource,
    weights: inout [Float], withGradient: Bool
  ) -> [Double] {
    let ranges = Self.ranges(rows)
    while slices.count < ranges.count { slices.append(Slice(count: gradient.count)) }
    let slices = Array(self.slices.prefix(ranges.count))
    let network = self.network
    weights.withUnsafeMutableBufferPointer { buffer in
      // Read by all slices, written by none.
      nonisolated(unsafe) let parameters = buffer.baseAddress!
      parallelFor(ranges.count, threads: threads) { index in
        let slice = slices[index]
        slice.losses = slice.gradient.withUnsafeMutableBufferPointer { gradient in
          if withGradient { gradient.update(repeating: 0) }
          // Its memory is that of the slice before on this thread, still in the cache.
          let pass = Pass()
          pass.begin(
            parameters: parameters, gradients: withGradient ? gradient.baseAddress! : nil)
          return Self.losses(
            network, window, ranges[index], source, pass,
            scale: withGradient ? 1 / Float(rows.count) : nil)
        }
      }
    }
    if withGradient { reduceGradients(slices) }
    return slices.flatMap(\.losses)
  }

  /// −ln q of some rows, accumulating `scale` times the gradient of their sum.
  private static func losses(
    _ network: ConditionalNetwork, _ window: TrainingWindow, _ rows: Range<Int>,
    _ source: ObservationSource, _ pass: Pass, scale: Float?
  ) -> [Double] {
    let x = source.observations(window, rows, pass)
    let z = pass.matrix(rows: network.dimensions, columns: rows.count)
    z.fill(0)
    for (place, row) in rows.enumerated() {
      for k in 0..<network.dimensions { z[k, place] = window.z[row * network.dimensions + k] }
    }
    let logDensity: Matrix
    if let scale {
      let gradient = pass.matrix(rows: 1, columns: rows.count)
      gradient.fill(0)
      for place in 0..<rows.count { gradient[0, place] = -scale }
      logDensity = network.accumulateGradient(z, x, gradient: gradient, pass)
    } else {
      logDensity = network.logDensity(z, context: network.context(x, pass), pass)
    }
    return (0..<rows.count).map { -Double(logDensity[0, $0]) }
  }

  /// Adds the slices' gradients in their order, a part of the arena on each thread.
  private func reduceGradients(_ slices: [Slice]) {
    gradient.withUnsafeMutableBufferPointer { total in
      // Parts do not overlap.
      nonisolated(unsafe) let total = total
      let parts = arenaParts(total.count)
      parallelFor(parts.count, threads: threads) { part in
        for (index, slice) in slices.enumerated() {
          slice.gradient.withUnsafeBufferPointer { gradient in
            for offset in stride(
              from: parts[part].lowerBound, to: parts[part].upperBound, by: 16)
            {
              let place = total.baseAddress! + offset
              let value = (gradient.baseAddress! + offset).vector
              place.storeVector(index == 0 ? value : place.vector + value)
            }
          }
        }
      }
    }
  }
}

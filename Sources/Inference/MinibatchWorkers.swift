import NeuralNetworks
import NumericalMethods
import Probability

/// How rows of a window become what the network sees.
struct ObservationSource: Sendable {
  let simulator: any Simulator
  let standardization: Standardization
  let seed: UInt64
  let purpose: RandomPurpose
  /// Added to a row's number: every epoch has its own noise.
  let firstIndex: UInt64

  /// Writes the standardised observation of a window's row, padding included.
  func write(_ window: TrainingWindow, row: Int, into target: Matrix, at place: Int) {
    let width = simulator.signalCount
    let destination = target.row(place)
    var stream = RandomStream(
      seed: seed, purpose: purpose, index: firstIndex + UInt64(window.rows[row]))
    window.signals.withUnsafeBufferPointer { signals in
      simulator.observe(
        UnsafeBufferPointer(rebasing: signals[row * width..<(row + 1) * width]),
        into: UnsafeMutableBufferPointer(start: destination, count: target.columns),
        using: &stream)
    }
    standardization.apply(to: destination)
    for column in target.columns..<target.stride { destination[column] = 0 }
  }
}

/// Evaluates minibatches in a fixed number of slices, whatever the number of threads: each slice has its
/// own memory and gradient, and slices are added in order, so that results are bitwise the same.
final class MinibatchWorkers {
  /// Slices of a minibatch.
  static let sliceCount = 4

  /// Memory of one slice. Sendable because a slice is worked on by one thread at a time.
  private final class Slice: @unchecked Sendable {
    let pass = Pass()
    var gradient: [Float]
    var logDensity: [Float] = []

    init(count: Int) { gradient = [Float](repeating: 0, count: count) }
  }

  private let network: ConditionalNetwork
  private let threads: Int
  private let slices: [Slice]
  /// The gradient of the mean loss of the last `gradient` call, in the parameters' layout.
  private(set) var gradient: [Float]

  init(_ network: ConditionalNetwork, threads: Int) {
    self.network = network
    self.threads = threads
    slices = (0..<Self.sliceCount).map { _ in Slice(count: network.layout.storedCount) }
    gradient = [Float](repeating: 0, count: network.layout.storedCount)
  }

  /// Σ −ln q(z | x) over rows of a window; with `gradient`, also the gradient of the mean.
  func loss(
    _ window: TrainingWindow, _ rows: Range<Int>, _ source: ObservationSource,
    weights: inout [Float], withGradient: Bool
  ) -> Double {
    let slices = self.slices
    let network = self.network
    weights.withUnsafeMutableBufferPointer { buffer in
      // Read by all slices, written by none.
      nonisolated(unsafe) let parameters = buffer.baseAddress!
      parallelFor(Self.sliceCount, threads: threads) { index in
        let first = rows.lowerBound + rows.count * index / Self.sliceCount
        let last = rows.lowerBound + rows.count * (index + 1) / Self.sliceCount
        let slice = slices[index]
        slice.logDensity = slice.gradient.withUnsafeMutableBufferPointer { gradient in
          if withGradient { gradient.update(repeating: 0) }
          guard last > first else { return [] }
          slice.pass.begin(
            parameters: parameters, gradients: withGradient ? gradient.baseAddress! : nil)
          let x = slice.pass.matrix(rows: last - first, columns: network.observationCount)
          let z = slice.pass.matrix(rows: last - first, columns: network.dimensions)
          z.fill(0)
          for row in first..<last {
            source.write(window, row: row, into: x, at: row - first)
            for column in 0..<network.dimensions {
              z[row - first, column] = window.z[row * network.dimensions + column]
            }
          }
          return withGradient
            ? network.accumulateGradient(z, x, slice.pass)
            : network.logDensity(z, x, slice.pass)
        }
      }
    }
    if withGradient { reduceGradients(scale: 1 / Float(rows.count)) }
    return slices.reduce(0) { sum, slice in
      slice.logDensity.reduce(sum) { $0 - Double($1) }
    }
  }

  private func reduceGradients(scale: Float) {
    gradient.withUnsafeMutableBufferPointer { total in
      for (index, slice) in slices.enumerated() {
        slice.gradient.withUnsafeBufferPointer { part in
          let factor = scale
          if index == 0 {
            for i in 0..<total.count { total[i] = part[i] * factor }
          } else {
            for i in 0..<total.count { total[i] += part[i] * factor }
          }
        }
      }
    }
  }
}

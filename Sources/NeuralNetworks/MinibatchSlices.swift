import NumericalMethods

/// Evaluates minibatches in slices whose number depends on their size alone: each slice has its own
/// memory and gradient, and slices are added in order, so that results do not depend on the threads.
public final class MinibatchSlices {
  /// Cases of a slice: enough that products run at full speed, few enough to stay in cache.
  private static let sliceSize = 128
  private static let largestSliceCount = 32

  /// Memory of one slice. Sendable because a slice is worked on by one thread at a time.
  private final class Slice: @unchecked Sendable {
    var gradient: [Float]
    /// Of its rows.
    var losses: [Double] = []

    init(count: Int) { gradient = [Float](repeating: 0, count: count) }
  }

  private let threads: Int
  private var slices: [Slice] = []
  /// The gradient of the last `losses` call, in the parameters' layout.
  public private(set) var gradient: [Float]

  public init(_ layout: ParameterLayout, threads: Int) {
    self.threads = threads
    gradient = [Float](repeating: 0, count: layout.storedCount)
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

  /// The loss of each row.
  ///
  /// - Parameter body: the losses of some of the rows; in a pass that is recording, it accumulates the
  ///   gradient too.
  public func losses(
    _ rows: Range<Int>, weights: inout [Float], withGradient: Bool,
    _ body: @Sendable (Range<Int>, Pass) -> [Double]
  ) -> [Double] {
    let ranges = Self.ranges(rows)
    while slices.count < ranges.count { slices.append(Slice(count: gradient.count)) }
    let slices = Array(self.slices.prefix(ranges.count))
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
          return body(ranges[index], pass)
        }
      }
    }
    if withGradient { reduceGradients(slices) }
    return slices.flatMap(\.losses)
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

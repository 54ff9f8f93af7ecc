import NumericalMethods
import Synchronization

/// What sinusoids at the frequencies of a grid lower χ² by.
public struct Periodogram: Sendable {
  /// `[grid]`; 0 at the singular frequencies.
  public var drop: [Double]
  /// Indices, ascending, of frequencies whose sinusoid the data do not tell from what else is fitted, as
  /// for times that are all multiples of the period.
  public var singular: [Int]
}

/// Memory for one number a frequency, in large pages where there are many, not initialised.
func frequencyArray(_ count: Int) -> [Double] {
  [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
    adviseLargePages(buffer.baseAddress!, byteCount: 8 * count)
    initialized = count
  }
}

/// Indices that several threads find.
final class ConcurrentList: Sendable {
  private let indices = Mutex<[Int]>([])

  func append(_ more: [Int]) { indices.withLock { $0 += more } }

  func sorted() -> [Int] { indices.withLock { $0.sorted() } }
}

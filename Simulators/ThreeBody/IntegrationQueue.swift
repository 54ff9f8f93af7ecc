import NumericalMethods
import Synchronization

/// Hands out the numbers of systems, each once, to whichever thread asks.
///
/// Lanes are refilled from it, so that no thread waits for another's slow systems.
final class IntegrationQueue: Sendable {
  private let count: Int
  private let monitor: WorkMonitor
  private let following = Mutex(0)

  init(count: Int, monitor: WorkMonitor) {
    self.count = count
    self.monitor = monitor
  }

  /// nil when none is left, or the user asked to stop.
  func next() -> Int? {
    if monitor.isInterrupted { return nil }
    return following.withLock { number in
      guard number < count else { return nil }
      number += 1
      return number - 1
    }
  }
}

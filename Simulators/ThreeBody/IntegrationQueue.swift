import NumericalMethods
import Synchronization

/// Hands out the numbers of systems, each once, to whichever thread asks.
///
/// Lanes are refilled from it, so that no thread waits for another's slow systems.
final class IntegrationQueue: Sendable {
  private let count: Int
  private let earlier: WorkProgress
  private let monitor: WorkMonitor
  private let following = Mutex(0)

  /// - Parameter earlier: what was done before.
  init(count: Int, after earlier: WorkProgress, monitor: WorkMonitor) {
    self.count = count
    self.earlier = earlier
    self.monitor = monitor
  }

  /// nil when none is left, or the user asked to stop.
  func next() -> Int? {
    if monitor.isInterrupted { return nil }
    let next = following.withLock { number -> Int? in
      guard number < count else { return nil }
      number += 1
      return number - 1
    }
    if let next, next % 64 == 0 {
      var progress = earlier
      progress.completed += next
      // An interruption is seen above, the next time.
      try? monitor.advance(progress)
    }
    return next
  }
}

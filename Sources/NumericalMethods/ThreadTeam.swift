import Foundation
import Synchronization

/// Threads that wait for pieces of parallel work so short that waking them would take longer: after a
/// piece they look out for the next one for some microseconds before they sleep.
///
/// Sendable because `work` is written only between pieces, by the one thread that holds `isBusy`, and
/// read by the others only after `generation` has changed.
final class ThreadTeam: @unchecked Sendable {
  static let shared = ThreadTeam()

  private struct Work {
    let count: Int
    let helpers: Int
    let body: (Int) -> Void
  }

  /// Looks at a counter before a thread yields its core, and before it sleeps.
  private static let spins = (yielding: 2_000, sleeping: 4_000)

  private let isBusy = Atomic(false)
  private let generation = Atomic(0)
  private let next = Atomic(0)
  private let unfinished = Atomic(0)
  private let condition = NSCondition()
  private var helperCount = 0
  private var work: Work?

  /// Runs `body(0 ..< count)` on the caller's thread and up to `threads` − 1 others; false, with nothing
  /// done, while the team is at work already, for another caller or for this one further out.
  func run(_ count: Int, threads: Int, _ body: (Int) -> Void) -> Bool {
    guard isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    else { return false }
    defer { isBusy.store(false, ordering: .releasing) }
    withoutActuallyEscaping(body) { body in
      hire(threads - 1)
      work = Work(count: count, helpers: threads - 1, body: body)
      next.store(0, ordering: .relaxed)
      unfinished.store(helperCount, ordering: .relaxed)
      condition.lock()
      generation.add(1, ordering: .releasing)
      condition.broadcast()
      condition.unlock()
      drain(work!)
      var looks = 0
      while unfinished.load(ordering: .acquiring) > 0 { Self.wait(&looks) }
      work = nil
    }
    return true
  }

  private func hire(_ wanted: Int) {
    while helperCount < wanted {
      let (index, first) = (helperCount, generation.load(ordering: .relaxed))
      let thread = Thread { self.help(index, after: first) }
      thread.stackSize = 8 << 20
      thread.start()
      helperCount += 1
    }
  }

  private func help(_ index: Int, after first: Int) {
    var seen = first
    while true {
      var looks = 0
      while generation.load(ordering: .acquiring) == seen {
        Self.wait(&looks)
        guard looks > Self.spins.sleeping else { continue }
        condition.lock()
        while generation.load(ordering: .acquiring) == seen { condition.wait() }
        condition.unlock()
      }
      seen += 1
      if let work, index < work.helpers { drain(work) }
      unfinished.subtract(1, ordering: .releasing)
    }
  }

  /// Indices are handed out one by one, because some take far longer than others.
  private func drain(_ work: Work) {
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < work.count else { return }
      work.body(index)
    }
  }

  private static func wait(_ looks: inout Int) {
    looks += 1
    // With more threads than cores the one waited for may need this one.
    if looks > spins.yielding { sched_yield() }
  }
}

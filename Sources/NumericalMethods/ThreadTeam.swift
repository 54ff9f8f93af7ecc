import Foundation
import Synchronization

/// Threads that wait for pieces of parallel work so short that waking them would take longer: after a
/// piece they look out for the next one for some microseconds before they sleep.
///
/// The caller works too, and waits for those only who have begun: a thread that gets no core in time
/// finds the piece closed.
///
/// Sendable because `work` is written only while no piece is open and nobody is at work, by the one
/// thread that holds `isBusy`.
final class ThreadTeam: @unchecked Sendable {
  static let shared = ThreadTeam()

  private struct Work {
    let count: Int
    let helpers: Int
    let body: (Int) -> Void
  }

  /// The number of the piece, whether it is open, and how many helpers are at it, in one word.
  private struct State {
    static let isOpen = 1 << 16
    var word: Int

    var helpers: Int { word & 0xFFFF }
    var isOpen: Bool { word & Self.isOpen != 0 }
    var piece: Int { word >> 17 }
  }

  /// Looks at the state before a thread yields its core, and before it sleeps.
  private static let spins = (yielding: 2_000, sleeping: 4_000)

  private let isBusy = Atomic(false)
  private let state = Atomic(0)
  private let next = Atomic(0)
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
      let work = Work(count: count, helpers: threads - 1, body: body)
      self.work = work
      next.store(0, ordering: .relaxed)
      hire(work.helpers)
      let piece = State(word: state.load(ordering: .relaxed)).piece + 1
      condition.lock()
      state.store(piece << 17 | State.isOpen, ordering: .releasing)
      condition.broadcast()
      condition.unlock()
      drain(work)
      state.bitwiseAnd(~State.isOpen, ordering: .acquiringAndReleasing)
      var looks = 0
      while State(word: state.load(ordering: .acquiring)).helpers > 0 { Self.wait(&looks) }
      self.work = nil
    }
    return true
  }

  private func hire(_ wanted: Int) {
    while helperCount < wanted {
      let index = helperCount
      let thread = Thread { self.help(index) }
      thread.stackSize = 8 << 20
      thread.start()
      helperCount += 1
    }
  }

  private func help(_ index: Int) {
    var (seen, looks) = (0, 0)
    while true {
      let found = State(word: state.load(ordering: .acquiring))
      if found.isOpen, found.piece != seen {
        let (begun, _) = state.compareExchange(
          expected: found.word, desired: found.word + 1, ordering: .acquiringAndReleasing)
        guard begun else { continue }
        if let work, index < work.helpers { drain(work) }
        state.subtract(1, ordering: .releasing)
        (seen, looks) = (found.piece, 0)
        continue
      }
      Self.wait(&looks)
      if looks > Self.spins.sleeping {
        sleep(after: seen)
        looks = 0
      }
    }
  }

  /// Until another piece is open.
  private func sleep(after seen: Int) {
    condition.lock()
    while true {
      let found = State(word: state.load(ordering: .acquiring))
      if found.isOpen, found.piece != seen { break }
      condition.wait()
    }
    condition.unlock()
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
